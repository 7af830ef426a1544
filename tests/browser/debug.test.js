// The debug mode: what is sent is printed, and nothing of it is downloaded without `data-debug`.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { hurry, startPages, withTag } from './harness/pages.js';
import { until } from './harness/process.js';
import { startIngest } from './harness/servers.js';

const USER = 'canary-6222020202020208';
/** Told before the core is there; the second event is one that ingest does not take. */
const TOLD = `<script>
  dna('setUser', '${USER}', { tier: 'vip' });
  dna('event', 'paid', { amount: 3 });
</script>`;

let ingest, pages, browser;
before(async () => {
  ingest = ends(await startIngest());
  const STRICT = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${ingest.url}; require-trusted-types-for 'script'; trusted-types 'none'`;
  const page = (attributes, more = {}) => ({ body: withTag(ingest.url, { attributes, body: TOLD }), ...more });
  pages = ends(await startPages({
    '/plain': page(''),
    '/debug': page('data-debug'),
    '/strict': { body: withTag(ingest.url, { attributes: 'data-debug', body: '<script src="/told.js"></script>' }), headers: { 'content-security-policy': STRICT } },
    '/told.js': { body: "dna('event', 'paid', { amount: 3 })" },
    '/off': page('data-debug="false"'),
    '/stranger': { body: withTag(ingest.url, { body: TOLD }).replace('"demo-bank"', '"stranger" data-debug') },
    '/no-wasm': page('data-debug', { headers: { 'content-security-policy': "script-src 'self' 'unsafe-inline'" } }),
  }));
  browser = ends(await launch());
});

/** A page and what it prints: each line with its objects as JSON. */
async function open(path, of = browser) {
  const page = await of.newPage();
  const lines = [];
  page.on('console', async (message) => {
    // The browser asks for an icon by itself.
    if (/favicon/.test(message.location()?.url)) return;
    const place = lines.push({ type: message.type(), text: message.text() }) - 1;
    const values = await Promise.all(message.args().map((handle) => handle.jsonValue().catch(() => undefined)));
    lines[place].values = values;
  });
  await page.goto(pages.url + path);
  const wait = (what, accepts) => until(what, async () => lines, (all) => all.some(accepts), JSON.stringify);
  return { page, lines, wait };
}

const files = () => pages.asked.filter((path) => /^\/sdk\/.*(debug|extras)/.test(path)).map((path) => path.slice('/sdk/'.length));

test('without the attribute nothing of it is downloaded or printed', async () => {
  const { page, lines } = await open('/plain');
  await until('the event', () => ingest.entries(), (entries) => entries.some(({ frame }) => frame['url.full'].endsWith('/plain')));
  assert.deepEqual(files(), []);
  assert.deepEqual(lines, []);
  await page.close();
});

test('with it each frame is printed with its events and the answer', async () => {
  const { page, lines, wait } = await open('/debug');
  await wait('the paid event', ({ values }) => values?.[1]?.['event.name'] === 'paid');
  await wait('its answer', ({ values }) => values?.[0] === 'answer' && values[1].accepted > 0);
  assert.deepEqual(files(), ['dna-extras.js', 'dna-debug.js', 'dna-debug.wasm']);
  const [group] = lines.filter(({ type }) => type === 'startGroupCollapsed');
  assert.match(group.text, /^dna → \d+ events?, \d+ bytes, sent in \d+, sequence \d+, acknowledged$/);
  const header = lines.find(({ values }) => values?.[0] === 'header (CBOR)').values[1];
  assert.equal(header.app_key, 'demo-bank');
  const paid = lines.find(({ values }) => values?.[1]?.['event.name'] === 'paid');
  assert.match(paid.text, /^\d+ custom at [\d.]+ ms/);
  assert.deepEqual(paid.values[1].attributes, { amount: 3 });
  const identity = lines.find(({ text }) => /^\d+ identity/.test(text));
  assert.equal(identity.values[1]['user.id'], `(${USER.length} bytes, not shown)`);
  assert.ok(!JSON.stringify(lines).includes(USER));
  assert.deepEqual(lines.filter(({ type }) => /warn|error/.test(type)), []);
  // A page that is covered or left gives its last frame to a beacon.
  await page.evaluate(() => dna('event', 'last') ?? dispatchEvent(new Event('pagehide')));
  await wait('the beacon', ({ text }) => /given to a beacon/.test(text));
  await page.close();
});

test('a refusal is printed in the words of ingest', async () => {
  // In a storage of its own: what is never acknowledged is the next page's to send again.
  const context = await browser.createBrowserContext();
  const { wait } = await open('/stranger', context);
  await wait('the refusal', ({ type, text }) => type === 'startGroupCollapsed' && /refused: 401 .*"stranger" is not known/.test(text));
  await context.close();
});

test('what was dropped and which events are refused is printed', async () => {
  const page = await browser.newPage();
  const lines = [];
  page.on('console', (message) => lines.push(message.text()));
  // Too many of one error within a page, and a server that does not like the second event.
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    if (!request.url().includes('/v1/beacon')) return request.continue();
    const rejected = [{ index: 1, code: 'time_too_old', detail: 'is too old' }];
    request.respond({ status: 200, headers: { 'access-control-allow-origin': '*' }, body: JSON.stringify({ accepted: 1, rejected, rejected_count: 1 }) });
  });
  await page.goto(`${pages.url}/debug`);
  await page.evaluate(() => {
    for (let at = 0; at < 1000; at++) dispatchEvent(new ErrorEvent('error', { message: 'again', error: new Error('again') }));
  });
  await until('the refused event', async () => lines, (all) => all.includes('✗ event 1 refused, time_too_old: is too old'));
  await until('its count', async () => lines, (all) => all.some((text) => /sequence \d+, acknowledged, 1 events refused/.test(text)));
  await page.evaluate(() => dna('event', 'after'));
  await until('the dropped', async () => lines, (all) => all.some((text) => /^✗ dropped\.\w+: \d+ events since the frame before/.test(text)));
  await page.close();
});

test('where the page allows no Wasm the console says that debug needs it, and the page is measured', async () => {
  const { page, lines, wait } = await open('/no-wasm');
  await wait('the sentence', ({ type, text }) => type === 'warn' && /debug needs Wasm.*wasm-unsafe-eval/.test(text));
  await until('the event', () => ingest.entries(), (entries) => entries.some(({ frame }) => frame['url.full'].endsWith('/no-wasm')));
  assert.deepEqual(lines.filter(({ text }) => /not started/.test(text)), []);
  await page.close();
});

test('the strictest policy with Wasm needs nothing more for it', async () => {
  const { page, lines, wait } = await open('/strict');
  await hurry(page);
  await wait('the paid event', ({ values }) => values?.[1]?.['event.name'] === 'paid');
  assert.deepEqual(lines.filter(({ type }) => /warn|error/.test(type)), []);
  await page.close();
});

test('"false" is off', async () => {
  const before = files().filter((name) => name === 'dna-debug.js').length;
  const { page, lines } = await open('/off');
  await until('the event', () => ingest.entries(), (entries) => entries.some(({ frame }) => frame['url.full'].endsWith('/off')));
  assert.equal(files().filter((name) => name === 'dna-debug.js').length, before);
  assert.deepEqual(lines, []);
  await page.close();
});
