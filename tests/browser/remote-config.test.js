// What ingest tells the pages: off, sampled; and what has not its signature, or is old, or another's, changes nothing.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { hurried, startPages, withTag } from './harness/pages.js';
import { until } from './harness/process.js';
import { startIngest } from './harness/servers.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signingKey = privateKey.export({ type: 'pkcs8', format: 'pem' });
const CONFIG_KEY = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url').toString('base64');

let ingest, off, pages, browser;
before(async () => {
  const keys = ['demo-bank', 'other'];
  ingest = ends(await startIngest({ signingKey, keys, told: 'enabled = true\nsample_rate = 1' }));
  off = ends(await startIngest({ signingKey, keys, told: 'enabled = false' }));
  const page = (url, attributes) => {
    const html = withTag(url, { attributes, body: '<script>dna("event", "told")</script>' });
    // What the page has before the tag, to see later whether the hooks are out.
    return { body: html.replace('<script src', '<script>window.before = fetch</script><script src') };
  };
  const known = `data-config-key="${CONFIG_KEY}"`;
  pages = ends(await startPages({
    '/told': page(ingest.url, known),
    '/told-none': page(ingest.url, `${known} data-sample-rate="0"`),
    '/off': page(off.url, known),
    '/no-key': page(ingest.url, 'data-config-key="hello"'),
    '/without': page(ingest.url, ''),
  }));
  browser = ends(await launch());
});

/** A visitor of their own. `answer(url)` gives what the configuration's request is answered instead of by ingest. */
async function visitor(answer) {
  const context = await browser.createBrowserContext();
  const visitor = { answer, words: [], errors: [] };
  const page = await context.newPage();
  page.on('console', (message) => /dna/.test(message.text()) && visitor.words.push(message.text()));
  // Firefox also tells of a request that has failed.
  page.on('pageerror', ({ message }) => /^Cross-Origin Request/.test(message) || visitor.errors.push(message));
  // So that no answer comes out of the browser's cache.
  await page.setCacheEnabled(false);
  await page.setRequestInterception(true);
  page.on('request', async (request) => {
    if (!visitor.answer || !request.url().includes('/v1/config')) return request.continue();
    const body = await visitor.answer(request.url());
    if (body === undefined) return request.abort();
    request.respond({ status: 200, headers: { 'access-control-allow-origin': '*' }, contentType: 'application/json', body });
  });
  const kept = () => page.evaluate(() => JSON.parse(localStorage['dna.c.demo-bank'] ?? '{}').config);
  return Object.assign(visitor, {
    page,
    kept,
    open: (path) => page.goto(pages.url + path),
    hasKept: (matches) => until('the configuration', kept, (config) => matches.test(config ?? '')),
    said: (matches) => until('the warning', async () => visitor.words, (all) => all.some((text) => matches.test(text))),
    newSession: () => page.evaluate(() => localStorage.removeItem('dna.s')),
    isHooked: () => page.evaluate(() => window.fetch !== window.before),
    close: async () => {
      assert.deepEqual(visitor.errors, []);
      await context.close();
    },
  });
}

/** What ingest itself answers. */
const signed = async (url, key = 'demo-bank') => (await fetch(`${url}/v1/config?key=${key}`)).text();

/** How many events named "told" of a page have arrived. */
const arrived = async (server, path) =>
  (await server.entries()).filter(({ frame }) => frame['url.full'].endsWith(path) && frame.events.some(({ kind }) => kind === 'custom')).length;

/** The page is measured: one more event of it arrives. */
async function isMeasured(visitor, path) {
  const before = await arrived(ingest, path);
  await visitor.open(path);
  await hurried(visitor.page)('the event', () => arrived(ingest, path), (count) => count > before);
  assert.ok(await visitor.isHooked());
}

