/**
 * The script of Alipay's Worker, which alone has Wasm there. It has the core, and nothing else of the platform: the
 * logic layer gives it what is stored, and does what it wants (`worker.ts`).
 */
import { fromBase64, toBase64 } from './base64';
import { entrance } from './entrance';
import { attempt, type Host, type OwnRequest } from './hosts';
import { importsOf, type CoreExports } from './imports';
import { firstOf, inTime } from './load';
import { seed } from './random';
import { ours, type FromWorker, type ToWorker, type Wish } from './worker-messages';

let epoch = 0;
let wishes: Wish[] = [];
let stored: { [key: string]: string } = {};
/** The request under way: its number, and who waits for its answer. */
let under: [number, OwnRequest['done']] | undefined;
let requests = 0;
let core: CoreExports;

let said = 0;

const say = () => {
  said++;
  const told: FromWorker = { dna: wishes, epoch, settled: attempt(() => core.settled(), undefined) };
  wishes = [];
  worker.postMessage(told);
};
const warn = (...words: unknown[]) => void wishes.push(['warn', words.join(' ')]);
const enter = entrance(() => core, warn, () => wishes.length && say());

const host: Pick<Host, 'storage' | 'send'> = {
  storage: {
    get: (key) => stored[key],
    set(key, value) {
      stored[key] = value;
      wishes.push(['set', key, value]);
    },
    remove(key) {
      delete stored[key];
      wishes.push(['remove', key]);
    },
    keys: () => Object.keys(stored),
  },
  send({ url, body, done }) {
    const request = ++requests;
    under = [request, done];
    wishes.push(['send', request, url, toBase64(new Uint8Array(body))]);
    return () => void wishes.push(['cancel']);
  },
};
const imports = importsOf(host, () => core, enter, warn);

/** Calls the core with the bytes of a record. */
function hand(record: string, act: (core: CoreExports) => void): void {
  enter((core) => {
    const bytes = fromBase64(record) as Uint8Array;
    // First: the memory may grow.
    const at = core.room(bytes.length);
    new Uint8Array(core.memory.buffer, at, bytes.length).set(bytes);
    act(core);
  });
}

function load(paths: string[]): void {
  const byPath = (path: string) => () => inTime(Promise.resolve().then(() => MYWebAssembly.instantiate(path, { h: imports } as never)));
  firstOf(paths.map(byPath)).then(
    (exports) => {
      core = exports;
      wishes.push(['loaded']);
      say();
    },
    () => {
      wishes.push(['no core']);
      say();
    },
  );
}

worker.onMessage((told) => {
  const message = ours<ToWorker>(told);
  if (!message) return;
  epoch = message.epoch;
  const before = said;
  const { ping, load: paths, start, push, answer } = message;
  // It has a word back when that is done.
  if (paths) return load(paths);
  if (start) {
    stored = start.stored;
    start.seed.forEach(seed);
    // Undocumented, but there: the logic layer has no good source.
    attempt(() => (crypto as Crypto).getRandomValues(new Uint32Array(8)).forEach(seed), undefined);
    hand(start.options, (core) => wishes.push(['started', core.start()]));
  } else if (push) {
    hand(push, (core) => core.push());
  } else if (answer) {
    const [request, status, header] = answer;
    if (under && under[0] == request) under[1](status, header);
  }
  if (ping && said == before) say();
});
