// Calls of APIs: the trace that servers are told, phases and sizes as the browser measured them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { answered, hurried } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, sdkFolder, startBank, startIngest } from './harness/servers.js';

const BODY = 'x'.repeat(5000);
/** How long the slow answer takes to begin. */
const WAIT_MS = 150;

let ingest, browser, site, friend, stranger;
before(async () => {
  ingest = ends(await startIngest());
  [site, friend, stranger] = (await Promise.all([startServer(), startServer(), startServer()])).map(ends);
  browser = ends(await launch());
});

/** A server for pages of any origin, which remembers the headers that it was sent, by path and query. */
async function startServer() {
  const heard = new Map();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://site');
    const allow = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*', 'timing-allow-origin': '*' };
    if (request.method === 'OPTIONS') return response.writeHead(204, allow).end();
    if (pathname.startsWith('/sdk/')) {
      const body = await readFile(join(sdkFolder, pathname.slice(5)));
      const type = pathname.endsWith('wasm') ? 'application/wasm' : 'text/javascript';
      return response.writeHead(200, { 'content-type': type }).end(body);
    }
    if (pathname === '/page') {
      const tag = `<script src="/sdk/dna.js" data-key="demo-bank" data-endpoint="${ingest.url}" ${searchParams.get('options')}></script>`;
      return response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html>${tag}<link rel="icon" href="data:,">`);
    }
    request.resume();
    heard.set(request.url, request.headers);
    const answer = () => response.writeHead(200, { ...allow, 'server-timing': 'db;dur=12.5' }).end(BODY);
    if (pathname === '/slow') setTimeout(answer, WAIT_MS);
    else answer();
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const stop = () => (server.closeAllConnections(), server.close());
  return { url: `http://127.0.0.1:${server.address().port}`, heard, stop };
}

/** A page on which the core runs, with the origin of the friend and its own to be traced. */
async function open(options = `data-trace-origins="self, ${friend.url}"`) {
  const page = await browser.newPage();
  await page.goto(`${site.url}/page?options=${encodeURIComponent(options)}`);
  await answered(page);
  return page;
}

/** What ingest has of the calls of these addresses, by address; `wait` is for them as `until` does. */
async function calls(paths, wait = until) {
  const found = async () =>
    eventsOf(await ingest.entries()).filter(({ kind, body }) => kind === 'api_call' && paths.some((path) => body['url.full'].endsWith(path)));
  const events = await wait('the calls', found, (events) => events.length >= paths.length);
  assert.equal(events.length, paths.length);
  return Object.fromEntries(events.map(({ body }) => [new URL(body['url.full']).pathname, body]));
}

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/;

test('each way to call tells its trace, and leaves what the page passed as it was', async () => {
  const page = await open();
  const seen = await page.evaluate(async (url) => {
    const array = [['x-own', 'a']];
    const init = { method: 'POST', headers: { 'x-own': 'b' }, body: 'päyload' };
    const headers = new Headers({ 'x-own': 'c' });
    const request = new Request(`${url}/request`, { method: 'POST', headers: { 'x-own': 'd' }, body: 'x' });
    const replaced = new Request(`${url}/replaced`, { headers: { 'x-own': 'e' } });
    await Promise.all([
      fetch(`${url}/text`),
      fetch(new URL(`${url}/url`)),
      fetch(`${url}/array`, { headers: array }),
      fetch(`${url}/object`, init),
      fetch(`${url}/headers`, { headers }),
      fetch(request),
      fetch(replaced, { headers: { 'x-own': 'f' } }),
      fetch('/own'),
    ]);
    await new Promise((resolve) => {
      const xhr = new XMLHttpRequest();
      xhr.open('POST', `${url}/xhr`);
      xhr.setRequestHeader('x-own', 'g');
      xhr.onloadend = resolve;
      xhr.send(new Blob(['four']));
    });
    return { array, init, headers: [...headers], request: [...request.headers.keys()], used: request.bodyUsed, replaced: [...replaced.headers] };
  }, friend.url);
  assert.deepEqual(seen, {
    array: [['x-own', 'a']],
    init: { method: 'POST', headers: { 'x-own': 'b' }, body: 'päyload' },
    headers: [['x-own', 'c']],
    request: ['content-type', 'x-own'],
    used: true,
    replaced: [['x-own', 'e']],
  });
  await page.goto('about:blank');
  const names = { text: undefined, url: undefined, array: 'a', object: 'b', headers: 'c', request: 'd', replaced: 'f', xhr: 'g', own: undefined };
  const told = await calls(Object.keys(names).map((name) => `/${name}`));
  const spans = new Set();
  for (const [name, own] of Object.entries(names)) {
    const sent = (name === 'own' ? site : friend).heard.get(`/${name}`);
    assert.match(sent.traceparent, TRACEPARENT, name);
    assert.equal(sent['x-own'], own, name);
    const { trace_id: trace, span_id: span } = told[`/${name}`];
    assert.equal(sent.traceparent, `00-${trace}-${span}-01`, name);
    spans.add(trace).add(span);
  }
  assert.equal(spans.size, 2 * Object.keys(names).length);
  assert.equal(told['/object']['http.request.body.size'], 8);
  assert.equal(told['/xhr']['http.request.body.size'], 4);
  await page.close();
});

test('an origin that is not named, and a call without CORS, never see the header', async () => {
  const page = await open();
  await page.evaluate(async ([friend, stranger]) => {
    const xhr = (url) => new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open('GET', url);
      request.onloadend = resolve;
      request.send();
    });
    await Promise.all([fetch(`${stranger}/stranger`), fetch(new Request(`${stranger}/stranger-request`)), xhr(`${stranger}/stranger-xhr`)]);
    await Promise.all([fetch(`${friend}/no-cors`, { mode: 'no-cors' }), fetch(new Request(`${friend}/no-cors-request`, { mode: 'no-cors' }))]);
  }, [friend.url, stranger.url]);
  await page.goto('about:blank');
  const told = await calls(['/stranger', '/stranger-request', '/stranger-xhr', '/no-cors', '/no-cors-request']);
  for (const [path, body] of Object.entries(told)) {
    const headers = stranger.heard.get(path) ?? friend.heard.get(path);
    assert.ok(headers, path);
    assert.equal(headers.traceparent, undefined, path);
    assert.equal(body.trace_id, undefined, path);
  }
  await page.close();
});

