// The page's own filter and plug-ins: what they do to events, and that nobody else pays for them.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { hurried, startPages, up, WHEN_UP, withTag } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, startIngest } from './harness/servers.js';

/** Takes one event out, fails at another, changes a third, and sees all. */
const filter = (length) => `<script>
  window.seen = [];
  dna('event', 'before-the-filter');
  dna('beforeSend', (event) => {
    seen.push(structuredClone(event));
    const { kind, body } = event;
    if (body['event.name'] === 'secret') return false;
    if (body['event.name'] === 'broken') throw new Error('of the filter');
    if (body['exception.message']) body['exception.message'] = 'changed ' + '\u{5371}'.repeat(${length});
    if (body['event.name'] === 'changed') {
      body.attributes = { ...body.attributes, branch: '\u4e0a\u6d77', amount: -0.5, large: 2 ** 40, yes: true };
      body.unknown = 'is left out';
    }
    if (kind === 'api_call') delete body['url.full'], body['url.full'] = 'https://bank/changed';
  });
</script>`;
const TELLS = `<script>
  dna('event', 'secret');
  dna('event', 'broken');
  dna('event', 'changed', { step: 1 });
  setTimeout(() => { throw new Error('raw'); });
  fetch('/other');
</script>`;

let ingest, browser, pages, missing;
before(async () => {
  ingest = ends(await startIngest());
  const page = (head) => ({ body: withTag(ingest.url, { head: WHEN_UP + head }) });
  pages = ends(await startPages(
    {
      '/filtered': page(filter(2000) + TELLS),
      // Without the reader nobody cuts what is too long.
      '/left-early': page(filter(20) + TELLS),
      '/no-reader': page(filter(1) + TELLS),
      '/plugs': page(''),
      '/none': { body: withTag(ingest.url, { head: TELLS }) },
      '/without-wasm': { ...page(filter(1) + TELLS), headers: { 'content-security-policy': "script-src 'self' 'unsafe-inline'" } },
      '/other': { body: 'ok' },
    },
    (name, bytes) => {
      if (name === missing) throw new Error('missing');
      return bytes;
    },
  ));
  browser = ends(await launch());
});

const told = async (path) => eventsOf(await ingest.entries()).filter(({ frame }) => frame['url.full'].endsWith(path));
/** What the page at a path has told, when an event of a kind is among it; `wait` is for it as `until` does. */
const arrived = (path, kind, wait = until) =>
  wait(`${kind} of ${path}`, () => told(path), (events) => events.some((event) => event.kind === kind), (events) => events.map(({ kind }) => kind));

async function open(path) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const words = [];
  page.on('console', (message) => words.push(message.text()));
  await page.goto(pages.url + path);
  return { page, words, close: () => context.close(), arrived: (kind) => arrived(path, kind, hurried(page)) };
}

/** What the filter must have made of it, with a core and without. */
function check(events) {
  const custom = events.filter(({ kind }) => kind === 'custom').map(({ body }) => body);
  assert.deepEqual(custom.map((body) => body['event.name']).sort(), ['before-the-filter', 'changed']);
  const [{ body: error }] = events.filter(({ kind }) => kind === 'exception');
  assert.match(error['exception.message'], /^changed \u5371+$/);
  assert.ok(Buffer.byteLength(error['exception.message']) <= 1024);
  assert.match(error['exception.stacktrace'], /\/(filtered|left-early):\d+:\d+/, 'what was not changed is as it was');
  const [{ body: call }] = events.filter(({ kind }) => kind === 'api_call');
  assert.equal(call['url.full'], 'https://bank/changed');
  const filtered = events.map(({ frame }) => frame).filter((frame, at, all) => all.findIndex(({ sequence }) => sequence === frame.sequence) === at);
  assert.equal(filtered.reduce((sum, frame) => sum + (frame['dropped.filtered'] ?? 0), 0), 2);
}

test('every event goes through the filter, also those from before it', async () => {
  const { page, words, close, arrived } = await open('/filtered');
  await arrived('exception');
  await arrived('page_view');
  const events = await arrived('api_call');
  check(events);
  const changed = events.find(({ body }) => body['event.name'] === 'changed');
  assert.deepEqual(changed.body.attributes, { step: 1, branch: '\u4e0a\u6d77', amount: -0.5, large: 2 ** 40, yes: true });
  const seen = await page.evaluate(() => window.seen);
  assert.equal(seen.filter(({ body }) => body['event.name'] === 'changed').length, 1, 'each event goes through it once');
  const view = seen.find(({ kind }) => kind === 'page_view');
  assert.deepEqual(view.body, withoutTemplate(events.find(({ kind }) => kind === 'page_view').body), 'seen as it is sent');
  assert.equal(words.filter((word) => /beforeSend has failed/.test(word)).length, 1);
  await close();
});

/** What only ingest adds. */
function withoutTemplate({ ['url.template']: template, ...body }) {
  assert.ok(template);
  return body;
}

test('the last words of a page go through it', async () => {
  missing = 'dna.wasm';
  const { page, close } = await open('/left-early');
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => /dna\.wasm$/.test(name)));
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name, responseEnd }) => /other$/.test(name) && responseEnd));
  await page.goto(`${pages.url}/other`);
  check(await arrived('/left-early', 'custom'));
  missing = undefined;
  await close();
});

test('where its reader is missing nothing is sent, and the console says so', async () => {
  missing = 'dna-extend.js';
  const { page, words, close } = await open('/no-reader');
  await until('the console', async () => words, (words) => words.some((word) => /^dna: beforeSend/.test(word)));
  await page.goto(`${pages.url}/other`);
  missing = undefined;
  const none = await open('/none');
  await none.arrived('custom');
  assert.deepEqual(await told('/no-reader'), []);
  await none.close();
  await close();
});

test('a page without a filter does not load it', async () => {
  pages.asked.length = 0;
  const { close, arrived } = await open('/none');
  await arrived('page_view');
  assert.ok(!pages.asked.includes('/sdk/dna-extend.js'));
  await close();
});

test('plug-ins start with the client and stop with it, and one that fails takes nobody along', async () => {
  const { page, words, close, arrived } = await open('/plugs');
  await up(page);
  await page.evaluate(() => {
    window.dna('plugin', { start() { throw new Error('of a plug-in'); } });
    window.dna('plugin', {
      start(dna) {
        dna('event', 'from-a-plug-in');
        window.started = true;
        return () => (window.stopped = true);
      },
    });
  });
  await page.waitForFunction(() => window.started);
  await arrived('custom');
  assert.ok(words.some((word) => /^dna: plugin: /.test(word)), words.join());
  assert.equal(await page.evaluate(() => window.stopped), undefined);
  await page.evaluate(() => window.dna.stop());
  await page.waitForFunction(() => window.stopped);
  await close();
});

test('the core as JavaScript goes through it too', async () => {
  const path = '/without-wasm';
  const it = await open(path);
  await it.arrived('exception');
  await it.page.goto('about:blank');
  const events = await arrived(path, 'page_view');
  const names = events.map(({ body }) => body['event.name']).filter(Boolean);
  assert.ok(names.includes('changed') && !names.includes('secret'), String(names));
  assert.ok(pages.asked.includes('/sdk/dna-wasm2js.js'));
});
