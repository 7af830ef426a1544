/** The stub as a guest: what it may not change, and what happens when it cannot start. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Page } from './browser-double.js';
import { events } from './frames.js';

let page;
afterEach(() => page?.close());

test('fetch keeps its results, errors, arguments and name', async () => {
  page = new Page();
  const answer = new Response('x', { status: 201 });
  const failure = new TypeError('offline');
  const calls = [];
  page.application = async (url, init) => {
    calls.push([url, init]);
    if (url.includes('fail')) throw failure;
    return answer;
  };
  const { length } = fetch;
  page.tag();
  await page.ready();
  const init = { method: 'put' };
  assert.equal(await fetch('/api/pay?card=1', init), answer);
  assert.equal(calls[0][1], init, 'passed by reference');
  await assert.rejects(fetch('https://api.bank/fail'), (error) => error === failure);
  await assert.rejects(fetch('https://api.bank/fail', { signal: AbortSignal.abort() }));
  assert.equal(fetch.name, 'fetch');
  assert.equal(fetch.length, length);
  // A call waits a second for the browser's entry of it, and five for company.
  await page.pass(6100);
  const made = (await events(page.sent)).map(({ method, url, status, error, initiator }) => [method, url, status, error, initiator]);
  assert.deepEqual(made, [
    ['PUT', 'https://bank/api/pay', 201, undefined, 'fetch'],
    ['GET', 'https://api.bank/fail', undefined, 'network', 'fetch'],
    ['GET', 'https://api.bank/fail', undefined, 'abort', 'fetch'],
  ]);
});

test('XMLHttpRequest keeps working, and each end is told once', async () => {
  page = new Page().tag();
  await page.ready();
  const xhr = new XMLHttpRequest();
  assert.throws(() => xhr.open('GET'), TypeError);
  for (const [type, status] of [['load', 200], ['load', 500], ['timeout', 0], ['abort', 0], ['error', 0]]) {
    xhr.open('post', '/api/x?y=1');
    xhr.send();
    page.now += 10;
    xhr.end(type, status);
  }
  assert.deepEqual([xhr.open.name, xhr.send.name, xhr.open.length, xhr.send.length], ['open', 'send', 2, 0]);
  assert.deepEqual(Object.keys(xhr), ['request', 'status'], 'nothing is left on the object');
  await page.pass(6000);
  const ends = (await events(page.sent)).map(({ method, url, status, error, duration }) => [method, url, status, error, duration]);
  const url = 'https://bank/api/x';
  assert.deepEqual(ends, [
    ['POST', url, 200, undefined, 10],
    ['POST', url, 500, undefined, 10],
    ['POST', url, undefined, 'timeout', 10],
    ['POST', url, undefined, 'abort', 10],
    ['POST', url, undefined, 'network', 10],
  ]);
});

test('stop takes every hook out again', async () => {
  page = new Page();
  const { fetch: original } = page.window;
  const { open, send } = XMLHttpRequest.prototype;
  page.tag();
  await page.ready();
  assert.notEqual(page.window.fetch, original);
  dna('event', 'a');
  dna('stop');
  assert.equal(page.window.fetch, original);
  assert.equal(XMLHttpRequest.prototype.open, open);
  assert.equal(XMLHttpRequest.prototype.send, send);
  assert.equal(page.observers, 0);
  page.throws(new Error('x'));
  dna('event', 'b');
  page.leave();
  await page.pass(60_000);
  const told = (await events(page.sent)).map(({ kind, name }) => name ?? kind);
  assert.deepEqual(told, ['a', 'page_view'], 'what is known by then is sent');
  assert.equal(page.timers.size, 0);
});

test('what is written to the console after a stop before the core is there is the console\'s again', async () => {
  page = new Page({ data: { console: 'error' } });
  page.wasm = 'never';
  const { error } = console;
  page.tag();
  dna('stop');
  await new Promise(setImmediate);
  assert.equal(console.error, error, 'nothing is hooked any more');
});

test('stop before the core is there keeps it from starting', async () => {
  page = new Page().tag();
  dna('stop');
  await assert.rejects(page.ready());
  assert.deepEqual(page.sent, []);
});

test('a Wasm of the wrong type is loaded all the same', async () => {
  page = new Page();
  page.wasm = 'application/octet-stream';
  page.tag();
  await page.ready();
});

test('a page that does not finish loading gets its core all the same', async () => {
  page = new Page();
  page.document.readyState = 'loading';
  page.tag();
  page.throws(new Error('early'));
  await page.until('it waits for the page', () => page.timers.size > 0);
  await page.pass(5000);
  await page.ready();
  await page.pass(2000);
  assert.ok((await events(page.sent)).some(({ kind }) => kind === 'exception'));
});

test('a share that makes no sense keeps the session, with or without a core', async () => {
  for (const sampleRate of ['abc', '']) {
    for (const stage of ['brief', 'halfway']) {
      page = new Page({ data: { sampleRate } });
      page.coreLoads = stage !== 'brief';
      page.wasm = 'never';
      page.tag();
      if (page.coreLoads) await page.halfway();
      dna('event', 'a');
      page.leave();
      assert.equal(page.sent.length, 1, `${sampleRate} ${stage}`);
      page.close();
    }
  }
});

test('hostile values of the page reach nobody', async () => {
  page = new Page();
  page.coreLoads = false;
  page.window.fetch = () => 'no promise';
  page.tag();
  assert.equal(page.window.fetch('/x'), 'no promise');
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  dna('event', proxy);
  dna('event', 'a', proxy);
  const target = { localName: 'img', get src() { throw new Error('getter'); } };
  page.dispatch('error', { target });
  page.leave();
});

test('beacons go past the wrappers of the page', async () => {
  page = new Page();
  page.tag();
  const seen = [];
  const { fetch: hooked } = page.window;
  page.window.fetch = (...call) => (seen.push(call), hooked(...call));
  await page.ready();
  dna('setUser', 'u');
  await page.pass(6000);
  assert.equal(page.sent.length, 1);
  assert.deepEqual(seen, []);
  assert.ok((await events(page.sent)).every(({ kind }) => kind !== 'api_call'), 'and are no calls of the page');
});

for (const [data, warning] of [
  [{ key: undefined }, /^dna: key is missing; allowed: .* Nothing is sent\.$/],
  [{ endpoint: 'ftp://x' }, /^dna: endpoint is ftp:\/\/x; allowed: an http or https address/],
  [{ sampleRate: '50%' }, /^dna: sampleRate is 50%; allowed: 0 to 1/],
]) {
  test(`a wrong option is named: ${Object.keys(data)}`, async () => {
    page = new Page({ data });
    page.tag();
    await page.ready().catch(() => {});
    assert.equal(page.warnings.length, 1);
    assert.match(page.warnings[0], warning);
  });
}

test('an unknown call is named, and does nothing', async () => {
  page = new Page().tag();
  await page.ready();
  dna('setuser', 'x');
  dna();
  dna('setUser');
  dna('event', {});
  assert.equal(page.warnings.length, 4);
  assert.match(page.warnings[0], /^dna: unknown call/);
});
