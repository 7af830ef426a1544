// The engine of a logic layer: a global object with only what phones have.

import { Script, createContext } from 'node:vm';

/** Compiled scripts by what they say: a test launches one application hundreds of times. */
const compiled = new Map();

/** What engines got after 2018: not on all phones, so nothing may need it. */
const LATE = [
  'delete globalThis.WebAssembly; delete globalThis.SharedArrayBuffer; delete globalThis.Atomics',
  'delete globalThis.WeakRef; delete globalThis.FinalizationRegistry; delete globalThis.AggregateError',
  'delete globalThis.BigInt; delete globalThis.BigInt64Array; delete globalThis.BigUint64Array; delete globalThis.Iterator',
  'for (const name of ["flat", "flatMap", "at", "findLast", "findLastIndex", "toSorted", "toReversed", "toSpliced", "with"]) delete Array.prototype[name]',
  'for (const name of ["matchAll", "replaceAll", "trimStart", "trimEnd", "at", "isWellFormed", "toWellFormed"]) delete String.prototype[name]',
  'delete Object.fromEntries; delete Object.hasOwn; delete Object.groupBy; delete Map.groupBy',
  'delete Promise.allSettled; delete Promise.any; delete Promise.withResolvers; delete Promise.try',
];

/** `Date` by the clock of the test, `Math.random` by a seed: a run can be repeated. */
const DETERMINED = `(now, seed) => {
  const Real = Date;
  function Fake(...given) {
    if (!new.target) return new Real(now()).toString();
    return given.length ? Reflect.construct(Real, given, new.target) : Reflect.construct(Real, [now()], new.target);
  }
  Object.setPrototypeOf(Fake, Real);
  Fake.prototype = Real.prototype;
  Object.defineProperty(Real.prototype, 'constructor', { value: Fake, writable: true, configurable: true });
  Fake.now = () => now();
  globalThis.Date = Fake;
  let state = seed >>> 0 || 1;
  Math.random = () => {
    state ^= state << 13; state >>>= 0; state ^= state >>> 17; state ^= state << 5; state >>>= 0;
    return state / 4294967296;
  };
}`;

export class Realm {
  #context;

  constructor(clock, seed) {
    // No eval, no new Function, and no Wasm but by the platform.
    this.#context = createContext({}, { codeGeneration: { strings: false, wasm: false } });
    this.run(DETERMINED)(() => clock.now, seed);
    for (const code of LATE) this.run(code);
    this.Promise = this.run('Promise');
    this.Error = this.run('Error');
    this.TypeError = this.run('TypeError');
    this.global = this.run('this');
    this.#timers(clock);
    // Last, because the scripts above need it.
    this.run('delete globalThis.globalThis');
  }

  /** Runs a script; its value. */
  run(code, filename = 'container') {
    const key = `${filename}\n${code}`;
    if (!compiled.has(key)) compiled.set(key, new Script(code, { filename }));
    return compiled.get(key).runInContext(this.#context);
  }

  /** A deep copy of plain data and bytes, of this engine's own kinds. */
  own(value) {
    if (value instanceof Error) return Object.assign(new this.Error(value.message), { stack: value.stack });
    if (isBytes(value)) return this.bytes(new Uint8Array(value));
    if (typeof value == 'function' || value === null || typeof value != 'object') return value;
    if (Object.getPrototypeOf(value) !== Object.prototype && !Array.isArray(value)) return value;
    const copy = this.run(Array.isArray(value) ? '[]' : '({})');
    for (const [key, inner] of Object.entries(value)) copy[key] = this.own(inner);
    return copy;
  }

  /** An ArrayBuffer of this engine with these bytes. */
  bytes(bytes) {
    const view = this.run(`new Uint8Array(${bytes.length})`);
    view.set(bytes);
    return view.buffer;
  }

  #timers(clock) {
    const { global } = this;
    global.setTimeout = (act, delay, ...args) => clock.setTimer(act, delay, args, false);
    global.setInterval = (act, delay, ...args) => clock.setTimer(act, delay, args, true);
    global.clearTimeout = global.clearInterval = (id) => clock.clearTimer(id);
  }
}

/** Whether it is an ArrayBuffer, of whichever engine. */
export const isBytes = (value) => Object.prototype.toString.call(value) == '[object ArrayBuffer]';
