// The real chain, end to end: a customer in a real browser, ingest, DataView, a service that tells its spans;
// then the support desk types the customer's ID and follows the call down to the SQL.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { leadsTo, says, text, texts } from './dataview/page.js';
import { startDataview } from './dataview/program.js';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { until } from './harness/process.js';
import { eventsOf, startBank, startIngest } from './harness/servers.js';

/** A user ID that occurs nowhere by chance. */
const USER = 'vip-canary-8613912345678';
const PASSWORD = 'a password of the test';

let ingest, bank, dataview, browser;
before(async () => {
  ingest = ends(await startIngest());
  bank = ends(await startBank(ingest.url));
  dataview = ends(await startDataview(ingest));
  browser = ends(await launch());
});

/** The customer signs in, and a page of theirs throws. Gives back the trace of the call that signed them in. */
async function visit() {
  const page = await browser.newPage();
  await page.goto(`${bank.url}/`);
  await page.type('#user-id', USER);
  await page.type('#password', 'secret');
  await page.click('#sign-in');
  await page.waitForFunction(() => location.pathname === '/accounts' && document.readyState === 'complete');
  await page.goto(`${bank.url}/throws`);
  await page.addScriptTag({ content: `throw new TypeError('the canary sings')` });
  // Not hurried: that would sign another visitor in, and a session belongs to the last one.
  const isSignIn = ({ kind, body }) => kind == 'api_call' && body['url.full'].endsWith('/api/sign-in') && body.trace_id;
  const isThrown = ({ kind, body }) => kind == 'exception' && body['exception.message'].includes('canary');
  const isComplete = (all) => all.some(isSignIn) && all.some(isThrown);
  const events = await until('the call that signs in, and the exception', async () => eventsOf(await ingest.entries()), isComplete, (all) => String(all.length));
  await page.close();
  return events.find(isSignIn).body;
}

/** What an agent in the bank's service would tell of that call. */
async function tellSpans({ trace_id: traceId, span_id: parentSpanId }) {
  const nano = (ms) => String(BigInt(Date.now() + ms) * 1_000_000n);
  const span = (spanId, parent, name, kind, from, to, attributes = {}) => ({
    traceId,
    spanId,
    parentSpanId: parent,
    name,
    kind,
    startTimeUnixNano: nano(from),
    endTimeUnixNano: nano(to),
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
  });
  const spans = [
    span('00000000000000a1', parentSpanId, 'POST /api/sign-in', 2, -40, -10),
    span('00000000000000a2', '00000000000000a1', 'SELECT customers', 3, -30, -20, { 'db.system.name': 'sqlite', 'db.query.text': 'SELECT tier FROM customers WHERE id = ?' }),
  ];
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'bank-login' } }] };
  const answer = await fetch(`${dataview.url}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }) });
  assert.equal(answer.status, 200, await answer.text());
}

test('from the ID on the phone to the SQL, and the ID is in no answer', async () => {
  await tellSpans(await visit());
  const page = await browser.newPage();
  const answers = [];
  page.on('response', async (response) => {
    if (response.url().includes('/api/v1/')) answers.push(await response.text().catch(() => ''));
  });
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error.stack)));
  page.on('console', (message) => message.type() == 'error' && !message.text().includes('401') && complaints.push(message.text()));

  // Only the policy lets the page do what it does.
  const answer = await page.goto(dataview.url);
  assert.match(answer.headers()['content-security-policy'], /^default-src 'none'; script-src 'self';/);
  await page.waitForSelector('#name');
  await page.type('#name', 'admin');
  await page.type('#password', dataview.password);
  await page.keyboard.press('Enter');
  await says(page, 'h1', 'Choose a password');
  await page.type('#new-password', PASSWORD);
  await page.type('#again-password', PASSWORD);
  await page.keyboard.press('Enter');
  await says(page, '#availability', '%');
  assert.equal(await page.$eval('#app', (select) => select.textContent.includes('demo-bank')), true);
  await says(page, '#breakdown', '/accounts');

  await page.click('#by-api');
  await says(page, '#breakdown', '/api/sign-in');
  await page.click('#breakdown tbody tr');
  await page.waitForSelector('.chip');
  await page.click('.filters a:last-child');
  await page.waitForSelector('#sessions tbody tr');

  await page.click('a[data-path="/find"]');
  await page.waitForSelector('#user-id');
  await page.type('#user-id', USER);
  await page.type('#reason', 'ticket 48213: cannot sign in');
  await page.click('#find-action');
  await page.waitForSelector('#sessions tbody tr');
  await page.click('#sessions tbody tr');
  await says(page, '.timeline', '/api/sign-in → 200');
  await says(page, '.timeline', 'the canary sings');
  await page.evaluate(() => [...document.querySelectorAll('.event')].find((event) => event.innerText.includes('/api/sign-in')).querySelector('.to-trace').click());
  await says(page, '.waterfall', 'SELECT tier FROM customers WHERE id = ?');
  const kinds = await texts(page, '.fall .step');
  assert.deepEqual(kinds.filter((kind) => kind != 'click'), ['call', 'service', 'SQL']);
  await says(page, '.gap', 'No network part');
  assert.match((await text(page, '.share-list')), /bank-login/);

  await page.click('a[data-path="/errors"]');
  await says(page, '#errors', 'the canary sings');
  await page.click('#errors tbody tr a');
  await page.waitForSelector('#occurrences tbody tr');
  await page.click('a[data-path="/chain"]');
  await says(page, '#days', 'whole');
  await page.click('a[data-path="/access"]');
  await says(page, '#accounts', 'Administrator');
  await page.click('a[data-path="/audit"]');
  await says(page, '.notice.good', 'The log is whole.');
  await says(page, '#audit', 'cannot sign in');
  await page.click('#sign-out');
  await page.waitForSelector('#password');
  await page.goto(`${dataview.url}/audit`);
  await page.waitForSelector('#password');

  assert.deepEqual(complaints, []);
  assert.ok(answers.length > 8, `${answers.length} answers were looked through`);
  for (const said of answers) assert.ok(!said.includes(USER), said);
  assert.ok(!dataview.log.join('\n').includes(USER));
});
