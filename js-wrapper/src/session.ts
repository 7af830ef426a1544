/**
 * The storage as the core lays it out, for the words of a page that the core never reached. The
 * session is that of `sdk-wasm/src/session.rs`: version, whether it is kept and why, 16 bytes of
 * identifier, start and last activity in ms (8 bytes each), one character a byte. A frame is
 * that of `sdk-wasm/src/outbox.rs`.
 */
import { hexOf } from './random.js';

const KEY = 'dna.s';
const VERSION = 2;
const IDLE_MAX = 30 * 60_000;
const AGE_MAX = 12 * 3600_000;
/** From the moment a page is left until another one takes over its frames. */
const LEASE = 5000;

export interface Session {
  /** In hex. */
  id: string;
  /** Whether it is kept, as the core counts why: 0 not, 1 by the share, 2 for its user, 3 for an error. */
  kept: number;
  /** The share of sessions that are kept. */
  percent: number;
}

/** The living session, or a new one that the next page finds. One that is not kept is from now on if there is a reason `why`. */
export function session(sampleRate: string | number = 1, why: number): Session {
  const now = Date.now();
  // A share that makes no sense keeps everything, as the core does.
  const rate = sampleRate !== '' && +sampleRate >= 0 && +sampleRate <= 1 ? +sampleRate : 1;
  let stored = '';
  try {
    stored = localStorage.getItem(KEY) || '';
    const age = (at: number) => Math.abs(now - number(stored, at));
    if (stored.charCodeAt(0) != VERSION || age(18) > AGE_MAX || age(26) > IDLE_MAX) stored = '';
  } catch {
    // No storage: a session of this page alone.
  }
  const found = stored;
  if (!stored) {
    stored = String.fromCharCode(VERSION, Math.random() < rate ? 1 : 0, ...bytes(16)) + bytesOf(now) + bytesOf(now);
  }
  if (why && !stored.charCodeAt(1)) stored = String.fromCharCode(VERSION, why) + stored.slice(2);
  if (stored != found) set(KEY, stored);
  const id = [...stored.slice(2, 18)].map((byte) => hexOf(byte.charCodeAt(0))).join('');
  return { id, kept: stored.charCodeAt(1), percent: Math.round(rate * 100) };
}

/** Keeps a frame for the next page; `random` makes its sequence. */
export function store(random: number, frame: string): void {
  const now = Date.now();
  const key = `dna.f.${(random + 4294967296).toString(16).slice(1)}0000`;
  set(key, '\x02\x01' + bytesOf(now) + bytesOf(now + LEASE) + frame);
}

const bytes = (count: number): number[] => Array.from({ length: count }, () => (Math.random() * 256) | 0);

/** A time as 8 characters, the highest byte first. */
const bytesOf = (time: number): string =>
  String.fromCharCode(...[7, 6, 5, 4, 3, 2, 1, 0].map((place) => Math.floor(time / 256 ** place) % 256));

function number(text: string, at: number): number {
  let value = 0;
  for (const end = at + 8; at < end; at++) value = value * 256 + text.charCodeAt(at);
  return value;
}

function set(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Full or forbidden.
  }
}
