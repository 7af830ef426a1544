// Consent: without it nothing leaves the page and nothing is stored, with and without a core.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { hurried, kept, startPages, up, WHEN_UP, withTag } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, startBank, startIngest } from './harness/servers.js';

/** Something of each way that leads out of a page. */
const TELLS = `<script>
  dna('setUser', 'u-1');
  dna('event', 'early');
  setTimeout(() => { throw new Error('early'); });
  fetch('/other');
</script>`;

let ingest, browser, pages, bank, missing;
before(async () => {
  ingest = ends(await startIngest());
  const page = (attributes, body = '') => ({ body: withTag(ingest.url, { attributes, head: WHEN_UP + TELLS + body }) });
  const call = (state) => `<script>dna('consent', '${state}')</script>`;
  pages = ends(await startPages(
    {
      '/pending': page('data-consent="pending" data-visitor="true"'),
      '/pending-too': page('data-consent="pending" data-visitor="true"'),
      '/assumed': page('data-visitor="true"'),
      '/misspelt': page('data-consent="Granted"'),
      '/denied-at-once': page('', call('denied')),
      '/pending-at-once': page('', call('pending')),
      '/granted-at-once': page('data-consent="pending"', call('granted')),
      '/other': { body: 'ok' },
    },
    // A file that the test wants away is answered with 404.
    (name, bytes) => {
      if (name === missing) throw new Error('missing');
      return bytes;
    },
  ));
  bank = ends(await startBank(ingest.url));
  browser = ends(await launch());
});

/** A tab of a browser that has been nowhere yet, and what it has sent to ingest. */
async function fresh() {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const beacons = [];
  page.on('request', (request) => request.url().endsWith('/v1/beacon') && beacons.push(request.url()));
  return { page, beacons, close: () => context.close() };
}

const told = async (path) => eventsOf(await ingest.entries()).filter(({ frame }) => frame['url.full'].endsWith(path));
const names = (events) => events.map(({ body }) => body['event.name']).filter(Boolean);

test('pending keeps in memory, granted sends, denied erases, and a later consent begins anew', async () => {
  const { page, beacons, close } = await fresh();
  await page.goto(`${pages.url}/pending`);
  await up(page);
  await page.goto(`${pages.url}/pending-too`);
  await up(page);
  assert.deepEqual([await kept(page), beacons], [[], []]);

  await page.evaluate(() => window.dna('consent', 'granted'));
  const first = await until('what waited', () => told('/pending-too'), (events) => events.length >= 5);
  const kinds = new Set(first.map(({ kind }) => kind));
  for (const kind of ['page_view', 'identity', 'custom', 'exception', 'api_call']) assert.ok(kinds.has(kind), kind);
  assert.deepEqual(await told('/pending'), [], 'what waited on a page that was left is gone');
  assert.deepEqual((await kept(page)).filter((key) => !key.startsWith('dna.f.')), ['dna.s', 'dna.v']);
  const { 'session.id': session, 'visitor.id': visitor } = first[0].frame;
  assert.match(visitor, /^[0-9a-f]{32}$/);

  await page.evaluate(() => {
    localStorage.setItem('dna.f.00000000abcd', 'of another page');
    localStorage.setItem('dna.c.demo-bank', 'remote configuration');
    localStorage.setItem('theirs', 'stays');
    window.dna('event', 'waiting');
    window.dna('consent', 'denied');
    window.dna('event', 'refused');
    document.dispatchEvent(new Event('visibilitychange'));
  });
  assert.deepEqual(await kept(page), ['theirs']);
  await page.evaluate(() => {
    window.dna('consent', 'granted');
    window.dna('event', 'again');
  });
  const all = await hurried(page)('again', () => told('/pending-too'), (events) => names(events).includes('again'), names);
  assert.deepEqual(names(all), ['early', 'again']);
  const again = all.find(({ body }) => body['event.name'] === 'again').frame;
  assert.notEqual(again['session.id'], session);
  assert.notEqual(again['visitor.id'], visitor);
  assert.ok(all.some(({ kind, frame }) => kind === 'page_view' && frame['view.id'] === again['view.id']), 'a view of its own');

  await page.evaluate(() => window.dna('consent', 'denied'));
  assert.deepEqual(await kept(page), ['theirs']);
  await close();
});

test('a page that does not speak of consent has no visitor, and a misspelt state is no consent', async () => {
  const { page, close } = await fresh();
  await page.goto(`${pages.url}/assumed`);
  const [{ frame }] = await until('the page', () => told('/assumed'), (events) => events.length > 0);
  assert.equal(frame['visitor.id'], undefined);
  await page.goto(`${pages.url}/misspelt`);
  await up(page);
  await page.evaluate(() => window.dna('event', 'no'));
  await page.goto(`${pages.url}/assumed`);
  await until('the next page', () => told('/assumed'), (events) => names(events).length >= 2, names);
  assert.deepEqual(await told('/misspelt'), []);
  await close();
});

for (const file of ['dna-core.js', 'dna.wasm']) {
  test(`without ${file} the last words of a page obey`, async () => {
    missing = file;
    const before = (await told('/granted-at-once')).length;
    const { page, close } = await fresh();
    for (const path of ['/pending', '/denied-at-once', '/pending-at-once', '/misspelt']) {
      await page.goto(pages.url + path);
      await page.goto(`${pages.url}/other`);
      assert.deepEqual(await kept(page), [], path);
    }
    // The last one may speak; what the others had said would have arrived before.
    await page.goto(`${pages.url}/granted-at-once`);
    await page.goto(`${pages.url}/other`);
    await until('what is allowed', () => told('/granted-at-once'), (events) => events.length > before);
    for (const path of ['/pending', '/denied-at-once', '/pending-at-once', '/misspelt']) {
      assert.deepEqual(await told(path), [], path);
    }
    await close();
    missing = undefined;
  });
}

test("the bank's own page asks, shows what is stored, and does what the visitor says", async () => {
  const { page, beacons, close } = await fresh();
  await page.goto(`${bank.url}/consent`);
  await page.waitForFunction(() => document.getElementById('stored').textContent === '–');
  await page.click('#consent-granted');
  await page.waitForFunction(() => /dna\.s/.test(document.getElementById('stored').textContent));
  await until('a beacon', async () => beacons.length, (count) => count > 0);
  await page.click('#consent-denied');
  await page.waitForFunction(() => document.getElementById('stored').textContent === '–');
  assert.deepEqual(await kept(page), []);
  await close();
});
