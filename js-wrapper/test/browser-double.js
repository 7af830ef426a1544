/**
 * A double of the browser's globals, as much as the stub and the core use, in Node.
 *
 * It is strict where a browser is: `sendBeacon` and keepalive fetches share 64 KiB, native
 * methods throw when called on another `this`, storage holds texts only, timers run only when
 * the test lets time pass, and a fetch that nobody answers stays open. What it does not have
 * is undefined, so a use of anything else fails loudly. It is a double all the same: layout,
 * paint, real network and the engine's own error events are left to the tests in a browser.
 */
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { Storage } from './storage-double.js';

const dist = new URL('../dist/', import.meta.url);
const KEEPALIVE_BYTES = 64 * 1024;

class Document extends EventTarget {
  get hidden() {
    return this.visibilityState === 'hidden';
  }
}
class PerformanceObserver {
  static all = [];
  types = [];
  constructor(callback) {
    this.callback = callback;
    PerformanceObserver.all.push(this);
  }
  observe({ type, buffered }) {
    if (!['navigation', 'paint'].includes(type)) throw new TypeError(`unknown type ${type}`);
    this.types.push(type);
    this.buffered = buffered;
  }
  /** What `measures` gave and the callback was not called with. */
  waiting = [];
  takeRecords() {
    return this.waiting.splice(0);
  }
  disconnect() {
    PerformanceObserver.all = PerformanceObserver.all.filter((other) => other !== this);
  }
}

/** What is replaced while a page is open; its end leaves Node as it was. */
const GLOBALS = [
  'window', 'document', 'performance', 'LayoutShift', 'navigator', 'location', 'localStorage', 'crypto', 'fetch',
  'XMLHttpRequest', 'PerformanceObserver', 'setTimeout', 'clearTimeout', 'console',
  'addEventListener', 'removeEventListener', 'Date',
];
const originals = Object.fromEntries(
  GLOBALS.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]),
);
const native = { Date, console, setTimeout };
let numbers = 0;

/** A page in a browser. */
export class Page {
  /** Requests to the endpoint: { way, url, type, bytes, answer(status, headers), fail() }. */
  sent = [];
  warnings = [];
  timers = new Map();
  beaconAccepts = true;
  /** Answers requests to the endpoint by itself, or leaves them open. */
  answers = 202;
  now = 0;
  coreLoads = true;

  constructor({ storage = new Storage(), data = {}, at = 1_795_478_400_000 } = {}) {
    this.storage = storage;
    this.at = at;
    this.data = { key: 'bank-web', endpoint: 'https://dna.bank/v1/beacon', ...data };
    this.keepalive = 0;
    this.#install();
  }

