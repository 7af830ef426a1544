/**
 * The platforms, a row each: what differs between them stands here and nowhere else. The order is
 * the one in which they are looked for: Douyin and QQ have a `wx` too.
 */

import { toBase64 } from './base64';

/** What a host can do. Nothing here throws, but for `instantiate` and `send`, which may. */
export interface Host {
  name: 'wechat' | 'alipay' | 'douyin' | 'qq' | 'baidu';
  /** The platform's object: hooks replace its functions. */
  api: Events & Requests & Answers;
  /** Our storage: what is full, forbidden or damaged behaves as empty. */
  storage: Storage;
  /** Starts a request of ours; gives back what ends it without a word. */
  send(request: OwnRequest): () => void;
  /** Loads a module by its path in the package; absent where there is no Wasm for this. */
  instantiate?: (path: string, imports: object) => Promise<unknown>;
  /** Whether it has Wasm in a Worker, and there alone. */
  hasWorker?: boolean;
  /** Whether a request without callbacks gives a promise instead, which added ones would change. */
  promises: boolean;
  /** Whether other calls may give one: on Douyin callbacks alone tell how a call ended. */
  mayPromise: boolean;
  /** Whether it measures requests that ask for it (`enableProfile`). */
  profiles: boolean;
  /** What it calls the headers of a request. */
  headers: 'header' | 'headers';
}

export interface Storage {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
}

export interface OwnRequest {
  url: string;
  body: ArrayBuffer;
  /** Is called at most once, never before `send` has returned: 0 for no answer. */
  done: (status: number, header: Header) => void;
}

export type Header = { [name: string]: unknown } | undefined;
export type Listener = (...told: unknown[]) => unknown;

/**
 * Events of the application. What is required all platforms have; what is not, some. Older versions lack more,
 * so nothing is called before somebody has looked whether it is there.
 */
export interface Events {
  onAppShow: (listener: Listener) => void;
  onAppHide: (listener: Listener) => void;
  onError: (listener: Listener) => void;
  onUnhandledRejection: (listener: Listener) => void;
  onMemoryWarning: (listener: Listener) => void;
  onNetworkStatusChange: (listener: Listener) => void;
  getLaunchOptionsSync: () => { path?: string; scene?: unknown };
  onLazyLoadError?: (listener: Listener) => void;
  onNetworkWeakChange?: (listener: Listener) => void;
  onBeforeAppRoute?: (listener: Listener) => void;
  onAppRoute?: (listener: Listener) => void;
  onPageNotFound?: (listener: Listener) => void;
  offPageNotFound?: (listener: Listener) => void;
}

export interface Requests {
  request: (options: RequestOptions) => unknown;
  uploadFile: (options: never) => unknown;
  downloadFile: (options: never) => unknown;
}

/** What the platform opens pages with, and tells when it is asked. */
export interface Answers {
  navigateTo: (options: never) => unknown;
  redirectTo: (options: never) => unknown;
  reLaunch: (options: never) => unknown;
  switchTab: (options: never) => unknown;
  navigateBack: (options: never) => unknown;
  getSystemInfo: (options: never) => unknown;
  getNetworkType?: (options: never) => unknown;
  getPerformance?: () => unknown;
  performance?: unknown;
  /** Of Alipay's base library; the others tell it with the system. */
  SDKVersion?: string;
}

export interface RequestOptions {
  url: string;
  method?: 'POST';
  data?: ArrayBuffer;
  header?: { [name: string]: string };
  headers?: { [name: string]: string };
  dataType?: 'text';
  responseType?: 'text';
  timeout?: number;
  success?: (answer: Answer) => void;
  fail?: (failure: object) => void;
  complete?: (ended: object) => void;
}

export interface Answer {
  statusCode?: number;
  header?: object;
}

/** WeChat, Douyin, QQ, Baidu. */
export interface CommonApi extends Events, Requests, Answers {
  getStorageSync(key: string): unknown;
  setStorageSync(key: string, value: string): void;
  removeStorageSync(key: string): void;
  getStorageInfoSync(): { keys: string[] };
}

/** Alipay: options where the others have arguments. */
export interface AlipayApi extends Events, Requests, Answers {
  getStorageSync(options: { key: string }): { data: unknown };
  setStorageSync(options: { key: string; data: string }): unknown;
  removeStorageSync(options: { key: string }): unknown;
  getStorageInfoSync(): { keys: string[] };
  /** `useExperimentalWorker`: iOS has Wasm in no other. */
  createWorker?: (path: string, options?: { useExperimentalWorker: boolean }) => unknown;
}