test("the page's own header stands, and is told; without the option there is none", async () => {
  const own = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
  const page = await open();
  await page.evaluate(async ([url, own]) => {
    await fetch(`${url}/own-fetch`, { headers: { Traceparent: own } });
    const xhr = new XMLHttpRequest();
    const sent = (path, header) => new Promise((resolve) => {
      xhr.open('GET', url + path);
      if (header) xhr.setRequestHeader('traceparent', header);
      xhr.onloadend = resolve;
      xhr.send();
    });
    await sent('/own-xhr', own);
    await sent('/xhr-again');
  }, [friend.url, own]);
  await page.goto('about:blank');
  const told = await calls(['/own-fetch', '/own-xhr', '/xhr-again']);
  for (const path of ['/own-fetch', '/own-xhr']) {
    assert.equal(friend.heard.get(path).traceparent, own);
    assert.equal(told[path].trace_id, own.slice(3, 35));
  }
  assert.match(friend.heard.get('/xhr-again').traceparent, TRACEPARENT);
  const silent = await open('');
  await silent.evaluate(() => fetch('/silent'));
  assert.equal(site.heard.get('/silent').traceparent, undefined);
  await Promise.all([page.close(), silent.close()]);
});

test('a wrong origin is named on the console, and a stop ends the traces', async () => {
  const page = await browser.newPage();
  const words = [];
  page.on('console', (message) => words.push(message.text()));
  await page.goto(`${site.url}/page?options=${encodeURIComponent('data-trace-origins="api.bank.example self"')}`);
  await answered(page);
  assert.equal(words.filter((text) => /traceOrigins has api.bank.example; allowed/.test(text)).length, 1, String(words));
  const restored = await page.evaluate(async () => {
    const { setRequestHeader } = XMLHttpRequest.prototype;
    // Somebody who has wrapped ours, so that it is still called.
    const { fetch } = window;
    window.fetch = (...call) => fetch(...call);
    await window.fetch('/before-stop');
    window.dna('stop');
    await window.fetch('/after-stop');
    return setRequestHeader !== XMLHttpRequest.prototype.setRequestHeader;
  });
  assert.equal(restored, true);
  assert.match(site.heard.get('/before-stop').traceparent, TRACEPARENT);
  assert.equal(site.heard.get('/after-stop').traceparent, undefined);
  await page.close();
});

