// Pages with a strict Content-Security-Policy: what they forbid is not done, and what they tell arrives.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { hurried, startPages, withTag } from './harness/pages.js';
import { eventsOf, startIngest } from './harness/servers.js';

/** Listens from the first line on, and then does what the spine's journey does. */
const SCRIPT = `
window.violations = [];
document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
  violations.push(effectiveDirective + ' ' + blockedURI));
`;
const JOURNEY = `
dna('setUser', 'u-1', { tier: 'vip' });
dna('event', 'signed-in', { step: 1 });
setTimeout(() => { throw new Error('on a strict page'); });
Promise.reject(new Error('nobody handles this'));
fetch('/missing.html');
`;
const EXPECTED = ['api_call', 'custom', 'exception', 'identity', 'page_view', 'resource', 'unhandled_rejection', 'web_vital'];

let ingest, pages, browser;
before(async () => {
  ingest = ends(await startIngest());
  const page = (policy) => ({
    body: withTag(ingest.url, { head: '<script src="/watch.js"></script>', body: '<script src="/journey.js"></script>' }),
    headers: { 'content-security-policy': policy },
  });
  // Firefox asks for an icon whether or not there is one.
  const strict = ["default-src 'none'", "img-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", `connect-src 'self' ${ingest.url}`];
  pages = ends(await startPages({
    '/strict': page([...strict, "require-trusted-types-for 'script'", "trusted-types 'none'"].join('; ')),
    '/no-wasm': page("script-src 'self'"),
    '/watch.js': { body: SCRIPT },
    '/journey.js': { body: JOURNEY },
  }));
  browser = ends(await launch());
});

/** The kinds of events that the page at `path` has told, when all have arrived. */
async function visit(path) {
  const page = await browser.newPage();
  const warnings = [];
  page.on('console', (message) => /dna/.test(message.text()) && warnings.push(message.text()));
  await page.goto(pages.url + path);
  const told = async () => eventsOf(await ingest.entries()).filter(({ frame }) => frame['url.full'].endsWith(path));
  // Whether a frame is long is a matter of how fast the machine is.
  const kinds = (events) => [...new Set(events.map(({ kind }) => kind))].filter((kind) => kind !== 'long_frame').sort();
  const events = await hurried(page)(`all that ${path} tells`, told, (events) => kinds(events).length >= EXPECTED.length, kinds);
  assert.deepEqual(kinds(events), EXPECTED);
  const violations = await page.evaluate(() => window.violations);
  await page.close();
  return { violations, warnings };
}

test('the strictest policy with Wasm sees no violation', async () => {
  const { violations, warnings } = await visit('/strict');
  assert.deepEqual(violations, []);
  assert.deepEqual(warnings, []);
  assert.ok(!pages.asked.includes('/sdk/dna-wasm2js.js'), 'the translation is not downloaded');
});

test("without 'wasm-unsafe-eval' the core runs as JavaScript", async () => {
  const { violations } = await visit('/no-wasm');
  assert.deepEqual(violations, ['script-src wasm-eval'], 'Wasm is tried once');
  assert.ok(pages.asked.includes('/sdk/dna-wasm2js.js'));
});
