// Alipay: options where the others have arguments, other names in results, promises, Wasm in Workers only.

import { ALIPAY_LIMITS } from '../storage.js';
import { createWorker } from '../worker.js';
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
  const later = (name, act) =>
    calls.later(
      name,
      tables[name] ?? {},
      (options, end) => {
        try {
          end.ok(act(options));
        } catch (error) {
          end.failed(error.message);
        }
      },
      { promised: true },
    );
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

function rest({ calls, phone, options, navigate }) {
  const done = (name, result = {}) => calls.later(name, tables[name] ?? {}, (given, end) => end.ok(result), { promised: true });
  const made = {
    getSystemInfoSync: calls.now('getSystemInfoSync', () => ({ ...phone.device, platform: phone.system == 'ios' ? 'iOS' : 'Android', app: 'alipay', version: '10.6.0' })),
    getLaunchOptionsSync: calls.now('getLaunchOptionsSync', () => options.launch),
    getEnterOptionsSync: calls.now('getEnterOptionsSync', () => options.enter),
    getAppIdSync: calls.now('getAppIdSync', () => ({ appId: phone.appid })),
    getNetworkType: calls.later('getNetworkType', {}, (given, end) => end.ok({ networkType: phone.networkType.toUpperCase(), networkAvailable: phone.online }), { promised: true }),
    canIUse: calls.now('canIUse', (name) => calls.has(name)),
    SDKVersion: phone.sdkVersion,
    showToast: done('showToast'),
    setNavigationBar: done('setNavigationBar'),
    setTabBarItem: calls.later('setTabBarItem', { index: 'number!', text: 'string', icon: 'string', activeIcon: 'string' }, (given, end) => end.ok(), { promised: true }),
    chooseImage: calls.later('chooseImage', { count: 'number', sizeType: 'object', sourceType: 'object|string', storeToAlbum: 'boolean' }, (given, end) => end.ok({ apFilePaths: Object.keys(phone.files).slice(0, 1) }), { promised: true }),
  };
  for (const openType of ['navigateTo', 'redirectTo', 'reLaunch', 'switchTab', 'navigateBack']) {
    made[openType] = calls.later(
      openType,
      tables[openType],
      (given, end) => {
        if (navigate(openType, given)) end.ok();
        else end.failed(`page "${given.url}" is not found`);
      },
      { promised: true },
    );
  }
  return made;
}