test("phases and sizes are those of the browser's own entry", async () => {
  const page = await open();
  const entries = await page.evaluate(async (url) => {
    await (await fetch(`${url}/slow?card=1#place`)).text();
    const xhr = new XMLHttpRequest();
    await new Promise((resolve) => {
      xhr.open('GET', `${url}/slow-not?xhr`);
      xhr.onloadend = resolve;
      xhr.send();
    });
    const entry = (path) => performance.getEntriesByType('resource').find(({ name }) => name.includes(path)).toJSON();
    return { '/slow': entry('/slow?'), '/slow-not': entry('/slow-not') };
  }, friend.url);
  // Nothing hurries the page or leaves it: what is told has waited for the entries alone.
  const told = await calls(['/slow', '/slow-not']);
  for (const [path, entry] of Object.entries(entries)) {
    const body = told[path];
    const near = (value, expected, what) =>
      assert.ok(Math.abs((value ?? 0) - expected) <= 1 + expected / 100, `${path} ${what}: ${value}, expected ${expected}`);
    near(body['timing.wait'], entry.responseStart - entry.requestStart, 'wait');
    near(body['timing.receive'], entry.responseEnd - entry.responseStart, 'receive');
    const phases = ['blocked', 'dns', 'connect', 'wait', 'receive'].map((phase) => body[`timing.${phase}`] ?? 0);
    near(phases.reduce((sum, phase) => sum + phase), entry.duration, 'sum');
    assert.equal(body.decoded_body_size, BODY.length, path);
    assert.equal(body.transfer_size, entry.transferSize, path);
    assert.equal(body['network.protocol.name'], entry.nextHopProtocol, path);
    assert.equal(body.server_timing, 'db;dur=12.5', path);
  }
  assert.ok(told['/slow']['timing.wait'] >= WAIT_MS - 5);
  await page.close();
});

test("the bank's service was called in the trace that ingest has", async () => {
  const bank = await startBank(ingest.url);
  const page = await browser.newPage();
  await page.goto(`${bank.url}/traces`);
  await answered(page);
  await page.click('#call-traced');
  const shown = await page.waitForSelector('#call-traced-result.good');
  const words = await shown.evaluate((element) => element.textContent);
  const body = (await calls(['/api/trace'], hurried(page)))['/api/trace'];
  assert.ok(words.includes(`00-${body.trace_id}-${body.span_id}-01`), words);
  assert.equal(body['http.request.body.size'], 'branch=12'.length);
  await page.close();
  await bank.stop();
});

test('without consent no server is told of a trace', async () => {
  const page = await browser.newPage();
  const options = 'data-trace-origins="self" data-consent="pending"';
  await page.goto(`${site.url}/page?options=${encodeURIComponent(options)}`);
  // The hooks of dna-core.js are there when the Wasm is asked for.
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('dna.wasm')));
  await page.evaluate(() => fetch('/undecided'));
  await page.evaluate(() => dna('consent', 'granted'));
  await page.evaluate(() => fetch('/agreed'));
  assert.equal(site.heard.get('/undecided').traceparent, undefined);
  assert.match(site.heard.get('/agreed').traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  await page.close();
});
