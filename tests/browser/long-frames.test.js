// Long animation frames, and long tasks where a browser knows no frames.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launch, onlyIn } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { answered } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, startBank, startIngest } from './harness/servers.js';

const skip = onlyIn('chromium', 'neither long animation frames nor long tasks');

let ingest, bank, browser;
before(async () => {
  if (skip) return;
  ingest = ends(await startIngest());
  bank = ends(await startBank(ingest.url));
  browser = ends(await launch());
});

/** A page on which the core runs, in a browser that is `altered` by a script. */
async function open(path, altered = () => {}) {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(altered);
  await page.goto(bank.url + path);
  await answered(page);
  return page;
}

const told = (path, enough) =>
  until(
    `long frames of ${path}`,
    async () => eventsOf(await ingest.entries()).filter(({ kind, frame }) => kind === 'long_frame' && frame['url.full'].endsWith(path)),
    enough,
  );

/** The entries that the browser had of that type in this page. */
const entriesOf = (page, type) =>
  page.evaluate(
    (type) => new Promise((resolve) => {
      new PerformanceObserver((list) => resolve(JSON.parse(JSON.stringify(list.getEntries())))).observe({ type, buffered: true });
    }),
    type,
  );

const near = (actual, wanted, what) => assert.ok(Math.abs(actual - wanted) <= 1, `${what}: ${actual}, not ${wanted}`);

test('a busy page tells its long frames with the script that ran longest', { skip }, async () => {
  const page = await open('/long-frames');
  await page.click('#block');
  await page.waitForSelector('#block-result.bad');
  await page.click('#force-layout');
  await page.waitForSelector('#force-layout-result.bad');
  // Once the browser has told them, ours is told when the page is left.
  const entries = await entriesOf(page, 'long-animation-frame');
  await page.goto('about:blank');
  const events = await told('/long-frames', (events) => events.filter(({ body }) => body['script.duration_ms'] >= 300).length >= 2);
  await page.close();

  const [block, layout] = events.filter(({ body }) => body['script.duration_ms'] >= 300);
  assert.equal(block.body['performance.entry_type'], 'long-animation-frame');
  assert.equal(block.body['script.url'], `${bank.url}/assets/long-frames.js`);
  assert.equal(block.body['script.invoker'], 'BUTTON#block.onclick');
  assert.equal(block.body['code.function.name'], 'answer');
  assert.equal(layout.body['script.invoker'], 'BUTTON#force-layout.onclick');
  assert.ok(layout.body['script.forced_layout_ms'] > 0, JSON.stringify(layout.body));
  const entry = entries.find(({ scripts }) => scripts.some(({ invoker }) => invoker === 'BUTTON#block.onclick'));
  near(block.time, entry.startTime, 'its time');
  near(block.body.duration_ms, entry.duration, 'duration_ms');
  near(block.body.blocking_duration_ms, entry.blockingDuration, 'blocking_duration_ms');
  near(block.body.render_delay_ms, entry.renderStart - entry.startTime, 'render_delay_ms');
  assert.equal(block.body['script.count'], entry.scripts.length);
});

test('a browser without long animation frames has long tasks', { skip }, async () => {
  const page = await open('/long-frames?tasks', () => {
    delete window.PerformanceLongAnimationFrameTiming;
  });
  const frames = async () => (await told('/long-frames', () => true)).filter(({ body }) => body['performance.entry_type'] === 'longtask');
  await page.click('#block');
  await page.waitForSelector('#block-result.bad');
  await entriesOf(page, 'longtask');
  await page.goto('about:blank');
  const events = await until('long tasks', frames, (events) => events.some(({ body }) => body.duration_ms >= 300));
  const block = events.find(({ body }) => body.duration_ms >= 300);
  assert.equal(block.body['container.name'], 'self');
  assert.equal(block.body['script.url'], undefined);
  await page.close();
});