  #install() {
    const page = this;
    // In a browser the global object is the window.
    const window = (this.window = globalThis);
    this.events = new EventTarget();
    const document = (this.document = new Document());
    Object.assign(document, {
      visibilityState: 'visible',
      readyState: 'complete',
      baseURI: 'https://bank/accounts?card=6222',
      referrer: 'https://bank/sign-in?from=mail#x',
      // A browser that cannot preload modules; hashes are for the tests in real ones.
      createElement: () => ({ relList: { supports: () => false } }),
      currentScript: { dataset: { ...this.data }, src: 'https://bank/sdk/dna.js' },
    });
    const only = (self, owner, name) => {
      if (self !== owner) throw new TypeError(`${name}: Illegal invocation`);
    };
    class FakeDate extends native.Date {
      static now() {
        return page.at + Math.round(page.now);
      }
    }
    class XMLHttpRequest extends EventTarget {
      open(method, url) {
        if (arguments.length < 2) throw new TypeError('2 arguments required');
        this.request = [method, url];
      }
      send() {
        if (!this.request) throw new TypeError('InvalidStateError');
      }
      end(type, status) {
        this.status = status;
        this.dispatchEvent(new Event(type));
      }
    }
    this.entry = {
      entryType: 'navigation', type: 'navigate', responseStart: 30.06, responseEnd: 41,
      domInteractive: 60, domContentLoadedEventEnd: 61, domComplete: 0, loadEventEnd: 0,
      nextHopProtocol: 'h2', responseStatus: 200, transferSize: 1063,
    };
    const globals = {
      window, document, XMLHttpRequest, PerformanceObserver,
      // Says that layout shifts are told of.
      LayoutShift: class {},
      Date: FakeDate,
      performance: {
        now: () => page.now,
        getEntriesByType: (type) => (type === 'navigation' ? [page.entry] : []),
      },
      navigator: {
        language: 'zh-CN',
        sendBeacon(url, body) {
          only(this, globals.navigator, 'sendBeacon');
          return page.#beacon(url, body);
        },
      },
      location: { href: 'https://bank/accounts?card=6222#top', origin: 'https://bank', pathname: '/accounts' },
      localStorage: this.storage,
      crypto: originals.crypto.get.call(globalThis),
      async fetch(input, init) {
        if (this !== undefined && this !== window) {
          throw new TypeError('Illegal invocation');
        }
        return page.#fetch(input, init);
      },
      setTimeout(callback, delay) {
        const handle = ++numbers;
        page.timers.set(handle, { callback, at: page.now + delay });
        return handle;
      },
      clearTimeout: (handle) => page.timers.delete(handle),
      console: { ...native.console, warn: (...words) => page.warnings.push(words.join(' ')) },
      addEventListener: (...event) => page.events.addEventListener(...event),
      removeEventListener: (...event) => page.events.removeEventListener(...event),
    };
    for (const [name, value] of Object.entries(globals)) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    PerformanceObserver.all = [];
  }

  /** Runs the script tag: dist/dna.js, as the browser would. */
  tag() {
    const source = readFileSync(new URL('dna.js', dist), 'utf8');
    // A classic script's import() counts from the script's address, which Node does not do.
    const imports = /import\((\w+)\)/g;
    if (source.match(imports)?.length !== 1) throw new Error('dna.js does not import exactly once');
    globalThis.importBeside = (url) => this.#module(url.slice('https://bank/sdk/'.length));
    const inNode = source.replace(imports, 'importBeside($1)');
    vm.runInThisContext(inNode, { filename: 'https://bank/sdk/dna.js' });
    return this;
  }

  async #module(name) {
    if (!this.coreLoads) return new Promise(() => {});
    if (this.coreLoads === 'refused') throw new TypeError('Failed to fetch dynamically imported module');
    // Each page has a module, and so a core, of its own.
    const url = `${new URL(name, dist)}?load=${++numbers}`;
    return import(url);
  }

  async #fetch(input, init = {}) {
    const url = String(input?.url ?? input);
    if (url.includes('dna.wasm')) {
      this.wasmAsked = true;
      if (this.wasm === 'never') return new Promise(() => {});
      if (this.wasm === 'missing') return new Response('', { status: 404 });
      const bytes = readFileSync(new URL('dna.wasm', dist));
      return new Response(bytes, { headers: { 'content-type': this.wasm ?? 'application/wasm' } });
    }
    if (url !== this.data.endpoint) return this.application(url, init);
    return this.#request('fetch', url, init.body, init);
  }

  /** What the page's own calls get. */
  async application() {
    return new Response('ok', { status: 200 });
  }

  #beacon(url, body) {
    if (!this.beaconAccepts) return false;
    const size = body.size ?? body.byteLength ?? body.length;
    if (this.keepalive + size > KEEPALIVE_BYTES) return false;
    this.#request('beacon', url, body, {});
    return true;
  }

  #request(way, url, body, init) {
    const size = body.size ?? body.byteLength ?? body.length;
    if (way === 'fetch' && init.keepalive) {
      if (this.keepalive + size > KEEPALIVE_BYTES) throw new TypeError('keepalive quota');
      this.keepalive += size;
    }
    // Now: the bytes are the Wasm's memory.
    const bytes = Promise.resolve(Buffer.from(body));
    const request = { way, url, type: body.type, bytes, init };
    const answered = new Promise((resolve, reject) => {
      request.answer = (status, headers = {}) => {
        if (way === 'fetch' && init.keepalive) this.keepalive -= size;
        resolve(new Response(status === 204 ? null : '{}', { status, headers }));
      };
      request.fail = () => {
        if (init.keepalive) this.keepalive -= size;
        reject(new TypeError('Failed to fetch'));
      };
    });
    this.sent.push(request);
    if (way === 'fetch' && this.answers) request.answer(this.answers);
    if (way === 'fetch') return answered;
  }

  /** Lets promises settle, Wasm compile, and `ms` pass. */
  async pass(ms = 0) {
    const until = this.now + ms;
    for (;;) {
      await settled();
      const next = [...this.timers].sort((a, b) => a[1].at - b[1].at)[0];
      if (!next || next[1].at > until) break;
      this.timers.delete(next[0]);
      this.now = Math.max(this.now, next[1].at);
      next[1].callback();
    }
    this.now = until;
    await settled();
  }

  /** Waits, in real time, until the core's JavaScript is there and has asked for the Wasm. */
  halfway() {
    return this.until('the core asked for the Wasm', () => this.wasmAsked);
  }

  /** Waits, in real time, until the core has started. */
  async ready() {
    await this.until('the core started', () => PerformanceObserver.all.length > 0);
    await settled();
  }

  async until(what, holds) {
    for (let turn = 0; turn < 500; turn++) {
      await new Promise((resolve) => native.setTimeout(resolve, 2));
      if (holds()) return;
    }
    throw new Error(`waited in vain until ${what}: ${this.warnings}`);
  }

  dispatch(type, properties = {}) {
    const event = new Event(type);
    for (const [name, value] of Object.entries({ timeStamp: this.now, ...properties })) {
      Object.defineProperty(event, name, { value, configurable: true });
    }
    this.events.dispatchEvent(event);
  }

  throws(error, place = {}) {
    this.dispatch('error', {
      error, message: place.message ?? `Uncaught ${error}`, filename: 'https://bank/app.js?v=1', lineno: 3, colno: 7,
      ...place,
    });
  }

  hide() {
    this.document.visibilityState = 'hidden';
    this.dispatch('visibilitychange');
  }

  /** In the order of HTML's "unload a document". */
  leave() {
    this.dispatch('pagehide', { persisted: false });
    this.hide();
  }

  show() {
    this.document.visibilityState = 'visible';
    this.dispatch('visibilitychange');
  }

  /** The browser has measured something, and tells the observers. */
  measures(...entries) {
    this.hasMeasured(...entries);
    for (const observer of PerformanceObserver.all) {
      const told = observer.takeRecords();
      if (told.length) observer.callback({ getEntries: () => told });
    }
  }

  /** The browser has measured something, and has told nobody yet. */
  hasMeasured(...entries) {
    for (const observer of PerformanceObserver.all) {
      observer.waiting.push(...entries.filter((entry) => observer.types.includes(entry.entryType)));
    }
  }

  /** The hooks that are on: what `stop` must bring back to none. */
  get observers() {
    return PerformanceObserver.all.length;
  }

  /** Gives Node its own globals back. */
  close() {
    this.timers.clear();
    delete globalThis.dna;
    delete globalThis.importBeside;
    for (const name of GLOBALS) {
      if (originals[name]) Object.defineProperty(globalThis, name, originals[name]);
      else delete globalThis[name];
    }
  }
}

const settled = () => new Promise((resolve) => native.setTimeout(resolve, 1));
