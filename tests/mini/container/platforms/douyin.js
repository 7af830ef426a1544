// Douyin.

import { LIMITS } from '../storage.js';
import { wasmObject } from '../wasm.js';
import { common, dialect } from './common.js';
import { douyin, douyinBeyond } from './options.js';

const tables = Object.fromEntries(
  [...new Set([...Object.keys(douyin), ...Object.keys(douyinBeyond)])].map((name) => [name, { ...douyin[name], ...douyinBeyond[name] }]),
);

const EVENTS = ['AppShow', 'AppHide', 'Error', 'PageNotFound', 'UnhandledRejection', 'LazyLoadError', 'NetworkStatusChange'];

export const douyinPlatform = {
  name: 'douyin',
  global: 'tt',
  dialect,
  tables,
  storage: LIMITS,
  npm: ['miniprogram_npm'],
  sdkVersion: '3.40.0',
  referer: (appid) => `https://tmaservice.developer.toutiao.com/?appid=${appid}&version=1.2.3`,
  /** Undefined in the modules of pages. */
  hidden: ['globalThis'],
  errorTold: ({ message, stack }) => [`${message}\n${stack}`],
  updates: false,
  globals(parts) {
    const { calls, phone, realm, performance } = parts;
    const manager = performance.manager(calls);
    const tt = {
      ...common(parts, { tables, promised: false, profile: false, events: EVENTS, nowhere: (url) => `url "${url.split('?')[0].slice(1)}" is not in app.json` }),
      onMemoryWarning: parts.events.functions(calls, ['MemoryWarning'], { off: false }).onMemoryWarning,
      getEnvInfoSync: calls.now('getEnvInfoSync', () => ({ microapp: { appId: phone.appid, mpVersion: '1.2.3', envType: 'production' }, common: {} })),
      performance: realm.own({
        getEntries: manager.getEntries,
        getEntriesByType: manager.getEntriesByType,
        getEntriesByName: manager.getEntriesByName,
        setBufferSize: manager.setBufferSize,
        createObserver: manager.createObserver,
        mark: calls.now('performance.mark', () => {}),
      }),
    };
    return {
      tt,
      TTWebAssembly: wasmObject({ ...parts, name: 'TTWebAssembly', absolute: true, compile: true, shape: phone.wasmShape }),
    };
  },
};
