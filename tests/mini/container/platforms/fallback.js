// QQ and Baidu, which document no Wasm: the core runs there as JavaScript. They publish no typings,
// so the options are those of WeChat's calls that both document too.

import { LIMITS } from '../storage.js';
import { common, dialect } from './common.js';
import { wechat } from './options.js';

const pick = (table, names) => Object.fromEntries(names.map((name) => [name, table[name]]));
const tables = {
  ...wechat,
  request: pick(wechat.request, ['url', 'data', 'header', 'method', 'dataType', 'responseType', 'timeout']),
  uploadFile: pick(wechat.uploadFile, ['url', 'filePath', 'name', 'header', 'formData', 'timeout']),
  downloadFile: pick(wechat.downloadFile, ['url', 'header', 'timeout']),
};

const platform = (name, global, { events, referer, npm, bytes }) => ({
  name,
  global,
  dialect,
  tables,
  storage: LIMITS,
  npm,
  sdkVersion: '1.60.0',
  referer,
  hidden: [],
  errorTold: ({ message, stack }) => [`${message}\n${stack}`],
  updates: false,
  globals: (parts) => ({ [global]: common(parts, { tables, promised: false, profile: false, bytes, events }) }),
});

const EVENTS = ['AppShow', 'AppHide', 'Error', 'PageNotFound', 'NetworkStatusChange', 'MemoryWarning'];

export const qq = platform('qq', 'qq', {
  events: EVENTS,
  referer: (appid) => `https://appservice.qq.com/${appid}/1.2.3/page-frame.html`,
  npm: ['miniprogram_npm'],
  bytes: true,
});

export const baidu = platform('baidu', 'swan', {
  events: EVENTS,
  referer: (appid) => `https://smartapps.cn/${appid}/1.2.3/page-frame.html`,
  npm: ['node_modules', 'miniprogram_npm'],
  bytes: false,
});
