/** The npm package: the same agent, behind functions. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Page } from './browser-double.js';
import { events } from './frames.js';

let page;
afterEach(() => page?.close());

test('the package hooks, tells and stops', async () => {
  page = new Page();
  const { fetch: original } = page.window;
  const dna = await import('dna-web');
  dna.event('before init');
  dna.init({ key: 'bank-web', endpoint: page.data.endpoint, sampleRate: 1 });
  dna.init({ key: 'other', endpoint: 'https://other' });
  dna.setUser('u-1', { tier: 'vip' });
  await page.ready();
  dna.event('transfer', { amount: 1 });
  dna.clearUser();
  page.throws(new Error('x'));
  await page.pass(3000);
  const told = (await events(page.sent)).map((event) => event.name ?? event.kind);
  assert.deepEqual(told, ['identity', 'transfer', 'identity', 'exception']);
  dna.stop();
  assert.equal(page.window.fetch, original);
  assert.equal(page.observers, 0);
});
