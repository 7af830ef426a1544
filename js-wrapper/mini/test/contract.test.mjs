/**
 * What the core asks of every place that it runs in (`Host` in `sdk-wasm/src/host.rs`): one contract for the
 * platforms' rows of `hosts.ts` and for the browser.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { buildSync } from 'esbuild';
import { Storage } from '../../test/storage-double.js';
import { Device, PLATFORMS, settled } from './container.mjs';

const SESSION = 0;
const VISITOR = 2 ** 48;
const URL = 'https://dna.bank/v1/beacon';
const bytesOf = (length) => Uint8Array.from({ length }, (_, at) => (at * 31 + length) & 255);

/** The row of a platform, as the core calls it: through the functions that the module imports. */
function miniProgram(platform) {
  const entry = { contents: "export * from './hosts'; export * from './imports';", resolveDir: new globalThis.URL('../src', import.meta.url).pathname };
  const { outputFiles } = buildSync({ stdin: entry, bundle: true, write: false, format: 'iife', globalName: 'parts', target: 'es2017' });
  const device = new Device(platform);
  device.online = false;
  const told = [];
  const open = () => {
    const launch = device.launch(null);
    const memory = { buffer: new ArrayBuffer(1 << 18) };
    const core = { memory, room: () => 8, answered: (...answer) => told.push(answer) };
    const { findHost, importsOf } = vm.runInContext(`${outputFiles[0].text};parts`, launch.realm);
    const imports = importsOf(findHost(), () => core, (act) => act(core));
    const written = (bytes, at) => {
      new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
      return [at, bytes.length];
    };
    return {
      load: (key) => {
        const length = imports.load(key);
        return length < 0 ? undefined : new Uint8Array(memory.buffer, 8, length).slice();
      },
      store: (key, bytes) => imports.store(key, ...written(bytes, 8)),
      remove: (key) => imports.remove(key),
      erase: () => imports.erase(),
      stored: (at) => imports.stored(at),
      send: (sequence, bytes) => imports.send(sequence, ...written(Buffer.from(URL), 8), ...written(bytes, 1024)) != 0,
      answer: async (status, headers) => {
        const request = launch.open[0];
        launch.end(request, status, headers);
        await launch.pass(0);
        const body = typeof request.data == 'string' ? Buffer.from(request.data, 'base64') : request.data;
        return { body: new Uint8Array(body), url: request.url, method: request.method };
      },
      breakStorage: () => {
        for (const name of Object.keys(launch.api)) if (/Storage/.test(name)) launch.api[name] = () => { throw new Error('broken'); };
      },
    };
  };
  const others = () => device.storage.get('theirs');
  device.storage.set('theirs', 'kept');
  return { open, told, others };
}

/** The browser, as the core calls it. */
async function browser() {
  const host = await import('../../src/host.js');
  const told = [];
  host.connect({ answered: (...answer) => told.push(answer) });
  const storage = new Storage();
  storage.setItem('theirs', 'kept');
  const open = () => {
    globalThis.window = globalThis;
    globalThis.localStorage = storage;
    let request;
    const fetch = (url, init) => new Promise((done, failed) => (request = { url, init, done, failed }));
    return {
      load: (key) => {
        const bytes = host.load(key);
        return bytes.length ? bytes : undefined;
      },
      store: host.store,
      remove: host.remove,
      erase: host.erase,
      stored: host.stored,
      send: (sequence, bytes) => host.send(fetch, URL, sequence, bytes, bytes),
      answer: async (status, headers = {}) => {
        const { url, init, done, failed } = request;
        if (status) done(new Response('{}', { status, headers }));
        else failed(new TypeError('no network'));
        await settled();
        return { body: init.body, url, method: init.method };
      },
      breakStorage: () => {
        globalThis.localStorage = new Proxy({}, { get() { throw new Error('broken'); } });
      },
    };
  };
  return { open, told, others: () => storage.getItem('theirs') };
}

/** The sequences of the frames that are stored. */
function sequences(host) {
  const found = [];
  for (let at = 0, key; !((key = host.stored(at)) < 0); at++) if (key > 0) found.push(key);
  return found.sort((a, b) => a - b);
}

for (const place of [...Object.keys(PLATFORMS), 'browser']) {
  const made = () => (place == 'browser' ? browser() : miniProgram(place));

  test(`${place}: what is stored is there at the next launch, byte for byte, until it is removed`, async () => {
    const { open, others } = await made();
    let host = open();
    assert.equal(host.load(SESSION), undefined);
    assert.deepEqual(sequences(host), []);
    const kept = new Map([[SESSION, bytesOf(42)], [VISITOR, bytesOf(16)], [65537, bytesOf(1)], [2 ** 48 - 1, bytesOf(20_000)]]);
    for (const [key, bytes] of kept) host.store(key, bytes);
    host.store(65537, bytesOf(3));
    host = open();
    for (const [key, bytes] of kept) assert.deepEqual(host.load(key), key == 65537 ? bytesOf(3) : bytes, `${key}`);
    assert.deepEqual(sequences(host), [65537, 2 ** 48 - 1]);
    host.remove(65537);
    host.remove(65537);
    assert.equal(host.load(65537), undefined);
    assert.deepEqual(sequences(host), [2 ** 48 - 1]);
    host.erase();
    for (const key of kept.keys()) assert.equal(host.load(key), undefined);
    assert.deepEqual(sequences(host), []);
    assert.equal(others(), 'kept');
  });

  test(`${place}: an answer is told once, with its status and Retry-After`, async () => {
    const { open, told } = await made();
    const host = open();
    for (const [status, headers, expected] of [
      [200, {}, [200, 0]],
      [503, { 'Retry-After': '30' }, [503, 30]],
      [403, {}, [403, 0]],
      [0, {}, [0, 0]],
    ]) {
      assert.equal(host.send(7, bytesOf(300)), true);
      assert.deepEqual(told, [], 'never before send has returned');
      const { body, url, method } = await host.answer(status, headers);
      assert.deepEqual(new Uint8Array(body), bytesOf(300));
      assert.deepEqual([url, method], [URL, 'POST']);
      const [[sequence, answered, after]] = told.splice(0);
      assert.deepEqual([sequence, answered, after || 0], [7, ...expected]);
    }
  });

  test(`${place}: a storage that throws is an empty one`, async () => {
    const host = (await made()).open();
    host.store(65537, bytesOf(3));
    host.breakStorage();
    host.store(65538, bytesOf(3));
    host.remove(65537);
    host.erase();
    assert.equal(host.load(65537), undefined);
    assert.deepEqual(sequences(host), []);
  });
}
