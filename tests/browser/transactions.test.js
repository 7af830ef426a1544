// What only the application knows: steps that take their time, moments, and errors it has caught.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { answered, hurried } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, partOfSdk, startBank, startIngest } from './harness/servers.js';

let ingest, bank, browser;
before(async () => {
  ingest = ends(await startIngest());
  bank = ends(await startBank(ingest.url));
  browser = ends(await launch());
});

/** A page on which the core runs: its first beacon is answered. */
async function open(path) {
  const page = await browser.newPage();
  await page.goto(bank.url + path);
  await answered(page);
  return page;
}

const told = async (kind, matches = () => true) =>
  eventsOf(await ingest.entries()).filter((event) => event.kind === kind && matches(event.body));
const named = (name) => (body) => body['transaction.name'] === name;
/** The one transaction of that name; `wait` is for it as `until` does. */
const transaction = async (name, wait = until) => {
  const [first, ...more] = await wait(name, () => told('transaction', named(name)), (events) => events.length > 0);
  assert.deepEqual(more, []);
  return first;
};

test('an SMS code that arrives late is a step with its duration, a wrong code one that failed', async () => {
  const page = await open('/transactions?ms=500');
  const steps = () => told('transaction', named('sms-login'));
  for (const code of ['000000', '271828']) {
    await page.click('#send-code');
    await page.waitForFunction(() => /\d{6}/.test(document.querySelector('#send-code-result.good')?.textContent));
    await page.$eval('#sms-code', (input) => (input.value = ''));
    await page.type('#sms-code', code);
    await page.click('#check-code');
    await page.waitForSelector(`#check-code-result.${code === '000000' ? 'bad' : 'good'}`);
    await page.$eval('#send-code-result', (result) => (result.className = 'result'));
  }
  const [wrong, right] = await hurried(page)('both steps', steps, (events) => events.length === 2);
  assert.equal(wrong.body['transaction.outcome'], 'error');
  assert.deepEqual(wrong.body.attributes, { channel: 'sms', reason: 'wrong-code' });
  assert.equal(right.body['transaction.outcome'], 'ok');
  assert.deepEqual(right.body.attributes, { channel: 'sms' });
  for (const { body } of [wrong, right]) {
    assert.ok(body.duration_ms >= 500 && body.duration_ms < 30_000, `${body.duration_ms}`);
  }
  await page.close();
});

test('a page that is covered is not left; when it is left its open steps were abandoned', async () => {
  const page = await open('/transactions');
  await page.evaluate(() => {
    dna('transaction', 'covered');
    dna('transaction', 'left', { step: 1 });
  });
  const cover = (state) => page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
  await cover('hidden');
  await cover('visible');
  await page.evaluate(() => dna('end', 'covered'));
  assert.equal((await transaction('covered', hurried(page))).body['transaction.outcome'], 'ok');
  assert.deepEqual(await told('transaction', named('left')), []);
  await page.goto('about:blank');
  const { body } = await transaction('left');
  assert.equal(body['transaction.outcome'], 'abandoned');
  assert.deepEqual(body.attributes, { step: 1 });
  await page.close();
});

test('steps that began before the core was there go on; those of a page that is left before are told', async () => {
  // Without the Wasm, the words of a page that is left.
  const { folder, remove } = await partOfSdk(['dna.js', 'dna-core.js']);
  const early = await startBank(ingest.url, folder);
  const page = await browser.newPage();
  await page.goto(`${early.url}/blank`);
  await page.waitForFunction(() => performance.getEntriesByName(`${location.origin}/sdk/dna-core.js`).length);
  await page.evaluate(() => {
    dna('transaction', 'early-open', { a: 1, b: 1 });
    dna('transaction', 'early-ended', { a: 1, b: 1 });
    dna('end', 'early-ended', { b: 2 });
    dna('mark', 'early-mark');
    dna('error', new TypeError('caught early'));
  });
  await page.goto('about:blank');
  const ended = await transaction('early-ended');
  assert.equal(ended.body['transaction.outcome'], 'ok');
  assert.deepEqual(ended.body.attributes, { a: 1, b: 2 });
  assert.equal((await transaction('early-open')).body['transaction.outcome'], 'abandoned');
  assert.equal((await told('mark', (body) => body['mark.name'] === 'early-mark')).length, 1);
  const caught = (body) => body['exception.message'] === 'caught early';
  assert.equal((await told('exception', caught))[0].body['exception.mechanism'], 'reported');
  await page.close();
  await early.stop();
  await remove();

  const whole = await browser.newPage();
  await whole.evaluateOnNewDocument(() => {
    // On the line after the tag.
    const watch = new MutationObserver(() => {
      if (!window.dna) return;
      watch.disconnect();
      dna('transaction', 'from-the-start');
    });
    watch.observe(document, { childList: true, subtree: true });
  });
  await whole.goto(`${bank.url}/blank`);
  await answered(whole);
  await whole.evaluate(() => dna('end', 'from-the-start'));
  const { body } = await transaction('from-the-start', hurried(whole));
  assert.equal(body['transaction.outcome'], 'ok');
  assert.ok(body.duration_ms > 0);
  await whole.close();
});

test('marks and caught errors are told as what they are', async () => {
  const page = await open('/transactions');
  await page.click('#set-mark');
  await page.click('#report-error');
  const marks = () => told('mark', (body) => body['mark.name'] === 'prices-shown');
  const [mark] = await hurried(page)('the mark', marks, (events) => events.length === 1);
  assert.equal(new URL(mark.frame['url.full']).pathname, '/transactions');
  const reported = (body) => body['exception.mechanism'] === 'reported' && body['exception.type'] === 'SyntaxError';
  const [{ body }] = await hurried(page)('the error', () => told('exception', reported), (events) => events.length === 1);
  assert.match(body['exception.stacktrace'], /transactions\.js/);
  await page.close();
});
