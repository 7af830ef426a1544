// Sessions that sampling leaves out: held in the page until an error or their user makes them worth keeping.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { hurried, startPages, up, WHEN_UP, withTag } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, startIngest } from './harness/servers.js';

let ingest, browser, pages, missing;
before(async () => {
  ingest = ends(await startIngest());
  const page = (attributes = '') => ({
    body: withTag(ingest.url, { attributes: `data-sample-rate="0" ${attributes}`, head: `${WHEN_UP}<script>dna('event', 'seen')</script>` }),
  });
  const paths = ['/plain', '/vip', '/vip-next', '/error', '/last-plain', '/last-error', '/sentinel', '/usual'];
  pages = ends(await startPages(
    {
      ...Object.fromEntries(paths.map((path) => [path, page()])),
      '/private': page('data-vip-tiers="gold, private"'),
      '/blank': { body: 'ok' },
    },
    (name, bytes) => {
      if (name === missing) throw new Error('missing');
      return bytes;
    },
  ));
  browser = ends(await launch());
});

const told = async (path) => eventsOf(await ingest.entries()).filter(({ frame }) => frame['url.full'].endsWith(path));
const kinds = (events) => events.map(({ kind }) => kind);
/** What the page at a path has told, when an event of a kind is among it; `wait` is for it as `until` does. */
const arrived = (path, kind, wait = until) => wait(`${kind} of ${path}`, () => told(path), (events) => kinds(events).includes(kind), kinds);

async function open(path, context) {
  context ??= await browser.createBrowserContext();
  const page = await context.newPage();
  await page.goto(pages.url + path);
  if (!missing) await up(page);
  return { page, context };
}

test('a session that is left out tells nothing', async () => {
  const { page, context } = await open('/plain');
  await page.evaluate(() => window.dna('setUser', 'u-1', { tier: 'usual' }));
  await page.goto(`${pages.url}/usual`);
  await up(page);
  await context.close();
  // Another browser's session, which is kept, comes later and is there.
  const sentinel = await open('/sentinel');
  await sentinel.page.evaluate(() => setTimeout(() => { throw new Error('x'); }));
  await arrived('/sentinel', 'exception');
  assert.deepEqual([...(await told('/plain')), ...(await told('/usual'))], []);
  await sentinel.context.close();
});

test('a user of a tier that is always kept brings what waited, and all that follows', async () => {
  const { page, context } = await open('/vip');
  await page.evaluate(() => window.dna('setUser', 'u-2', { tier: 'vip' }));
  await arrived('/vip', 'identity');
  const events = await arrived('/vip', 'page_view');
  assert.ok(kinds(events).includes('custom'), 'what was before it');
  assert.equal(events[0].frame['sampling.reason'], 'vip');
  await page.goto(`${pages.url}/vip-next`);
  const [next] = await arrived('/vip-next', 'custom', hurried(page));
  assert.equal(next.frame['sampling.reason'], 'vip');
  assert.equal(next.frame['session.id'], events[0].frame['session.id']);
  await context.close();
});

test('which tiers are kept the page says', async () => {
  const { page, context } = await open('/private');
  await page.evaluate(() => window.dna('setUser', 'u-3', { tier: 'private' }));
  const [{ frame }] = await arrived('/private', 'identity');
  assert.equal(frame['sampling.reason'], 'vip');
  await context.close();
});

test('an error brings what waited', async () => {
  const { page, context } = await open('/error');
  await page.evaluate(() => setTimeout(() => { throw new Error('x'); }));
  await arrived('/error', 'exception');
  const events = await arrived('/error', 'page_view');
  assert.ok(kinds(events).includes('custom'), 'what was before it');
  for (const { frame } of events) assert.equal(frame['sampling.reason'], 'error');
  await context.close();
});

test('without a core the last words of a page are sent if they tell of an error, and keep the session', async () => {
  missing = 'dna.wasm';
  const { page, context } = await open('/last-plain');
  // The core's own JavaScript is there, or the stub alone would have the word.
  const half = () => page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => /dna\.wasm$/.test(name)));
  await half();
  await page.goto(`${pages.url}/last-error`);
  await half();
  await page.evaluate(() => setTimeout(() => { throw new Error('x'); }));
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  missing = undefined;
  await page.goto(`${pages.url}/usual`);
  const last = await arrived('/last-error', 'exception');
  assert.equal(last[0].frame['sampling.reason'], 'error');
  assert.ok(kinds(last).includes('custom'));
  const [{ frame }] = await arrived('/usual', 'custom', hurried(page));
  assert.deepEqual([frame['sampling.reason'], frame['session.id']], ['error', last[0].frame['session.id']]);
  assert.deepEqual(await told('/last-plain'), []);
  await context.close();
});
