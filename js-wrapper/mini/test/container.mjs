/**
 * A mini program's logic layer in a realm of its own, with only what the platforms have: a double, small
 * enough to read. `tests/mini` has the strict one.
 */
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { brotliDecompressSync } from 'node:zlib';

const DIST = new URL('../dist/', import.meta.url);
const START = 1_795_478_400_000;

/** What each platform calls its things. */
export const PLATFORMS = {
  wechat: { object: 'wx', wasm: 'WXWebAssembly', header: 'header' },
  douyin: { object: 'tt', wasm: 'TTWebAssembly', header: 'header' },
  alipay: { object: 'my', header: 'headers', text: true },
  qq: { object: 'qq', header: 'header' },
  baidu: { object: 'swan', header: 'header', text: true },
};

export const SHAPES = { instance: (instance) => instance, both: (instance, module) => ({ instance, module }) };

/** The files of the package that a container has; a test may take some away, or spoil them. */
export function files() {
  const names = ['index.js', 'dna-wasm2js.js', 'dna.wasm', 'dna.wasm.br'];
  return new Map(names.map((name) => ['/miniprogram_npm/dna-mini/' + name, readFileSync(new URL(name, DIST))]));
}

/** A device: its storage and its network outlive launches. */
export class Device {
  constructor(platform = 'wechat') {
    this.platform = platform;
    this.storage = new Map();
    this.files = files();
    this.sent = [];
    this.now = START;
    /** What requests are answered with: a status, or 0 for no answer. */
    this.answers = 200;
    /** Whether they are answered at all yet. */
    this.online = true;
    this.seed = 1;
    /** What `instantiate` resolves with: the instance alone, or the module too. */
    this.wasmShape = SHAPES[platform == 'douyin' ? 'both' : 'instance'];
  }

  /** Starts the mini program, with the SDK unless `options` is null. What `replaced` gives takes the place of functions of the platform's object. */
  launch(options = {}, replaced = () => ({})) {
    return new Launch(this, options, replaced);
  }
}

export class Launch {
  constructor(device, options, replaced) {
    Object.assign(this, { device, timers: [], open: [], listeners: {}, warnings: [], alive: true, atOnce: 0 });
    this.row = PLATFORMS[device.platform];
    this.api = this.platform();
    Object.assign(this.api, replaced(this.api));
    const realm = { console: { warn: (...words) => this.warnings.push(words.join(' ')) }, [this.row.object]: this.api };
    realm.setTimeout = (act, delay = 0) => this.timers.push({ act, at: device.now + delay }) && this.timers.at(-1);
    realm.clearTimeout = (timer) => (this.timers = this.timers.filter((other) => other !== timer));
    realm.App = (app) => (this.app = app);
    realm.Page = (page) => (this.page = page);
    realm.Component = (component) => (this.component = component);
    realm.getCurrentPages = () => this.stack ?? [];
    if (this.row.wasm) realm[this.row.wasm] = { instantiate: (path, imports) => this.instantiate(path, imports) };
    this.realm = vm.createContext(realm, { codeGeneration: { strings: false, wasm: false } });
    vm.runInContext('delete globalThis.WebAssembly; delete globalThis.globalThis', this.realm);
    this.realm.__now = () => device.now;
    this.realm.__random = () => (device.seed = (Math.imul(device.seed, 1664525) + 1013904223) >>> 0) / 4294967296;
    vm.runInContext('Date.now = __now; Math.random = __random', this.realm);
    this.dna = this.require('./index.js');
    if (options) this.dna.init({ key: 'bank-mini', endpoint: 'https://dna.bank', consent: 'granted', ...options });
  }

  require(path) {
    const name = '/miniprogram_npm/dna-mini/' + path.replace('./', '');
    if (!this.device.files.has(name)) throw new Error(`module ${name} is not defined`);
    const source = this.device.files.get(name).toString();
    const module = { exports: {} };
    const run = vm.runInContext(`(function (require, module, exports) {${source}\n})`, this.realm);
    run((path) => this.require(path), module, module.exports);
    return module.exports;
  }

