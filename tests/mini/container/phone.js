// A phone with one mini program: what outlives the program's processes.

import { Running } from './running.js';
import { Storage } from './storage.js';
import { alipay } from './platforms/alipay.js';
import { douyinPlatform } from './platforms/douyin.js';
import { baidu, qq } from './platforms/fallback.js';
import { wechat } from './platforms/wechat.js';

export const PLATFORMS = { wechat, alipay, douyin: douyinPlatform, qq, baidu };

const DEVICES = {
  android: { brand: 'HUAWEI', model: 'ALN-AL00', system: 'Android 12', language: 'zh_CN', pixelRatio: 3, windowWidth: 360, windowHeight: 720 },
  ios: { brand: 'iPhone', model: 'iPhone 14', system: 'iOS 17.4', language: 'zh_CN', pixelRatio: 3, windowWidth: 390, windowHeight: 753 },
};

/** An answer to a request when a test has not said what the server does. */
const UNSERVED = async ({ url }) => {
  throw new Error(`nobody serves ${url}`);
};

export class Phone {
  /** Milliseconds since 1970; moves with the clock of the application that runs. */
  now;
  /** Whether there is a network. */
  online = true;
  networkType = 'wifi';
  /** Alipay: how many instants of the Worker there were, and before which the system ends it (`worker.js`). */
  workerInstants = 0;
  workerDiesAt = Infinity;
  /** Every request that left the phone: `{ url, method, headers, body }`. */
  sent = [];
  /** Files that were downloaded or chosen, by path. */
  files = { 'tmp://picture.png': 'a picture' };
  #launches = 0;

  /**
   * `folder` is the compiled package, `domains` those that may be asked, `serve(request)` resolves with
   * `{ status, headers, body }`. `wasmShape`: see `wasm.js`. `missing`: names that the platform's object
   * or the globals lack. `seed` decides the random numbers.
   */
  constructor({ platform = 'wechat', folder, domains = [], serve = UNSERVED, system = 'android', appid = 'wx0123456789abcdef', now = Date.now(), seed = 1, ...more }) {
    const { sdkVersion, wasmShape = 'both', missing = [] } = more;
    this.platform = PLATFORMS[platform];
    Object.assign(this, { folder, domains, serve, system, appid, now, missing, wasmShape });
    this.sdkVersion = sdkVersion ?? this.platform.sdkVersion;
    this.storage = new Storage(this.platform.storage);
    this.device = DEVICES[system];
    this.seed = seed;
    this.headers = {
      referer: this.platform.referer(appid),
      'user-agent': `Mozilla/5.0 (Linux; ${this.device.system}) MiniProgram/${this.platform.name}`,
    };
  }

  /**
   * Starts the mini program at a page. `dieAt` is the instant at which it is killed (`life.js`).
   * Resolves when the first page is shown, unless `settle` is false. `globals` are a test's own, beside
   * the platform's, or what makes them of the engine.
   */
  async launch({ path, query = {}, scene = 1001, dieAt, settle = true, globals = {} } = {}) {
    this.#launches += 1;
    const running = new Running(this, { path, query, scene, dieAt, globals, seed: this.seed * 7919 + this.#launches });
    running.start();
    if (settle) await running.settle();
    return running;
  }
}
