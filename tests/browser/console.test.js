// What a page writes to the console: told only where its tag asks for it, and written as ever.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { answered, hurried, startPages, withTag } from './harness/pages.js';
import { eventsOf, startBank, startIngest } from './harness/servers.js';

let ingest, bank, pages, browser;
before(async () => {
  ingest = ends(await startIngest());
  bank = ends(await startBank(ingest.url));
  pages = ends(await startPages({
    '/asks.html': { body: withTag(ingest.url, { attributes: 'data-console="error"' }) },
    '/early.html': {
      // Writes as soon as it is heard, which is long before the Wasm is there.
      body: withTag(ingest.url, {
        attributes: 'data-console="error"',
        head: `<script>
let write = console.error;
Object.defineProperty(console, 'error', { get: () => write, set(hooked) {
  write = hooked;
  queueMicrotask(() => console.error('while loading', 'card 6222020202020208'));
} });
</script>`,
      }),
    },
    '/silent.html': { body: withTag(ingest.url) },
  }));
  browser = ends(await launch());
});

/** A page on which the core runs, and what it wrote to the console. */
async function open(address) {
  const page = await browser.newPage();
  const written = [];
  page.on('console', (message) => written.push([message.type(), message.text()]));
  await page.goto(address);
  await answered(page);
  return { page, written };
}

const told = async (path) =>
  eventsOf(await ingest.entries()).filter(({ kind, frame }) => kind === 'console' && new URL(frame['url.full']).pathname === path);

test('an error that is only written is told with its words and the stack among them', async () => {
  const { page, written } = await open(`${bank.url}/console`);
  await page.click('#write-error');
  const [{ body }, ...more] = await hurried(page)('the error', () => told('/console'), (events) => events.length > 0);
  assert.deepEqual(more, []);
  assert.equal(body.severity_text, 'ERROR');
  assert.equal(body['log.message'], 'demo-site: rates are 7 minutes old RangeError: too old');
  assert.match(body['exception.stacktrace'], /console\.js:7/);
  assert.ok(written.some(([type, text]) => type === 'error' && text.startsWith('demo-site: rates are 7')), 'it is written as ever');
  await page.close();
});

test('what is written before the core is there is told too, cleaned', async () => {
  const { page } = await open(`${pages.url}/early.html`);
  const [{ body, time }] = await hurried(page)('the error', () => told('/early.html'), (events) => events.length > 0);
  assert.equal(body['log.message'], 'while loading card {card}');
  const started = await page.evaluate(() => performance.getEntriesByType('resource').find(({ name }) => name.endsWith('dna.wasm')).responseEnd);
  assert.ok(time < started, `${time} is before ${started}`);
  await page.close();
});

test('values that write while they are read end nothing', async () => {
  const { page, written } = await open(`${pages.url}/asks.html`);
  await page.evaluate(() => {
    console.warn('not asked for');
    const loud = { toString: () => (console.error(loud), 'loud') };
    console.error(loud);
    console.error({ toString: () => { throw new Error('unreadable'); } });
    console.error();
    console.error('last');
  });
  const last = ({ body }) => body['log.message'] === 'last';
  const events = await hurried(page)('the last', () => told('/asks.html'), (all) => all.some(last));
  const messages = events.map(({ body }) => body['log.message']);
  assert.deepEqual(messages, ['loud', undefined, undefined, 'last']);
  assert.ok(written.some(([type, text]) => type === 'error' && text === 'last'));
  await page.close();
});

test('console.error looks untouched, and is when the agent is stopped; without the attribute it is not hooked', async () => {
  const look = () => ({
    name: console.error.name,
    length: console.error.length,
    native: /native code/.test(Function.prototype.toString.call(console.error)),
    keys: Object.keys(console.error),
    flags: Object.getOwnPropertyDescriptor(console, 'error').enumerable,
    returns: console.error('looked at'),
  });
  const { page: silent } = await open(`${pages.url}/silent.html`);
  const expected = await silent.evaluate(look);
  assert.deepEqual(await told('/silent.html'), []);
  const { page } = await open(`${pages.url}/asks.html`);
  assert.deepEqual(await page.evaluate(look), expected);
  const restored = await page.evaluate(() => {
    const hooked = console.error;
    dna.stop();
    return hooked !== console.error;
  });
  assert.ok(restored);
  await Promise.all([page.close(), silent.close()]);
});
