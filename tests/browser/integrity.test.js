// Files that somebody has altered on their way do not run, and the page does not notice.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { startPages, withTag } from './harness/pages.js';
import { until } from './harness/process.js';
import { sdkFolder, startIngest } from './harness/servers.js';

let ingest, browser, hashes;
before(async () => {
  hashes = JSON.parse(await readFile(join(sdkFolder, 'integrity.json')));
  ingest = ends(await startIngest());
  browser = ends(await launch());
});

/** The page tells by itself that it works; what is in `altered` comes with one byte more. */
async function visit(altered, path, { policy = '' } = {}) {
  const tag = withTag(ingest.url, {
    attributes: `integrity="${hashes['dna.js']}"`,
    body: '<script>dna("event", "told"); onload = () => fetch("/page").then(() => (window.works = true))</script>',
  });
  const headers = policy && { 'content-security-policy': policy };
  const pages = await startPages({ [path]: { body: tag, headers }, '/page': { body: 'ok' } }, (name, bytes) =>
    name === altered ? Buffer.concat([bytes, Buffer.from(name.endsWith('.js') ? ';window.evil=1' : '\0')]) : bytes,
  );
  const page = await browser.newPage();
  const words = [];
  const errors = [];
  page.on('console', (message) => words.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(pages.url + path);
  await page.waitForFunction(() => window.works);
  return {
    page,
    words,
    asked: pages.asked,
    /** The tab stays until the beacon of the page that is left has arrived. */
    end: async () => {
      await page.goto('about:blank');
      await told(path);
      // Firefox counts its own words on what it blocked among the page's errors.
      assert.deepEqual(errors.filter((words) => !/integrity attribute|Content-Security-Policy/.test(words)), []);
      await page.close();
      await pages.stop();
    },
  };
}

/** Waits until something of the page has arrived: with an altered core the little that the stub tells by itself. */
const told = (path) =>
  until('the page to be told of', () => ingest.entries(), (entries) => entries.some(({ frame }) => frame['url.full'].endsWith(path)),
    (entries) => entries.map(({ frame }) => frame['url.full']));

test('every file has its hash, and unaltered ones run', async () => {
  for (const [name, hash] of Object.entries(hashes)) {
    const digest = createHash('sha384').update(await readFile(join(sdkFolder, name))).digest('base64');
    assert.equal(hash, `sha384-${digest}`, name);
  }
  const names = [
    'dna-core.js', 'dna-debug.js', 'dna-debug.wasm', 'dna-extend.js', 'dna-extras.js', 'dna-wasm2js.js', 'dna.js', 'dna.wasm',
  ];
  assert.deepEqual(names.filter((name) => !hashes[name]), []);
  const { asked, words, end } = await visit('', '/unaltered');
  assert.equal(asked.filter((path) => path === '/sdk/dna-core.js').length, 1, 'what was checked is what runs');
  assert.deepEqual(words.filter((word) => /dna/.test(word)), []);
  await end();
});

const WITHOUT_WASM = "script-src 'self' 'unsafe-inline'";
for (const [altered, policy] of [['dna-core.js'], ['dna.wasm'], ['dna-wasm2js.js', WITHOUT_WASM], ['dna-extras.js', WITHOUT_WASM]]) {
  test(`an altered ${altered} does not run`, async () => {
    const path = `/altered-${altered.replace(/\W/g, '-')}`;
    const { page, words, asked, end } = await visit(altered, path, { policy });
    await until('the console to say so', async () => words, () => words.some((word) => /^dna: not started/.test(word)));
    assert.ok(asked.includes(`/sdk/${altered}`));
    assert.equal(await page.evaluate(() => window.evil), undefined);
    // The page is told of all the same, by what has not been altered.
    await end();
  });
}
