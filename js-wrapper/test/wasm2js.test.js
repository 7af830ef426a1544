/** The core as JavaScript, for pages that may not compile Wasm: it does what the Wasm does, byte for byte. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Page } from './browser-double.js';
import { events } from './frames.js';

let page;
const { WebAssembly } = globalThis;
afterEach(() => {
  page.close();
  globalThis.WebAssembly = WebAssembly;
});

/** What a policy without 'wasm-unsafe-eval' makes of it. */
const refused = {
  compile: async () => {
    throw new WebAssembly.CompileError('refused by the Content-Security-Policy');
  },
};

/** The same numbers in every run. */
function seeded() {
  let state = 7;
  return {
    getRandomValues(array) {
      for (const at in array) array[at] = state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return array;
    },
  };
}

/** Texts of all lengths in UTF-8, and so many that the memory grows more than once. */
const burst = Array.from({ length: 300 }, (_, at) => `${at} é 账户 😀 \ud800 ${'x'.repeat(at * 25)}`);

/** A visit with every kind of record, a server that fails, and what is left in the storage. */
async function visit() {
  page = new Page({ data: { release: '2.7.1', sampleRate: '0.9' } });
  Object.defineProperty(globalThis, 'crypto', { value: seeded(), configurable: true, writable: true });
  page.tag();
  page.now = 12.34;
  page.throws(Object.assign(new TypeError('early'), { stack: 'TypeError: early\n    at https://bank/a.js?x=1:1:2' }));
  dna('setUser', 'u-1', { tier: 'vip', branch: '上海', age: 41, share: 0.1, big: 1e21, app: true });
  await page.ready();
  page.now = 250.6;
  page.entry.loadEventEnd = 250;
  page.measures(page.entry, { entryType: 'paint', name: 'first-contentful-paint', startTime: 120.06 });
  page.dispatch('unhandledrejection', { reason: { name: 'Odd', message: 'card 6222 0202 0202 0208' } });
  page.dispatch('error', { target: { localName: 'img', src: 'https://bank/logo.png?v=2' } });
  await fetch('/api/accounts?user=1', { method: 'post' });
  const xhr = new XMLHttpRequest();
  xhr.open('GET', '/api/late');
  xhr.send();
  page.now += 80.25;
  xhr.end('timeout', 0);
  page.answers = 503;
  for (const text of burst) dna('event', text, { text });
  await page.pass(30_000);
  page.answers = 202;
  await page.pass(120_000);
  page.dispatch('pageshow', { persisted: true });
  dna('clearUser');
  page.leave();
  const sent = await Promise.all(page.sent.map(async ({ way, bytes }) => [way, Buffer.from(await bytes).toString('hex')]));
  return { sent, stored: page.storage.values(), warnings: page.warnings };
}

test('the same records, clock and randomness make the same frames', async () => {
  const asWasm = await visit();
  const told = await events(page.sent);
  page.close();
  globalThis.WebAssembly = refused;
  const asScript = await visit();

  const kinds = ['api_call', 'custom', 'exception', 'identity', 'page_view', 'resource_failure', 'unhandled_rejection', 'web_vital'];
  assert.deepEqual([...new Set(told.map(({ kind }) => kind))].sort(), kinds, 'the visit has every kind');
  assert.ok(asWasm.sent.length > 5 && asWasm.stored.length > 1, 'frames were sent, and some are kept');
  assert.deepEqual(asScript, asWasm);
});

test('where there is no Wasm at all the core runs too', async () => {
  delete globalThis.WebAssembly;
  page = new Page().tag();
  await page.ready();
  dna('event', 'done');
  await page.pass(6000);
  assert.equal((await events(page.sent))[0].name, 'done');
  assert.deepEqual(page.warnings, []);
});
