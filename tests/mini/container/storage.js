// The storage of one application on one phone: it outlives processes.

import { isBytes } from './realm.js';

/** WeChat, Douyin: 10 MB in all, 1 MB a key. Alipay: 10 MB in all, 200 KB a key. */
export const LIMITS = { all: 10 << 20, key: 1 << 20 };
export const ALIPAY_LIMITS = { all: 10 << 20, key: 200 << 10 };

export class Storage {
  #values = new Map();
  #limits;
  /** What a broken storage does: undefined, `throws` (every call) or `full` (every write). */
  fault;

  constructor(limits = LIMITS) {
    this.#limits = limits;
  }

  /** The texts as they lie there, by key: what a thief of the phone would read. */
  get texts() {
    return Object.fromEntries(this.#values);
  }

  get bytes() {
    let sum = 0;
    for (const [key, text] of this.#values) sum += Buffer.byteLength(key) + Buffer.byteLength(text);
    return sum;
  }

  keys() {
    this.#broken('read');
    return [...this.#values.keys()];
  }

  get(key) {
    this.#broken('read');
    const text = this.#values.get(key);
    return text === undefined ? undefined : JSON.parse(text).value;
  }

  /** Throws why it cannot be stored. */
  set(key, value) {
    this.#broken('write');
    if (isBytes(value) || typeof value == 'function' || typeof value == 'symbol') {
      throw new Error(`a ${isBytes(value) ? 'ArrayBuffer' : typeof value} cannot be stored`);
    }
    const text = JSON.stringify({ value });
    const bytes = Buffer.byteLength(text);
    if (bytes > this.#limits.key) throw new Error(`entry size limit reached (${bytes} > ${this.#limits.key})`);
    const before = this.#values.get(key);
    const others = this.bytes - (before === undefined ? 0 : Buffer.byteLength(key) + Buffer.byteLength(before));
    if (others + Buffer.byteLength(key) + bytes > this.#limits.all) throw new Error('storage size limit reached');
    this.#values.set(key, text);
  }

  remove(key) {
    this.#broken('write');
    this.#values.delete(key);
  }

  clear() {
    this.#broken('write');
    this.#values.clear();
  }

  info() {
    return { keys: this.keys(), currentSize: Math.ceil(this.bytes / 1024), limitSize: this.#limits.all / 1024 };
  }

  #broken(doing) {
    if (this.fault == 'throws') throw new Error('access denied');
    if (this.fault == 'full' && doing == 'write') throw new Error('storage size limit reached');
  }
}
