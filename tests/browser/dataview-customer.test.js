// A customer is on the phone: from the ID to the SQL in three clicks, and nothing of the ID is kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SESSION, TRACE, USER } from './dataview/story.js';
import { address, leadsTo, ready, says, startUi, text, texts } from './dataview/page.js';

const { fake, open } = await startUi({ signedIn: 'support' });
const ID = 'vip-10086';

test('three clicks lead from the ID to the SQL', async (t) => {
  const page = await open(t, '/find');
  await page.type('#user-id', ID);
  await page.type('#reason', 'ticket 48213');
  await page.click('#find-action');
  await says(page, '#sessions', 'VIP');
  await page.click('#sessions tbody tr');
  await leadsTo(page, `/sessions/${SESSION}`);
  await says(page, '.timeline', 'POST /api/sms-codes → 504');
  await page.click('.failed .to-trace');
  await leadsTo(page, `/traces/${TRACE}`);
  await says(page, '.waterfall', 'SELECT sms_codes');
  const asked = fake.asked.find((one) => one.path == '/users/lookup');
  assert.equal(asked.body.id, ID);
  assert.equal(asked.body.reason, 'ticket 48213');
  assert.equal(asked.csrf, 'csrf-of-the-fake');
  // And back again, without another look-up.
  await page.goBack();
  await leadsTo(page, `/sessions/${SESSION}`);
  await page.goBack();
  await leadsTo(page, '/find', { user: USER });
  await says(page, '#sessions', 'VIP');
  assert.equal(fake.asked.filter((one) => one.path == '/users/lookup').length, 1);
});

test('the ID is in no address, no storage and no question but the look-up', async (t) => {
  const page = await open(t, '/find');
  await page.type('#user-id', ID);
  await page.type('#reason', 'complaint');
  await page.keyboard.press('Enter');
  await says(page, '#sessions', 'VIP');
  const kept = await page.evaluate(() => JSON.stringify([location.href, document.title, history.state, Object.entries(localStorage), Object.entries(sessionStorage), document.querySelector('#user-id').value]));
  assert.ok(!kept.includes(ID), kept);
  const others = JSON.stringify(fake.asked.filter((one) => one.path != '/users/lookup'));
  assert.ok(!others.includes(ID), others);
});

test('a refused look-up says why, and keeps what was typed', async (t) => {
  t.after(() => fake.mend());
  fake.fail('/users/lookup', 403, { title: 'Not allowed', type: '/problems/forbidden_role' });
  const page = await open(t, '/find', { expected: ['403'] });
  await page.type('#user-id', ID);
  await page.type('#reason', 'complaint');
  await page.click('#find-action');
  await says(page, '#find-wrong', 'needs the role Support');
  assert.equal(await page.$eval('#user-id', (field) => field.value), ID);
});

test('no sessions says what may be the reason', async (t) => {
  t.after(() => fake.mend());
  fake.answer('/sessions', { sessions: [], next: null });
  const page = await open(t, `/find?user=${USER}`);
  await says(page, '.state', 'the ID has a typing error');
  const { from, to } = fake.asked.at(-1).query;
  assert.ok(to - from > 390 * 86_400_000, 'all that is kept is looked through');
});

test('the timeline stands below its pages and tells what is not joined', async (t) => {
  const page = await open(t, `/sessions/${SESSION}`);
  assert.deepEqual((await texts(page, '.timeline .view h3')), ['/login', '/accounts', '/transfer']);
  await says(page, '.event-why', 'no trace: its origin is not among those');
  const story = (await page.$$('.event')).length;
  await page.click('#show-all');
  await leadsTo(page, `/sessions/${SESSION}`, { show: 'all' });
  await page.waitForFunction((before) => document.querySelectorAll('.event').length > before, {}, story);
  await page.click('#show-trouble');
  await page.waitForFunction(() => document.querySelectorAll('.event').length == 3);
  await page.click('.failed .event-title');
  await says(page, '.event-details', 'http.response.status_code');
  await says(page, '.event-details', '504');
});

test('the waterfall says who took the time, and opens to the statement', async (t) => {
  const page = await open(t, `/traces/${TRACE}?session=${SESSION}`);
  assert.equal(await text(page, 'h1'), 'POST /api/sms-codes');
  assert.match((await texts(page, '.share-list li'))[0], /^sms-gateway 9\.\d+ s 9\d %$/);
  await says(page, '.gap', 'No span of operator-cmcc');
  await says(page, '.gap', 'perhaps this too: Proxies: lines by UDP while too many waited (3)');
  await says(page, '.notes', 'clock corrected by -12.0 ms (bank-api)');
  await says(page, '.logs', 'giving up');
  const bars = await page.$$eval('.waterfall .bar', (all) => all.map((bar) => bar.getBoundingClientRect()).map(({ left, width }) => [left, width]));
  assert.equal(bars.length, 10);
  const [, call, , server] = bars;
  assert.ok(call[1] > server[1] && call[0] < server[0], 'a child lies within its parent');
  const sql = await page.evaluateHandle(() => [...document.querySelectorAll('.fall .as-link')].find((one) => one.innerText == 'SELECT sms_codes'));
  await sql.click();
  await says(page, '.event-details', 'WHERE customer_id = ? AND sent_at > ?');
});

test('sessions are filtered, and the list goes on', async (t) => {
  const page = await open(t, '/sessions');
  assert.equal((await page.$$('#sessions tbody tr')).length, 25);
  await page.click('[data-more]');
  await page.waitForFunction(() => document.querySelectorAll('#sessions tbody tr').length == 40);
  assert.equal(await page.$('[data-more]'), null);
  await page.click('#troubled');
  await leadsTo(page, '/sessions', { troubled: 'true' });
  await page.waitForFunction(() => document.querySelectorAll('#sessions tbody tr').length < 25);
  await ready(page);
  await page.select('#filter-by', 'operator');
  await page.type('#filter-value', 'China Mobile');
  await page.keyboard.press('Enter');
  await leadsTo(page, '/sessions', { operator: 'China Mobile', troubled: 'true' });
  await says(page, '.chip', 'China Mobile');
  assert.equal(fake.asked.at(-1).query.operator, 'China Mobile');
  assert.equal(address(page).app, 'demo-bank');
});
