// WeChat: base library 3.5.5 or an older one, Android or iOS.

import { LIMITS } from '../storage.js';
import { wasmObject } from '../wasm.js';
import { common, dialect } from './common.js';
import { wechat as tables } from './options.js';

/** Events, by the base library that brought them. */
const EVENTS = {
  AppShow: '2.1.2',
  AppHide: '2.1.2',
  Error: '2.1.2',
  PageNotFound: '2.1.2',
  UnhandledRejection: '2.10.0',
  MemoryWarning: '2.0.2',
  NetworkStatusChange: '1.1.0',
  NetworkWeakChange: '2.21.0',
  LazyLoadError: '2.24.3',
  BeforeAppRoute: '3.5.5',
  AppRoute: '3.5.5',
  AppRouteDone: '3.5.5',
};

export const wechat = {
  name: 'wechat',
  global: 'wx',
  dialect,
  tables,
  storage: LIMITS,
  npm: ['miniprogram_npm'],
  sdkVersion: '3.5.5',
  referer: (appid) => `https://servicewechat.com/${appid}/12/page-frame.html`,
  hidden: [],
  /** `App.onError`'s and `wx.onError`'s one argument: message and stack in a text. */
  errorTold: ({ message, stack }) => [`MiniProgramError\n${message}\n${stack}`],
  updates: true,
  globals(parts) {
    const { phone, calls, realm } = parts;
    const has = (since) => isAtLeast(phone.sdkVersion, since);
    const wx = {
      ...common(parts, { tables, promised: true, profile: true, events: Object.keys(EVENTS).filter((name) => has(EVENTS[name])) }),
      getAccountInfoSync: calls.now('getAccountInfoSync', () => ({ miniProgram: { appId: phone.appid, envVersion: 'release', version: '1.2.3' } })),
    };
    if (has('2.9.4')) wx.getEnterOptionsSync = calls.now('getEnterOptionsSync', () => parts.options.enter);
    if (has('2.11.0')) wx.getPerformance = calls.now('getPerformance', () => parts.performance.manager(calls));
    if (has('2.15.0')) {
      const random = (length) => realm.bytes(Uint8Array.from({ length }, () => Math.floor(realm.run('Math.random()') * 256)));
      wx.getRandomValues = calls.later('getRandomValues', tables.getRandomValues, ({ length }, end) => end.ok({ randomValues: random(length) }), { promised: true });
    }
    if (has('2.20.1')) {
      wx.getDeviceInfo = calls.now('getDeviceInfo', () => phone.device);
      wx.getAppBaseInfo = calls.now('getAppBaseInfo', () => ({ SDKVersion: phone.sdkVersion, language: phone.device.language, version: '8.0.50' }));
      wx.getWindowInfo = calls.now('getWindowInfo', () => ({ windowWidth: phone.device.windowWidth, windowHeight: phone.device.windowHeight, pixelRatio: phone.device.pixelRatio }));
    }
    const made = { wx };
    if (has('2.13.0')) made.WXWebAssembly = wasmObject({ ...parts, name: 'WXWebAssembly', shape: phone.wasmShape });
    return made;
  },
};

function isAtLeast(version, since) {
  const [a, b] = [version, since].map((text) => text.split('.').map(Number));
  const at = a.findIndex((number, index) => number != b[index]);
  return at < 0 || a[at] > b[at];
}
