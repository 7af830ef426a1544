// Alipay: options where the others have arguments, other names in results, promises, Wasm in Workers only.

import { ALIPAY_LIMITS } from '../storage.js';
import { createWorker } from '../worker.js';
import { answers, navigation } from './answers.js';
import { network } from './network.js';
import { alipay as tables } from './options.js';

const EVENTS = ['AppShow', 'AppHide', 'Error', 'PageNotFound', 'UnhandledRejection', 'MemoryWarning', 'NetworkStatusChange'];

const dialect = {
  ok: (name, result) => ({ ...result }),
  failed: (name, why) => ({ error: CODES.find(([start]) => why.startsWith(start))?.[1] ?? 2, errorMessage: why }),
};

/** `my.request`'s error codes, by how our reasons begin. */
const CODES = [
  ['http status error', 19],
  ['url not in domain list', 4],
  ['abort', 9],
  ['timeout', 13],
  ['network', 12],
  ['interrupted', 12],
];

export const alipay = {
  name: 'alipay',
  global: 'my',
  dialect,
  tables,
  storage: ALIPAY_LIMITS,
  npm: ['node_modules'],
  sdkVersion: '2.9.20',
  referer: (appid) => `https://${appid}.hybrid.alipay-eco.com/${appid}/1.2.3/index.html`,
  hidden: [],
  /** Message and stack apart. */
  errorTold: ({ message, stack }) => [message, stack],
  updates: true,
  globals: (parts) => ({
    my: {
      ...storage(parts),
      ...network(parts, {
        tables,
        header: 'headers',
        failsAt: 300,
        promised: true,
        bytes: false,
        answer: (status, headers, data) => ({ status, statusCode: status, headers, header: headers, ...place(data) }),
      }),
      ...parts.events.functions(parts.calls, EVENTS),
      createWorker: createWorker(parts),
      ...navigation(parts, tables, true),
      ...rest(parts),
    },
  }),
};

const place = (data) => (typeof data == 'string' && data.startsWith('tmp://') ? { apFilePath: data, tempFilePath: data } : { data });

function storage({ calls, phone }) {
  const { storage } = phone;
  const sync = (name, table, act) =>
    calls.now(name, (options = {}) => {
      calls.check(name, table, options);
      return act(options);
    });
  const later = answers(calls, tables, true);
  return {
    getStorageSync: sync('getStorageSync', tables.getStorage, ({ key }) => ({ data: storage.get(key) ?? null, success: true })),
    // What does not fit is told, not thrown.
    setStorageSync: sync('setStorageSync', tables.setStorage, ({ key, data }) => {
      if (storage.fault == 'throws') storage.set(key, data);
      try {
        storage.set(key, data);
        return { success: true };
      } catch (error) {
        return { success: false, error: 14, errorMessage: error.message };
      }
    }),
    removeStorageSync: sync('removeStorageSync', tables.removeStorage, ({ key }) => {
      storage.remove(key);
      return { success: true };
    }),
    clearStorageSync: sync('clearStorageSync', {}, () => {
      storage.clear();
      return { success: true };
    }),
    getStorageInfoSync: sync('getStorageInfoSync', {}, () => ({ ...storage.info(), success: true })),
    getStorage: later('getStorage', ({ key }) => ({ data: storage.get(key) ?? null })),
    setStorage: later('setStorage', ({ key, data }) => void storage.set(key, data)),
    removeStorage: later('removeStorage', ({ key }) => void storage.remove(key)),
  };
}

function rest({ calls, phone, options }) {
  const answer = answers(calls, tables, true);
  const info = () => ({ ...phone.device, platform: phone.system == 'ios' ? 'iOS' : 'Android', app: 'alipay', version: '10.6.0' });
  return {
    getSystemInfoSync: calls.now('getSystemInfoSync', info),
    getSystemInfo: answer('getSystemInfo', info),
    getLaunchOptionsSync: calls.now('getLaunchOptionsSync', () => options.launch),
    getEnterOptionsSync: calls.now('getEnterOptionsSync', () => options.enter),
    getAppIdSync: calls.now('getAppIdSync', () => ({ appId: phone.appid })),
    getNetworkType: answer('getNetworkType', () => ({ networkType: phone.networkType.toUpperCase(), networkAvailable: phone.online })),
    canIUse: calls.now('canIUse', (name) => calls.has(name)),
    SDKVersion: phone.sdkVersion,
    showToast: answer('showToast', () => {}),
    setNavigationBar: answer('setNavigationBar', () => {}),
    setTabBarItem: answer('setTabBarItem', () => {}, { index: 'number!', text: 'string', icon: 'string', activeIcon: 'string' }),
    chooseImage: answer('chooseImage', () => ({ apFilePaths: Object.keys(phone.files).slice(0, 1) }), { count: 'number', sizeType: 'object', sourceType: 'object|string', storeToAlbum: 'boolean' }),
  };
}
