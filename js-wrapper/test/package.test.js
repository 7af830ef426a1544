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
  const step = dna.transaction('sms-login', { channel: 'sms', tries: 1 });
  page.now += 4000;
  step.end({ tries: 2 });
  step.fail();
  dna.transaction('limit').fail();
  dna.mark('prices-shown');
  dna.error(new TypeError('caught'));
  page.throws(new Error('x'));
  await page.pass(6000);
  const all = await events(page.sent);
  const told = all.map((event) => event.name ?? event.kind);
  assert.deepEqual(told, ['identity', 'transfer', 'identity', 'sms-login', 'limit', 'prices-shown', 'exception', 'exception']);
  const [, , , sms, limit, , caught, thrown] = all;
  assert.deepEqual([sms.outcome, sms.duration, sms.attributes], ['ok', 4000, { channel: 'sms', tries: 2 }]);
  assert.deepEqual([limit.outcome, limit.attributes], ['error', undefined]);
  assert.deepEqual([caught.mechanism, caught.type, thrown.mechanism], ['reported', 'TypeError', undefined]);
  dna.stop();
  assert.equal(page.window.fetch, original);
  assert.equal(page.observers, 0);
});
