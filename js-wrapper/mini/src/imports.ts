/**
 * What the core calls: `sdk-wasm/src/mini/abi.rs` declares it. The core's memory may grow at any
 * call into it, so a view of it is made anew each time.
 */
import { fromBase64, toBase64 } from './base64';
import type { Host } from './hosts';
import { random } from './random';
import { readUtf8 } from './text';

/** What the core exports. */
export interface CoreExports {
  memory: { buffer: ArrayBuffer };
  room(length: number): number;
  start(): number;
  push(): void;
  woken(): void;
  settled(): number;
  answered(sequence: number, status: number, retryAfter: number): void;
}

export type Imports = { [name: string]: (...numbers: number[]) => number | void };

/** Calls the core now, or when it is no longer busy further up in the stack. */
export type Enter = (act: (core: CoreExports) => void) => void;

/** Our keys of the storage: the session's, the visitor's, and a frame's. */
const PREFIX = 'dna.';
const FRAME = /^dna\.f\.[0-9a-f]+$/;
/** What is ours in the storage. */
export const OURS = /^dna\.(s|v|f\.[0-9a-f]+)$/;
const SEQUENCE_MAX = 0xffffffffffff;

function named(key: number): string {
  return PREFIX + (key > SEQUENCE_MAX ? 'v' : key ? 'f.' + key.toString(16) : 's');
}

/** The functions that the module imports. */
export function importsOf(
  host: Pick<Host, 'storage' | 'send'>,
  core: () => CoreExports,
  enter: Enter,
  tell: (words: string) => void = (words) => console.warn(words),
): Imports {
  const { storage } = host;
  const bytes = (at: number, length: number) => new Uint8Array(core().memory.buffer, at, length);
  let timer: number | undefined;
  let frames: string[] = [];
  let cancel: (() => void) | undefined;
  return {
    now: () => Date.now(),
    random,
    load(key) {
      const text = storage.get(named(key));
      const stored = text && fromBase64(text);
      if (!stored) return -1;
      const at = core().room(stored.length);
      bytes(at, stored.length).set(stored);
      return stored.length;
    },
    store: (key, at, length) => storage.set(named(key), toBase64(bytes(at, length))),
    remove: (key) => storage.remove(named(key)),
    erase() {
      if (cancel) cancel();
      cancel = undefined;
      storage.keys().filter((key) => OURS.test(key)).forEach((key) => storage.remove(key));
    },
    stored(at) {
      if (!at) frames = storage.keys().filter((key) => FRAME.test(key));
      return at < frames.length ? parseInt(frames[at].slice(PREFIX.length + 2), 16) : -1;
    },
    send(sequence, urlAt, urlLength, at, length) {
      const url = readUtf8(bytes(urlAt, urlLength));
      const body = bytes(at, length).slice().buffer;
      // One at a time: what the core has given up is not waited for.
      if (cancel) cancel();
      cancel = undefined;
      try {
        const end = host.send({
          url,
          body,
          done(status, header) {
            if (cancel == end) cancel = undefined;
            enter((core) => core.answered(sequence, status, retryAfter(header)));
          },
        });
        cancel = end;
        return 1;
      } catch (_) {
        return 0;
      }
    },
    wake(delay) {
      if (timer !== undefined) clearTimeout(timer);
      timer = delay < 0 ? undefined : setTimeout(() => enter((core) => core.woken()), delay);
    },
    warn: (at, length) => tell(readUtf8(bytes(at, length))),
  };
}

/** The seconds that a server asks to wait; NaN for none. */
function retryAfter(header: { [name: string]: unknown } | undefined): number {
  for (const name of Object.keys(header || {})) {
    if (name.toLowerCase() == 'retry-after') return Number((header as { [name: string]: unknown })[name]);
  }
  return NaN;
}