  async instantiate(path, imports) {
    if (typeof path != 'string' || !this.device.files.has(path)) throw new Error(`no such file: ${path}`);
    const bytes = this.device.files.get(path);
    // At once, so that no test has to wait for a compiler.
    const module = new WebAssembly.Module(path.endsWith('.br') ? brotliDecompressSync(bytes) : bytes);
    return this.device.wasmShape(new WebAssembly.Instance(module, imports), module);
  }

  platform() {
    const { storage } = this.device;
    const on = (name) => (listener) => (this.listeners[name] ??= []).push(listener);
    const common = {
      request: (options) => this.request(options),
      getStorageSync: (key) => storage.get(key) ?? '',
      setStorageSync: (key, value) => void storage.set(key, value),
      removeStorageSync: (key) => void storage.delete(key),
      getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
      getLaunchOptionsSync: () => ({ path: 'pages/sign-in/index', query: {} }),
    };
    for (const name of ['onAppShow', 'onAppHide', 'onError', 'onUnhandledRejection']) common[name] = on(name);
    for (const name of ['onPageNotFound', 'onMemoryWarning', 'onNetworkStatusChange', 'onNetworkWeakChange', 'onLazyLoadError']) common[name] = on(name);
    common.uploadFile = common.downloadFile = common.request;
    if (this.device.platform != 'alipay') return common;
    return {
      ...common,
      getStorageSync: ({ key }) => ({ data: storage.get(key) ?? null }),
      setStorageSync: ({ key, data }) => ({ success: !!storage.set(key, data) }),
      removeStorageSync: ({ key }) => ({ success: storage.delete(key) }),
    };
  }

  /** Requests of the application's are answered at once, ours when `answer` says so. */
  request(options) {
    const request = { ...options, aborted: false };
    const ours = options.url.startsWith('https://dna.bank');
    if (ours) {
      request.bytes = Promise.resolve(new Uint8Array(typeof options.data == 'string' ? Buffer.from(options.data) : options.data));
      this.device.sent.push(request);
    }
    this.open.push(request);
    this.atOnce = Math.max(this.atOnce, this.open.filter(({ url }) => url.startsWith('https://dna.bank')).length);
    return {
      abort: () => {
        request.aborted = true;
        this.end(request, 0);
      },
    };
  }

  end(request, status, header = {}) {
    if (!this.open.includes(request)) return;
    this.open.splice(this.open.indexOf(request), 1);
    const { row } = this;
    if (status && !(this.device.platform == 'alipay' && status > 299)) {
      request.success?.({ statusCode: status, status, [row.header]: header, data: '' });
    } else {
      const answered = status ? { status, [row.header]: header } : {};
      request.fail?.({ errMsg: request.aborted ? 'request:fail abort' : 'request:fail timeout', ...answered });
    }
    request.complete?.({});
  }

  /** Lets `ms` pass: timers ring, requests are answered. */
  async pass(ms) {
    const { device } = this;
    const until = device.now + ms;
    await settled();
    for (;;) {
      for (const request of [...this.open]) if (device.online) this.end(request, device.answers);
      const next = this.timers.sort((a, b) => a.at - b.at)[0];
      if (!this.alive || !next || next.at > until) break;
      this.timers.shift();
      device.now = Math.max(device.now, next.at);
      next.act();
      await settled();
    }
    device.now = until;
  }

  tell(event, ...told) {
    for (const listener of this.listeners[event] ?? []) listener(...told);
  }

  /** Shows a page with these methods; gives back the page. */
  show(route, methods = {}) {
    this.realm.Page(methods);
    const page = Object.assign(Object.create(this.page), { route });
    this.stack = [...(this.stack ?? []), page];
    this.page.onLoad?.call(page, {});
    this.page.onShow?.call(page);
    return page;
  }

  /** The operating system takes it away, without a word. */
  kill() {
    this.alive = false;
    this.timers = [];
    this.open = [];
  }
}

/** Promises of other realms and of the Wasm compiler have run. */
export async function settled() {
  for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done));
}
