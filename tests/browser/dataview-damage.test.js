// A day that cannot be read looks different from one on which nobody came; and addresses that name nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overview } from './dataview/figures.js';
import { says, startUi, text } from './dataview/page.js';

const { fake, open } = await startUi();
const damaged_days = ['2026-11-25'];

/** An overview of a time in which nobody came. */
function nobody() {
  const all = overview({ from: Date.now() - 3_600_000, to: Date.now(), now: Date.now(), region: 'nowhere' });
  return { ...all, damaged_days };
}

test('where a day is damaged no page says that nobody was there', async (t) => {
  t.after(() => fake.mend());
  fake.answer('/overview', nobody());
  fake.answer('/sessions', { sessions: [], next: null, damaged_days });
  fake.answer('/errors', { errors: [], next: null, damaged_days });
  fake.answer('/users/lookup', { user: 'ab12', from: 0, to: 1, sessions: [], next: null, damaged_days });
  for (const [language, title] of [['en', 'Something is missing here.'], ['zh-CN', '此处数据不完整。']]) {
    for (const path of ['/overview', '/sessions', '/errors', '/find?user=ab12']) {
      const page = await open(t, path, { language });
      await says(page, '[data-unread]', title);
      await says(page, '[data-unread]', '2026-11-25');
      assert.equal(await page.$('main .state'), null, `${path}: nothing says that there is nothing`);
    }
  }
});

test('figures of the other days are shown with what is missing', async (t) => {
  t.after(() => fake.mend());
  fake.answer('/overview', { ...overview({ from: Date.now() - 3_600_000, to: Date.now(), now: Date.now() }), damaged_days });
  const page = await open(t, '/overview');
  await says(page, '[data-unread]', '2026-11-25');
  assert.notEqual(await page.$('#availability'), null);
});

test('an address that cannot be read is nobody’s', async (t) => {
  for (const path of ['/sessions/%', '/traces/%E4']) {
    const page = await open(t, path, { expected: ['404', '400'] });
    assert.equal(await text(page, 'h1'), 'No such page', path);
  }
});

test('in Chinese a page that is not there is told in Chinese', async (t) => {
  t.after(() => fake.mend());
  fake.fail('/traces/zz', 400, { detail: '`trace_id` = "zz" is not allowed; expected 32 hexadecimal digits', type: '/problems/invalid_parameter' });
  const page = await open(t, '/traces/zz', { language: 'zh-CN', expected: ['400'] });
  await says(page, '[role=alert]', '地址中有不允许的值。');
  assert.doesNotMatch(await text(page, '[role=alert]'), /hexadecimal/);
});
