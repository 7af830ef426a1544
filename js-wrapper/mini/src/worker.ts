/**
 * The core in Alipay's Worker, which alone has Wasm there. It is told records and answers, and wants things stored and
 * sent: that is done here, in its order, so that a frame lies in the storage before it goes out. An application has one
 * Worker: when it wants that for itself, or ours fails or is silent, the core goes on in the logic layer, with the
 * records that are in no frame yet.
 */
import { fromBase64, toBase64 } from './base64';
import { attempt, type AlipayApi, type Host, type PlatformWorker } from './hosts';
import { OURS } from './imports';
import { kept } from './kept';
import { LOAD_MS } from './load';
import { random, seeded } from './random';
import { Kind, write, type Record } from './record';
import type { Places, Running, Starting } from './core';
import { ours, type FromWorker, type ToWorker, type Wish } from './worker-messages';

/** A Worker that says nothing for so long after it was told something is gone, whether the platform says so or not. */
const SILENCE_MS = 5_000;

/**
 * Starts the core in the Worker of that path, with the `options`; `otherwise` starts one in the logic layer with them.
 * The Wasm lies beside the Worker's script where `wasm` says nothing else.
 */
export function inWorker(
  host: Host,
  path: string,
  wasm: Places['wasm'],
  options: string[],
  otherwise: (options: string[]) => Promise<Running | undefined>,
): Starting {
  const api = host.api as AlipayApi;
  const { storage } = host;
  const createWorker = api.createWorker as NonNullable<AlipayApi['createWorker']>;
  let worker: PlatformWorker | undefined;
  let [epoch, erased] = [0, 0];
  let silence: number | undefined;
  let cancel: (() => void) | undefined;
  /** What a core that takes over has to know. */
  const now = kept(options);
  /** The core that has taken over. */
  let next: Running | undefined;
  let failed = false;
  let settle: ((running: Running | Promise<Running | undefined> | undefined) => void) | undefined;
  let startedWith: string | undefined;

  const post = (told: Partial<ToWorker>) => {
    const ping = silence === undefined;
    const message: ToWorker = Object.assign({ dna: 'to' as const, epoch, ping }, told);
    if (ping) silence = setTimeout(() => gone(true), settle ? LOAD_MS : SILENCE_MS);
    attempt(() => (worker as PlatformWorker).postMessage(message), undefined);
  };

  /** The Worker is no longer ours. */
  function gone(goesOn: boolean): void {
    if (!worker) return;
    const last = worker;
    worker = undefined;
    clearTimeout(silence);
    replace(createWorker);
    attempt(() => last.terminate(), undefined);
    if (cancel) cancel();
    if (!goesOn || now.stopped()) return;
    if (settle) return settle(otherwise(options));
    otherwise(now.options).then(
      (core) => {
        next = core;
        failed = !core;
        if (core) now.told().forEach((record) => core.push(record));
      },
      (error) => {
        failed = true;
        console.warn('dna: there is no core; nothing is measured', error);
      },
    );
  }

  function replace(value: unknown): void {
    attempt(() => Object.defineProperty(api, 'createWorker', { value, configurable: true, enumerable: true, writable: true }), undefined);
  }

  function receive(told: unknown): void {
    const message = ours<FromWorker>(told);
    if (!worker || !message || !Array.isArray(message.dna)) return;
    clearTimeout(silence);
    silence = undefined;
    // Decided while it started: the record of that is still on its way.
    if (settle && startedWith !== undefined && startedWith != options[1]) epoch++;
    for (const wish of message.dna) attempt(() => grant(wish, message.epoch), undefined);
    // An older Worker, copied with another version of this package, does not say: told twice would be worse than lost.
    now.settled(message.settled === undefined ? Infinity : message.settled);
  }

  /** Does what the core wanted when it knew of the epoch `at`. */
  function grant(wish: Wish, at: number): void {
    switch (wish[0]) {
      case 'loaded':
        return begin();
      case 'no core':
        return gone(true);
      case 'started':
        if (settle) settle(wish[1] ? running : undefined);
        settle = undefined;
        if (!wish[1]) gone(false);
        return;
      case 'set':
        if (at >= erased) storage.set(wish[1], wish[2]);
        return;
      case 'remove':
        return storage.remove(wish[1]);
      case 'send':
        return send(wish[1], wish[2], wish[3], at);
      case 'cancel':
        if (cancel) cancel();
        cancel = undefined;
        return;
      case 'warn':
        console.warn(wish[1]);
    }
  }

  function send(request: number, url: string, body: string, at: number): void {
    const answer = (status: number, header?: object) => post({ answer: [request, status, header as never] });
    if (at < epoch) return answer(0);
    try {
      const end = host.send({
        url,
        body: (fromBase64(body) as Uint8Array).buffer as ArrayBuffer,
        done(status, header) {
          if (cancel == end) cancel = undefined;
          answer(status, header);
        },
      });
      cancel = end;
    } catch (_) {
      answer(0);
    }
  }

  function begin(): void {
    startedWith = options[1];
    const stored: { [key: string]: string } = {};
    for (const key of storage.keys()) if (OURS.test(key)) stored[key] = storage.get(key) || '';
    post({ start: { options: packed([Kind.Call, Date.now(), ...options]), stored, seed: [random(), random(), random(), random()] } });
  }

  const running: Running = {
    push(record) {
      if (next) return next.push(record);
      if (failed) return;
      if (now.takes(record)) epoch++;
      if (worker) post({ push: packed(record) });
    },
  };

  return {
    running: new Promise<Running | undefined>((done) => {
      settle = done;
      seeded().then(() => {
        // The platform gives nothing where app.json does not name the script.
        worker = attempt(() => createWorker.call(api, path, { useExperimentalWorker: true }) as PlatformWorker, undefined);
        if (!worker) {
          console.warn(`dna: there is no Worker ${path}; allowed: a path that workers of app.json has. The core runs in the logic layer.`);
          return done(otherwise(options));
        }
        replace(function (this: unknown) {
          gone(true);
          return (createWorker as Function).apply(this, arguments);
        });
        attempt(() => (worker as PlatformWorker).onMessage(receive), undefined);
        const killed = worker.onProcessKilled;
        if (typeof killed == 'function') attempt(() => killed.call(worker, () => gone(true)), undefined);
        const folder = '/' + path.replace(/[^/]*$/, '');
        post({ load: typeof wasm == 'string' ? [wasm] : [folder + 'dna.wasm.br', folder + 'dna.wasm'] });
      });
    }),
    erase() {
      erased = ++epoch;
      if (cancel) cancel();
      cancel = undefined;
    },
  };
}

function packed(record: Record): string {
  let bytes = new ArrayBuffer(0);
  write(record, (length) => new DataView((bytes = new ArrayBuffer(length))));
  return toBase64(new Uint8Array(bytes));
}
