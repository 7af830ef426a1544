/**
 * Random numbers for identifiers. Mini programs have no synchronous source of good ones, and
 * JavaScriptCore seeds Math.random with 32 bits, which two customers may share: so the clock and what
 * the platform gives are mixed in (the generator sfc32).
 */
import { attempt } from './hosts';

let [a, b, c, d] = [0, 0, 0, 1];

/** Mixes `word` in. */
export function seed(word: number): void {
  a ^= word;
  for (let round = 0; round < 12; round++) random();
}

/** 32 random bits. */
export function random(): number {
  const sum = (a + b + d++) | 0;
  a = b ^ (b >>> 9);
  b = (c + (c << 3)) | 0;
  c = (((c << 21) | (c >>> 11)) + sum) | 0;
  return sum ^ (Math.random() * 4294967296);
}

/** Mixes in the clock, Math.random, and what the platform gives within a moment. */
export function seeded(getRandomValues?: (options: RandomOptions) => void): Promise<void> {
  for (const word of [Date.now() | 0, Date.now() / 4294967296, Math.random() * 4294967296]) seed(word | 0);
  return new Promise((done) => {
    if (!getRandomValues) return done();
    setTimeout(done, WAIT_MS);
    const mix = (bytes: ArrayBuffer) => {
      const words = new Uint32Array(bytes.slice(0, BYTES));
      for (let at = 0; at < words.length; at++) seed(words[at]);
    };
    const success: RandomOptions['success'] = (result) => {
      attempt(() => mix(result.randomValues), undefined);
      done();
    };
    const asked = attempt(() => {
      getRandomValues({ length: BYTES, success, fail: () => done() });
      return true;
    }, false);
    if (!asked) done();
  });
}

export interface RandomOptions {
  length: number;
  success: (result: { randomValues: ArrayBuffer }) => void;
  fail: () => void;
}

/** The Wasm takes as long to load, so this holds nothing up. */
const WAIT_MS = 200;
const BYTES = 32;
