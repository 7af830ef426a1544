// A page that is covered and seen again.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { answered, hurried, startPages, withTag } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, sdkFolder, startBank, startIngest } from './harness/servers.js';

let ingest, bank, browser;
before(async () => {
  ingest = ends(await startIngest());
  bank = ends(await startBank(ingest.url));
  browser = ends(await launch());
});

const told = (path) => async () =>
  eventsOf(await ingest.entries()).filter(({ kind, frame }) => kind === 'visibility' && new URL(frame['url.full']).pathname === path);
const states = (events) => events.map(({ body }) => body['document.visibility_state']);

/** Covers a page or shows it, as its scripts see it; when that was by the page's clock. */
const cover = (page, state) =>
  page.evaluate((state) => {
    for (const [name, value] of [['visibilityState', state], ['hidden', state == 'hidden']]) {
      Object.defineProperty(document, name, { value, configurable: true });
    }
    const from = performance.timeOrigin + performance.now();
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    return [from, performance.timeOrigin + performance.now()];
  }, state);

test('covered and seen are told; leaving is none of them', async () => {
  const page = await browser.newPage();
  await page.goto(bank.url + '/blank');
  await answered(page);
  await cover(page, 'hidden');
  await until('hidden', told('/blank'), (events) => events.length === 1, states);
  await cover(page, 'visible');
  await page.evaluate(() => {
    delete document.visibilityState;
    delete document.hidden;
    window.dna('event', 'last');
  });
  await page.goto('about:blank');
  const last = async () => eventsOf(await ingest.entries()).some(({ body }) => body['event.name'] === 'last');
  await until('the last event', last, Boolean);
  await page.close();
  assert.deepEqual(states(await told('/blank')()), ['hidden', 'visible']);
});

/** Which file comes late, and what the visitor has agreed to meanwhile. */
const LATE = {
  'the Wasm': ['dna.wasm', 'application/wasm', 'granted'],
  'the Wasm, without consent so far': ['dna.wasm', 'application/wasm', 'pending'],
  'the whole core': ['dna-core.js', 'text/javascript', 'granted'],
};

for (const [what, [name, type, consent]] of Object.entries(LATE)) {
  test(`covered and seen before ${what} has come, each is told with its own time and state`, async () => {
    let release;
    const released = new Promise((resolve) => (release = resolve));
    const body = await readFile(join(sdkFolder, name));
    const path = `/${name}-${consent}.html`;
    const late = released.then(() => ({ body, headers: { 'content-type': type } }));
    const pages = await startPages({ [path]: { body: withTag(ingest.url, { attributes: `data-consent="${consent}"` }) }, [`/sdk/${name}`]: late });
    const page = await browser.newPage();
    // What comes late holds up `load` in some browsers.
    await page.goto(pages.url + path, { waitUntil: 'domcontentloaded' });
    // The stub asks for what is late last.
    await until(`${name} was asked for`, async () => pages.asked, (asked) => asked.includes(`/sdk/${name}`));
    const times = [await cover(page, 'hidden'), await cover(page, 'visible')];
    // Only then the core may look.
    release();
    await page.evaluate(() => dna('consent', 'granted'));
    await answered(page);
    const events = await hurried(page)('both', told(path), (events) => events.length >= 2);
    await page.close();
    pages.stop();
    assert.deepEqual(states(events), ['hidden', 'visible']);
    events.forEach(({ time, frame }, at) => {
      const absolute = frame.time_base_ms + time;
      const [from, to] = times[at];
      // The wire has whole milliseconds, the base too.
      assert.ok(absolute >= from - 2 && absolute <= to + 2, `${states(events)[at]} at ${absolute}, not ${from} to ${to}`);
    });
  });
}