test('a page that is switched off is left alone, and so are those after it', async () => {
  const visitor1 = await visitor();
  await visitor1.open('/off');
  await visitor1.hasKept(/"enabled":false/);
  await until('the hooks to be out', visitor1.isHooked, (hooked) => !hooked);
  // What the page has sent before it knew.
  await visitor1.page.goto('about:blank');
  const before = (await off.entries()).length;
  const asked = pages.asked.length;
  await visitor1.open('/off');
  await until('the hooks to be out', visitor1.isHooked, (hooked) => !hooked);
  await visitor1.page.evaluate(() => dna('event', 'told'));
  await visitor1.page.goto('about:blank');
  // Another visitor's page, which is measured, comes after whatever this one might have sent.
  const visitor2 = await visitor();
  await isMeasured(visitor2, '/without');
  assert.equal((await off.entries()).length, before);
  assert.ok(!pages.asked.slice(asked, pages.asked.indexOf('/without', asked)).includes('/sdk/dna.wasm'), 'no core');
  assert.deepEqual(visitor1.words, []);
  await visitor1.close();
  await visitor2.close();
});

test("ingest's share of sessions stands in the place of the tag's", async () => {
  const it = await visitor();
  await it.open('/told-none');
  await it.hasKept(/"sample_rate":1/);
  await it.newSession();
  await isMeasured(it, '/told-none');
  assert.deepEqual(it.words, []);
  await it.close();
});

test('what is not signed so, is of another key, or older than the last changes nothing and is said', async () => {
  const disabled = await signed(off.url);
  const forged = JSON.stringify({ ...JSON.parse(await signed(ingest.url)), config: JSON.parse(disabled).config });
  const others = await signed(ingest.url, 'other');
  const it = await visitor(() => forged);
  await isMeasured(it, '/told');
  await it.said(/signature is wrong/);
  assert.equal(await it.kept(), undefined);

  it.answer = () => others;
  await isMeasured(it, '/told');
  await it.said(/that of other/);
  assert.equal(await it.kept(), undefined);

  // Ingest is started anew with other values, and an answer from before comes again.
  const later = await startIngest({ signingKey, told: 'enabled = true' });
  const enabled = await signed(later.url);
  await later.stop();
  it.answer = () => enabled;
  await isMeasured(it, '/told');
  await it.hasKept(/"enabled":true/);
  it.answer = () => disabled;
  await isMeasured(it, '/told');
  await it.said(/older one/);
  assert.match(await it.kept(), /"enabled":true/);
  await isMeasured(it, '/told');
  await it.close();
});

test('what somebody writes into the storage is not believed', async () => {
  const it = await visitor(() => undefined);
  // One that loads no extras: Firefox says of a file whose page is left that its hash is wrong.
  await it.open('/without');
  const config = JSON.stringify({ key: 'demo-bank', issued_at: Date.now(), enabled: false });
  await it.page.evaluate((config) => {
    localStorage['dna.c.demo-bank'] = JSON.stringify({ config, signature: 'AAAA', at: Date.now() });
  }, config);
  await isMeasured(it, '/told');
  await it.said(/signature is wrong/);
  await it.close();
});

test('when ingest is away the last word counts', async () => {
  const it = await visitor(() => undefined);
  await isMeasured(it, '/told');
  await it.said(/not asked/);
  it.answer = undefined;
  await it.open('/off');
  await it.hasKept(/"enabled":false/);
  it.answer = () => undefined;
  await it.open('/off');
  await until('the hooks to be out', it.isHooked, (hooked) => !hooked);
  await it.close();
});

test('a key that is none, and a browser without Ed25519, are said and change nothing', async () => {
  const it = await visitor();
  await isMeasured(it, '/no-key');
  await it.said(/configKey is no key; allowed: the base64 of 32 bytes/);
  await it.page.evaluateOnNewDocument(() => {
    // The empty page before has none.
    if (crypto.subtle) crypto.subtle.importKey = async () => {
      throw new DOMException('Unrecognized name.', 'NotSupportedError');
    };
  });
  await isMeasured(it, '/told');
  await it.said(/has no Ed25519/);
  await it.close();
});