/** What `createWorker` gives. */
export interface PlatformWorker {
  postMessage(message: object): void;
  onMessage(listener: (message: unknown) => void): void;
  onProcessKilled?: (listener: () => void) => void;
  terminate(): void;
}

export interface PathWasm {
  instantiate(path: string, imports?: never): Promise<unknown>;
}

/** Finds the platform; undefined where there is none of them. */
export function findHost(): Host | undefined {
  if (typeof tt == 'object' && tt) return common('douyin', tt, typeof TTWebAssembly == 'object' ? TTWebAssembly : undefined);
  if (typeof my == 'object' && my) return alipay(my);
  if (typeof swan == 'object' && swan) return common('baidu', swan);
  if (typeof qq == 'object' && qq) return common('qq', qq);
  if (typeof wx == 'object' && wx) return common('wechat', wx, typeof WXWebAssembly == 'object' ? WXWebAssembly : undefined);
  return undefined;
}

function common(name: Host['name'], api: CommonApi, wasm?: PathWasm): Host {
  return {
    name,
    api,
    storage: guarded({
      get: (key) => text(api.getStorageSync(key)),
      set: (key, value) => api.setStorageSync(key, value),
      remove: (key) => api.removeStorageSync(key),
      keys: () => api.getStorageInfoSync().keys,
    }),
    send: sender(api, 'header', name == 'baidu'),
    instantiate: byPath(wasm),
    promises: false,
    mayPromise: name != 'douyin',
    profiles: name == 'wechat',
    headers: 'header',
  };
}

/** Its Wasm is for Workers only: where the application has put none there, the core runs as JavaScript in the logic layer. */
function alipay(api: AlipayApi): Host {
  return {
    name: 'alipay',
    api,
    storage: guarded({
      get: (key) => text(api.getStorageSync({ key }).data),
      set: (key, data) => void api.setStorageSync({ key, data }),
      remove: (key) => void api.removeStorageSync({ key }),
      keys: () => api.getStorageInfoSync().keys,
    }),
    send: sender(api, 'headers', true),
    hasWorker: typeof api.createWorker == 'function',
    promises: true,
    mayPromise: true,
    profiles: false,
    headers: 'headers',
  };
}

function byPath(wasm: PathWasm | undefined): Host['instantiate'] {
  return wasm && ((path, imports) => wasm.instantiate(path, imports as never));
}

function text(value: unknown): string | undefined {
  return typeof value == 'string' && value ? value : undefined;
}

/** The storage without what it throws. */
function guarded(storage: Storage): Storage {
  return {
    get: (key) => attempt(() => storage.get(key), undefined),
    set: (key, value) => attempt(() => storage.set(key, value), undefined),
    remove: (key) => attempt(() => storage.remove(key), undefined),
    keys: () => attempt(() => storage.keys().slice(), []),
  };
}

export function attempt<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch (_) {
    return otherwise;
  }
}

/** So long the platform waits for an answer; the core has given up by then. */
const TIMEOUT_MS = 20_000;

/**
 * Sends by the platform's `request` as it is now: before it is hooked. `asText` where not all versions
 * send bytes; nobody documents from which one on they do.
 */
function sender(api: Requests, headers: 'header' | 'headers', asText: boolean): Host['send'] {
  const request = api.request;
  return ({ url, body, done }) => {
    let [ended, cancelled] = [false, false];
    const end = (status: unknown, header: unknown) => {
      if (ended) return;
      ended = true;
      // Some answer before they return.
      setTimeout(() => cancelled || done(typeof status == 'number' ? status : 0, header as Header), 0);
    };
    // Some fail without a word.
    const answered = (answer?: object) => {
      const { statusCode, status, header, headers } = Object(answer) as { [name: string]: unknown };
      end(statusCode || status, header || headers);
    };
    const task = request.call(api, {
      url,
      method: 'POST',
      // All that take bytes take text too, whatever their typings say.
      data: asText ? (toBase64(new Uint8Array(body)) as never) : body,
      [headers]: { 'content-type': asText ? 'text/plain' : 'application/cbor' },
      dataType: 'text',
      timeout: TIMEOUT_MS,
      success: answered,
      // Alipay calls an answer above 299 a failure.
      fail: answered,
    });
    const { abort } = (task || {}) as { abort?: () => void };
    return () => {
      cancelled = true;
      if (typeof abort == 'function') attempt(() => abort.call(task), undefined);
    };
  };
}
