// Resources: what ingest is told is what the browser's own entries say.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { browserName, launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { answered, startPages, withTag } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, startBank, startIngest } from './harness/servers.js';

let ingest, bank, browser, pages, elsewhere;
before(async () => {
  ingest = ends(await startIngest());
  bank = ends(await startBank(ingest.url));
  browser = ends(await launch());
  const image = { body: '<svg xmlns="http://www.w3.org/2000/svg"/>', headers: { 'content-type': 'image/svg+xml' } };
  const script = { body: '', headers: { 'content-type': 'text/javascript' } };
  elsewhere = ends(await startPages({ '/hidden.svg': image, '/open.svg': { ...image, headers: { ...image.headers, 'timing-allow-origin': '*' } } }));
  const files = Array.from({ length: 300 }, (_, at) => `/many/${at}.js`);
  pages = ends(await startPages({
    '/mixed': {
      body: withTag(ingest.url, {
        head: '<link rel="stylesheet" href="/style.css"><script src="/plain.js"></script>',
        body: `${[1, 2, 3].map((at) => `<img src="/own.svg?${at}">`).join('')}
<img src="${elsewhere.url}/hidden.svg?a"><img src="${elsewhere.url}/hidden.svg?b"><img src="${elsewhere.url}/open.svg">
<script>fetch('/own.svg?by-fetch'); addEventListener('load', () => navigator.sendBeacon('/told'));</script>`,
      }),
    },
    '/routed': { body: withTag(ingest.url) },
    '/crowded': { body: withTag(ingest.url) },
    '/own.svg': image,
    '/favicon.ico': image,
    '/told': image,
    '/style.css': { body: 'body{}', headers: { 'content-type': 'text/css' } },
    '/plain.js': script,
    ...Object.fromEntries(files.map((path) => [path, script])),
  }));
});

/** A page on which the core runs: its first beacon is answered. */
async function open(address) {
  const page = await browser.newPage();
  await page.goto(address);
  await answered(page);
  return page;
}

/** The bodies of the resources that the page at `path` has told, when `enough` says so. */
const told = (path, enough) =>
  until(
    `resources of ${path}`,
    async () => eventsOf(await ingest.entries()).filter(({ kind, frame }) => kind === 'resource' && new URL(frame['url.full']).pathname === path),
    enough,
    (events) => JSON.stringify(events.map(({ body }) => body)),
  );

const entriesOf = (page) => page.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.toJSON()));
const sum = (entries, name) => entries.reduce((all, entry) => all + (entry[name] ?? 0), 0);

test('a page tells its resources by initiator and origin, as the browser counts them', async () => {
  const page = await open(`${pages.url}/mixed`);
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/favicon.ico')));
  const entries = (await entriesOf(page)).filter(({ name, initiatorType }) =>
    !['fetch', 'xmlhttprequest'].includes(initiatorType) && !name.includes('/sdk/') && !name.startsWith(ingest.url));
  await page.goto('about:blank');
  const total = (events) => events.reduce((all, { body }) => all + body.count, 0);
  const events = await told('/mixed', (events) => total(events) >= entries.length);
  await page.close();

  const keyOf = (entry) => `${entry.initiatorType} ${new URL(entry.name).origin}`;
  const groups = new Map();
  for (const { body } of events) {
    const key = `${body.initiator_type} ${body['url.full']}`;
    groups.set(key, [...(groups.get(key) ?? []), body]);
  }
  assert.deepEqual([...groups.keys()].sort(), [...new Set(entries.map(keyOf))].sort(), 'no calls, none of our own files and beacons');
  for (const [key, bodies] of groups) {
    const of = entries.filter((entry) => keyOf(entry) === key);
    const all = (field) => sum(bodies, field);
    assert.equal(all('count'), of.length, key);
    for (const [name, field] of [['transferSize', 'transfer_size'], ['encodedBodySize', 'encoded_body_size'], ['decodedBodySize', 'decoded_body_size']]) {
      assert.equal(all(field), sum(of, name), `${key} ${field}`);
    }
    const cached = of.filter((entry) => entry.transferSize === 0 && entry.decodedBodySize > 0);
    assert.equal(all('cached_count'), cached.length, `${key} cached`);
    const close = (actual, wanted, what) => assert.ok(Math.abs(actual - wanted) <= 1, `${key} ${what}: ${actual}, not ${wanted}`);
    close(Math.max(...bodies.map((body) => body.duration_ms)), Math.max(...of.map(({ duration }) => duration)), 'longest');
    close(all('duration_sum_ms'), sum(of, 'duration'), 'sum');
    close(Math.min(...bodies.map((body) => body.start_time)), Math.min(...of.map(({ startTime }) => startTime)), 'start');
  }
  // Firefox has no entries of beacons.
  const kinds = ['img', 'link', 'script', ...(browserName === 'firefox' ? [] : ['beacon'])];
  for (const kind of kinds) assert.ok(groups.has(`${kind} ${pages.url}`), kind);
  assert.equal(sum(groups.get(`img ${elsewhere.url}`), 'count'), 3, 'two hide their sizes');
});

