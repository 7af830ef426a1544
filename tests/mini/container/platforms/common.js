// What WeChat, Douyin, QQ and Baidu share: arguments where Alipay has options, `errMsg` in results.

import { answers, navigation } from './answers.js';
import { network } from './network.js';

/** Results and failures as they are told. */
export const dialect = {
  ok: (name, result) => ({ ...result, errMsg: `${name}:ok` }),
  failed: (name, why) => ({ errMsg: `${name}:fail ${why}` }),
};

/** The platform's object, as far as applications of ours use it. `parts` are the container's. */
export function common(parts, { tables, promised, profile, bytes, events, offs = true, nowhere }) {
  const { calls } = parts;
  return {
    ...storage(parts, tables, promised),
    ...network(parts, {
      tables,
      profile,
      bytes,
      answer: (statusCode, header, data, extra) => ({ statusCode, header, ...place(data), cookies: [], ...extra }),
    }),
    ...parts.events.functions(calls, events, { off: offs }),
    ...navigation(parts, tables, promised, nowhere),
    ...system(parts, tables, promised),
  };
}

/** A download's result has a path where the others have data. */
const place = (data) => (typeof data == 'string' && data.startsWith('tmp://') ? { tempFilePath: data } : { data });

function storage({ calls, phone }, tables, promised) {
  const { storage } = phone;
  const text = (name, key) => {
    if (typeof key != 'string' || !key) calls.refuse(`${name}: a key is a text that is not empty`);
    return key;
  };
  const sync = (name, act) =>
    calls.now(name, (...given) => {
      try {
        return act(...given);
      } catch (error) {
        if (calls.refused.some((message) => error.message.endsWith(message))) throw error;
        throw calls.failure(name, error.message);
      }
    });
  const later = answers(calls, tables, promised);
  const read = (key) => {
    const value = storage.get(key);
    if (value === undefined) throw new Error('data not found');
    return { data: value };
  };
  return {
    getStorageSync: sync('getStorageSync', (key) => storage.get(text('getStorageSync', key)) ?? ''),
    setStorageSync: sync('setStorageSync', (key, data) => void storage.set(text('setStorageSync', key), data)),
    removeStorageSync: sync('removeStorageSync', (key) => void storage.remove(text('removeStorageSync', key))),
    clearStorageSync: sync('clearStorageSync', () => void storage.clear()),
    getStorageInfoSync: sync('getStorageInfoSync', () => storage.info()),
    getStorage: later('getStorage', ({ key }) => read(key)),
    setStorage: later('setStorage', ({ key, data }) => void storage.set(key, data)),
    removeStorage: later('removeStorage', ({ key }) => void storage.remove(key)),
    getStorageInfo: later('getStorageInfo', () => storage.info()),
  };
}

function system({ calls, phone, options, pages }, tables, promised) {
  const info = () => ({ ...phone.device, SDKVersion: phone.sdkVersion, platform: phone.system, version: '8.0.50' });
  const answer = answers(calls, tables, promised);
  return {
    getSystemInfoSync: calls.now('getSystemInfoSync', info),
    getSystemInfo: answer('getSystemInfo', info),
    getLaunchOptionsSync: calls.now('getLaunchOptionsSync', () => options.launch),
    getNetworkType: answer('getNetworkType', () => ({ networkType: phone.networkType })),
    canIUse: calls.now('canIUse', (name) => calls.has(name)),
    showToast: answer('showToast', () => {}),
    setNavigationBarTitle: answer('setNavigationBarTitle', () => {}),
    setTabBarItem: answer('setTabBarItem', () => {}),
    chooseImage: answer('chooseImage', () => ({ tempFilePaths: Object.keys(phone.files).slice(0, 1) })),
    nextTick: (act) => void pages.tick(act),
  };
}
