// The errors page of DataView's UI, and one error in full.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SESSION } from './dataview/story.js';
import { address, leadsTo, says, startUi, text, texts } from './dataview/page.js';

const { fake, open } = await startUi({ signedIn: 'viewer' });

test('errors are listed, filtered by text, and opened', async (t) => {
  const page = await open(t, '/errors');
  assert.equal((await page.$$('#errors tbody tr')).length, 7);
  await page.type('#errors-filter', 'balance');
  await page.waitForFunction(() => document.querySelectorAll('#errors tbody tr').length == 1);
  assert.equal(address(page).q, 'balance');
  assert.equal(await text(page, '.panel-head .muted'), 'Found: 1');
  await page.click('#errors tbody tr');
  await leadsTo(page, '/errors/9f0c2d3e4a5b6c7d');
  await says(page, 'h1', 'TypeError');
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('#errors-filter')?.value == 'balance');
});

test('the stack shows the source, and an occurrence leads to its moment', async (t) => {
  const page = await open(t, '/errors/9f0c2d3e4a5b6c7d');
  assert.match(await text(page, '.stack li'), /^showBalance src\/pages\/accounts\/balance.ts:42:31/);
  assert.match(await text(page, '.source.here'), /^42\s?field\.textContent = money/);
  assert.equal((await texts(page, '.stack li')).length, 3);
  await page.click('#occurrences tbody tr');
  await leadsTo(page, `/sessions/${SESSION}`);
  assert.ok(Number(address(page).at) > 0);
});

test('a message is text, whatever it holds', async (t) => {
  t.after(() => fake.mend());
  const evil = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>';
  fake.answer('/errors', { errors: [{ fingerprint: '0123456789abcdef', kind: 'exception', type: evil, message: evil, count: 1, sessions: 1, users: 0, first_at: 1, last_at: 2, first_release: null, last_release: null }], next: null });
  const page = await open(t, '/errors');
  await says(page, '#errors', evil);
  assert.equal(await page.evaluate(() => window.owned), undefined);
});

test('no errors is good news', async (t) => {
  t.after(() => fake.mend());
  fake.answer('/errors', { errors: [], next: null });
  const page = await open(t, '/errors');
  await says(page, '.state', 'Nothing went wrong in this time');
});

test('an error that is not there says so without a way to try again', async (t) => {
  const page = await open(t, '/errors/0000000000000000', { expected: ['404'] });
  await says(page, '[role=alert]', 'There is nothing here');
  assert.equal(await page.$('[data-retry]'), null);
});