test('the slow and the failed are told whole, with phases and what the server says', async () => {
  const page = await open(`${bank.url}/resources`);
  await page.click('#load-slow');
  await page.waitForSelector('#load-slow-result.good');
  await page.click('#load-missing');
  await page.waitForSelector('#load-missing-result.bad');
  await page.click('#load-many');
  await page.waitForSelector('#load-many-result.good');
  const entries = await entriesOf(page);
  await page.goto('about:blank');
  const events = await told('/resources', (events) => events.some(({ body }) => body.count >= 12));
  await page.close();

  const slow = events.find(({ body }) => body['url.full'].endsWith('/api/slow-picture'));
  const entry = entries.find(({ name }) => name.includes('/api/slow-picture'));
  const { body } = slow;
  const near = (actual, wanted, what) => assert.ok(Math.abs(actual - wanted) <= 1, `${what}: ${actual}, not ${wanted}`);
  assert.deepEqual([body.count, body.initiator_type, body['http.response.status_code']], [undefined, 'img', 200]);
  assert.equal(body['network.protocol.name'], entry.nextHopProtocol);
  assert.equal(body.transfer_size, entry.transferSize);
  assert.equal(body.server_timing, 'render;dur=1200;desc="drawn, each time"');
  near(body.start_time, entry.startTime, 'start_time');
  near(body.duration_ms, entry.duration, 'duration_ms');
  near(body['timing.wait'], entry.responseStart - entry.requestStart, 'timing.wait');
  const all = ['blocked', 'dns', 'connect', 'wait', 'receive'].map((phase) => body[`timing.${phase}`] ?? 0);
  assert.ok(all.reduce((a, b) => a + b) <= body.duration_ms + 5, 'the phases are parts of it');
  near(slow.time, entry.responseEnd, 'its time is its end');

  const missing = events.find(({ body }) => body['http.response.status_code'] === 404).body;
  assert.equal(missing['url.full'], `${bank.url}/images/nowhere.jpg`, 'without its query');
  assert.ok(!JSON.stringify(events).includes('4711'));
});

test('what was loaded before a route change belongs to the view before', async () => {
  const page = await open(`${pages.url}/routed`);
  const load = (file) => page.evaluate((file) => new Promise((done) => {
    const image = new Image();
    image.onload = done;
    image.src = file;
  }), file);
  await load('/own.svg?before');
  await page.evaluate(() => history.pushState(null, '', '/routed/next'));
  await load(`${elsewhere.url}/open.svg?after`);
  await page.goto('about:blank');
  const images = (events) => events.filter(({ body }) => body.initiator_type === 'img').map(({ body }) => [body['url.full'], body.count]);
  assert.deepEqual(images(await told('/routed/next', (events) => images(events).length)), [[elsewhere.url, 1]]);
  assert.deepEqual(images(await told('/routed', (events) => images(events).length)), [[pages.url, 1]]);
  await page.close();
});

test('what is loaded when the browser\'s buffer is full is told as well', async () => {
  const page = await open(`${pages.url}/crowded`);
  const before = await page.evaluate(async () => {
    const all = Array.from({ length: 300 }, (_, at) => {
      const script = document.createElement('script');
      script.src = `/many/${at}.js`;
      return new Promise((done) => {
        script.onload = done;
        document.head.append(script);
      });
    });
    await Promise.all(all);
    return performance.getEntriesByType('resource').length;
  });
  assert.equal(before, 250, 'the buffer is full');
  await page.goto('about:blank');
  // On a slow machine some are told whole.
  const scripts = (events) => sum(events.map(({ body: { initiator_type, count = 1 } }) => ({ count: initiator_type === 'script' ? count : 0 })), 'count');
  assert.equal(scripts(await told('/crowded', (events) => scripts(events) >= 300)), 300);
  await page.close();
});
