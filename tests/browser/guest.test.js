// A good guest: with our tag a page sees what it would see without it, also beside others that
// wrap the same things, before us or after us.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { startSite } from './guest/site.js';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { answered } from './harness/pages.js';
import { until } from './harness/process.js';

let site, browser;
before(async () => {
  site = ends(await startSite());
  browser = ends(await launch());
});

/** The names of our tag. */
const OURS = ['dna', 'traced'];

/** A page with these scripts, in a profile of its own; the core has started where our tag is. */
async function open(t, scripts, start = true) {
  const context = await browser.createBrowserContext();
  t.after(() => context.close());
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(site.page(...scripts));
  // It wraps history a little later than the rest, but long before our core has come and looks native over it.
  const alone = scripts.includes('datadog') && !scripts.some((name) => OURS.includes(name));
  if (alone) await page.waitForFunction(() => !/native code/.test(history.pushState));
  if (start && scripts.some((name) => OURS.includes(name))) await answered(page);
  return { page, errors };
}

const probed = async (t, ...scripts) => (await open(t, [...scripts, 'probe'])).page.evaluate(() => probe());

for (const [what, without, orders] of [
  ['alone', [], [['dna'], ['traced']]],
  ['with Sentry', ['sentry'], [['dna', 'sentry'], ['sentry', 'dna']]],
  ['with Datadog', ['datadog'], [['dna', 'datadog'], ['datadog', 'dna']]],
  ['with both', ['sentry', 'datadog'], [['dna', 'sentry', 'datadog'], ['sentry', 'datadog', 'dna'], ['sentry', 'dna', 'datadog'], ['sentry', 'traced', 'datadog']]],
]) {
  for (const order of orders) {
    test(`${what}, as ${order.join(', ')}: the page sees what it sees without us`, async (t) => {
      const [seen, expected] = [await probed(t, ...order), await probed(t, ...without)];
      // What stands in for another's wrapper looks native: a page that looks is none the worse.
      for (const name of Object.keys(seen.looks)) expected.looks[name].native ||= seen.looks[name].native;
      assert.deepEqual(seen, expected);
    });
  }
}

/** Which of the things that may be wrapped are as they were. */
const restored = (page) =>
  page.evaluate(() => ({
    fetch: window.fetch === kept.fetch,
    open: XMLHttpRequest.prototype.open === kept.open,
    send: XMLHttpRequest.prototype.send === kept.send,
    pushState: history.pushState === kept.pushState,
    replaceState: history.replaceState === kept.replaceState,
    addEventListener: window.addEventListener === kept.addEventListener,
    error: console.error === kept.error,
  }));

for (const how of ["dna('stop')", 'dna.stop()']) {
  test(`${how} gives back everything that nobody wrapped since, and ends the beacons`, async (t) => {
    const { page, errors } = await open(t, ['keep', 'dna']);
    assert.equal((await restored(page)).fetch, false);
    await page.evaluate(how);
    assert.ok(Object.values(await restored(page)).every(Boolean), JSON.stringify(await restored(page)));
    await page.evaluate(() => fetch('/api/ok').then(() => dna('event', 'after stop')));
    await page.goto('about:blank');
    assert.ok(!site.beacons.some((body) => body.includes('after stop')));
    assert.deepEqual(errors, []);
  });
}

test('stop leaves the wrappers of others in place, and they work', async (t) => {
  const { page, errors } = await open(t, ['keep', 'dna', 'sentry']);
  const before = await page.evaluate(() => ((window.wrapped = fetch), dna.stop(), window.fetch === window.wrapped));
  assert.equal(before, true);
  assert.deepEqual(await page.evaluate(() => fetch('/api/ok').then((answer) => answer.json())), { ok: true });
  assert.deepEqual(errors, []);
});

test('the second tag on a page does nothing', async (t) => {
  const { page, errors } = await open(t, ['dna']);
  const before = await page.evaluate(() => ((window.before = [dna, fetch, XMLHttpRequest.prototype.open]), true));
  assert.ok(before);
  await page.addScriptTag({ url: '/sdk/dna.js?again' });
  assert.equal(await page.evaluate(() => [dna, fetch, XMLHttpRequest.prototype.open].every((it, at) => it === window.before[at])), true);
  assert.deepEqual(errors, []);
});

for (const script of ['freeze', 'override']) {
  test(`on a page with ${script}.js nothing of ours throws, and its errors arrive`, async (t) => {
    const marker = `marker of ${script}`;
    // Not waited for: the driver's own waiting fails on such pages, and the last words do without the core.
    const { page, errors } = await open(t, [script, 'dna'], false);
    const xhr = await page.evaluate(() => {
      const request = new XMLHttpRequest();
      request.open('GET', '/api/ok');
      try {
        return request.send();
      } catch (error) {
        return error.name;
      }
    });
    assert.equal(xhr, script === 'override' ? 'RangeError' : undefined);
    await page.addScriptTag({ content: `throw new Error('${marker}')` });
    await page.goto('about:blank');
    assert.equal(errors.length, 1, String(errors));
    await until('the error', () => site.beacons.some((body) => body.includes(marker)), Boolean);
  });
}
