// A page that is covered and seen again.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { answered } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, startBank, startIngest } from './harness/servers.js';

let ingest, bank, browser;
before(async () => {
  ingest = ends(await startIngest());
  bank = ends(await startBank(ingest.url));
  browser = ends(await launch());
});

test('covered and seen are told; leaving is none of them', async () => {
  const page = await browser.newPage();
  await page.goto(bank.url + '/blank');
  await answered(page);
  const all = async () => eventsOf(await ingest.entries());
  const states = (events) => events.filter(({ kind }) => kind === 'visibility').map(({ body }) => body['document.visibility_state']);
  const cover = (state) => page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, state);
  await cover('hidden');
  await until('hidden', all, (events) => states(events).length === 1, states);
  await cover('visible');
  await page.evaluate(() => {
    delete document.visibilityState;
    window.dna('event', 'last');
  });
  await page.goto('about:blank');
  const events = await until('the last event', all, (events) => events.some(({ body }) => body['event.name'] === 'last'));
  await page.close();
  assert.deepEqual(states(events), ['hidden', 'visible']);
});
