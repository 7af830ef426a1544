// The chain from a real page to Redis: visit, sign in, throw, leave; then each expected event
// is in the stream exactly once, with plausible timings and a pseudonym instead of the user's ID.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { before, test } from 'node:test';
import { browserName, launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { answered } from './harness/pages.js';
import { until } from './harness/process.js';
import { APP, PSEUDONYM_KEY, eventsOf, partOfSdk, startBank, startIngest, startRedis } from './harness/servers.js';

/** A user ID that occurs nowhere by chance. */
const USER = 'vip-canary-8613912345678';

/** What an application may put into an error by mistake: card, phone, identity number, e-mail address. */
const PERSONAL = ['6222020202020208', '6225 8812 3456 7891', '13800138000', '11010519491231002X', 'zhang.wei@mail.example'];

let redis, ingest, bank, browser;
before(async () => {
  redis = ends(await startRedis());
  ingest = ends(await startIngest({ redisUrl: redis.url }));
  bank = ends(await startBank(ingest.url));
  browser = ends(await launch());
});

const countOf = (events, kind, matches = () => true) =>
  events.filter((event) => event.kind === kind && matches(event.body)).length;

/** What the journey below must leave in the stream: kind, what tells it, how often. */
const EXPECTED = [
  ['page_view', () => true, 6],
  // Firefox does not tell of the first paint of all.
  ['web_vital', (body) => body['browser.web_vital.name'] === 'FP', browserName == 'firefox' ? 0 : 6],
  ['web_vital', (body) => body['browser.web_vital.name'] === 'FCP', 6],
  ['identity', (body) => body['user.hash'] !== undefined && body['user.tier'] === 'vip', 6],
  ['exception', (body) => /after the tag/.test(body['exception.message']), 1],
  ['exception', (body) => body['exception.message'] !== undefined, 2],
  ['unhandled_rejection', () => true, 1],
  ['resource_failure', (body) => body['element.name'] === 'img', 1],
  ['api_call', (body) => body['url.full'].endsWith('/api/sign-in') && body['http.response.status_code'] === 200, 1],
  ['api_call', (body) => body['url.full'].endsWith('/api/accounts') && body['http.response.status_code'] === 200, 1],
  ['api_call', (body) => body['http.response.status_code'] === 500, 1],
  ['user_action', () => true, 5],
  ['user_action', (body) => body['user_action.frustration'] === 'error_click', 2],
  ['api_call', (body) => body['url.full'].endsWith('/api/gold-price') && body['error.type'] === 'network', 1],
];

const complete = (events) =>
  EXPECTED.every(([kind, matches, count]) => countOf(events, kind, matches) >= count);

/** One line an event. */
const describe = (events) =>
  events
    .map(({ kind, body, frame }) => `\n  ${new URL(frame['url.full']).pathname} ${kind} ${JSON.stringify(body).slice(0, 200)}`)
    .join('');

/** Goes to a page and stays, as people do. */
async function visit(page, path) {
  await page.goto(bank.url + path);
  await settled(page);
}

/** The page has painted, and its first beacon is answered: so the core is there. What a page tells that is left
 * earlier has a test of its own. */
const settled = (page) =>
  page.waitForFunction(() => {
    const beacons = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/v1/beacon'));
    return performance.getEntriesByName('first-contentful-paint').length > 0 && beacons.length > 0;
  });

/** A later page sends again what nobody has acknowledged, until nothing is left. */
async function allAcknowledged() {
  const page = await browser.newPage();
  await page.goto(`${bank.url}/blank`);
  const waiting = () => Object.keys(localStorage).filter((key) => key.startsWith('dna.f.')).length;
  await until('an empty outbox', () => page.evaluate(waiting), (count) => count === 0);
  await page.close();
}

async function journey(page) {
  await visit(page, '/');
  await page.type('#user-id', USER);
  await page.type('#password', 'secret-password');
  await page.click('#sign-in');
  await page.waitForFunction(() => location.pathname === '/accounts' && document.readyState === 'complete');
  await settled(page);
  await visit(page, '/throws?now=1&card=6222020202020208#fragment');
  await visit(page, '/throws');
  // The browser tells of a rejection a task later, and not at all when the page is left before.
  await page.evaluate(() => addEventListener('unhandledrejection', () => document.body.classList.add('rejected')));
  await page.click('#throw-error');
  await page.click('#reject-promise');
  await page.waitForSelector('.rejected');
  await visit(page, '/broken-image');
  await page.waitForFunction(() => document.querySelector('#broken').complete);
  await visit(page, '/failing-api');
  for (const call of ['#call-failing-api', '#call-unreachable-api']) {
    await page.click(call);
    await page.waitForFunction((result) => document.querySelector(result).textContent, {}, `${call}-result`);
  }
  await leave(page);
}

/** Leaves the page and keeps the tab: closed over the DevTools protocol, it takes a beacon that is under way with
 * it, which a tab that its user closes does not. */
const leave = (page) => page.goto('about:blank');

test('a visitor who signs in, meets errors and leaves is in the stream, each event once', async () => {
  const page = await browser.newPage();
  const complaints = [];
  page.on('console', (message) => complaints.push(message.text()));
  await journey(page);
  const read = async () => eventsOf(await ingest.entries());
  await until('the journey to arrive', read, complete, describe);
  await allAcknowledged();
  // Whatever was sent again on the way is here by now.
  const events = (await read()).filter(({ frame }) => !frame['url.full'].endsWith('/blank'));
  console.log(`The stream after the journey:${describe(events)}`);
  for (const [kind, matches, count] of EXPECTED) {
    assert.equal(countOf(events, kind, matches), count, `${kind} ${matches}`);
  }
  // How many of these there are is a matter of how fast the machine is.
  const others = events.filter(({ kind }) => !['web_vital', 'resource', 'long_frame'].includes(kind));
  assert.equal(others.length, 25, `nothing besides:${describe(others)}`);
  const sessions = new Set(events.map(({ frame }) => frame['session.id']));
  assert.equal(sessions.size, 1, 'one visit, one session');
  const views = new Set(events.map(({ frame }) => frame['view.id']));
  assert.equal(views.size, 6, 'six pages, six views');
  const frames = (await ingest.entries()).map(({ frame }) => `${frame['session.id']}/${frame.sequence}`);
  assert.equal(new Set(frames).size, frames.length, 'no frame twice');
  assert.deepEqual(complaints.filter((text) => /dna/i.test(text)), [], 'the SDK says nothing');
});

test('timings are plausible', async () => {
  const events = eventsOf(await ingest.entries());
  const now = Date.now();
  for (const { body } of events.filter(({ kind }) => kind === 'page_view')) {
    const order = ['request_start', 'response_start', 'response_end', 'dom_interactive', 'dom_content_loaded_event_end', 'dom_complete', 'load_event_end'];
    const times = order.map((name) => body[name]);
    assert.ok(times.every((time) => time > 0 && time < 60_000), `${order}: ${JSON.stringify(body)}`);
    assert.deepEqual(times, times.toSorted((a, b) => a - b), JSON.stringify(body));
    assert.equal(body['navigation.type'], 'navigate');
    assert.equal(body['http.response.status_code'], 200);
  }
  for (const { body } of events.filter(({ kind }) => kind === 'web_vital')) {
    // Nothing need move on a page; a first byte and an answer to a key may come within the millisecond that
    // Firefox rounds to.
    const least = ['CLS', 'TTFB', 'INP'].includes(body['browser.web_vital.name']) ? 0 : Number.MIN_VALUE;
    assert.ok(body['browser.web_vital.value'] >= least && body['browser.web_vital.value'] < 60_000, JSON.stringify(body));
  }
  for (const { entry, frame, time } of events) {
    const at = frame.time_base_ms + time + entry.clock_skew_ms;
    assert.ok(at > now - 300_000 && at < now + 1000, `${at} is not within the last minutes`);
    assert.ok(Math.abs(entry.clock_skew_ms) < 5000, 'one machine, one clock');
  }
});

test('the user is known by a keyed pseudonym and nothing secret is kept anywhere', async () => {
  const events = eventsOf(await ingest.entries());
  const hmac = createHmac('sha256', Buffer.from(PSEUDONYM_KEY, 'hex'));
  const pseudonym = hmac.update(`${APP}\0${USER}`).digest('hex');
  const identities = events.filter(({ kind }) => kind === 'identity');
  assert.ok(identities.every(({ body }) => body['user.hash'] === pseudonym), JSON.stringify(identities));

  const page = await browser.newPage();
  // Until the core is there: what masks before is coarser.
  await page.goto(`${bank.url}/throws`);
  await answered(page);
  await page.addScriptTag({ content: `throw new Error('personal: ${PERSONAL}')` });
  await page.goto(`${bank.url}/blank`);
  const masked = ({ body }) => body['exception.message']?.includes('personal: {card},{card},{phone},{id},{email}');
  await until('the masked message', async () => eventsOf(await ingest.entries()), (all) => all.some(masked), describe);
  const { keys, bytes } = await redis.everything();
  assert.ok(keys.length > 0 && keys.every((key) => /^dna:\{\d+\}:events$/.test(key)), String(keys));
  const places = {
    Redis: bytes,
    'the log of ingest': ingest.log.join('\n'),
    'the metrics of ingest': await ingest.metrics(),
    'the storage that the SDK uses': await page.evaluate(() => JSON.stringify(Object.entries(localStorage))),
  };
  await page.close();
  for (const [place, content] of Object.entries(places)) {
    for (const secret of [USER, 'secret-password', '#fragment', ...PERSONAL]) {
      assert.ok(!content.includes(secret), `${secret} is in ${place}`);
    }
  }
  assert.ok(bytes.includes('TypeError') || bytes.includes('Error'), 'the scan saw the contents');
});

/** Opens a page of a bank that has these files of the SDK only; returns once the core has failed to start. */
async function pageOfBankWith(t, files) {
  const sdk = await partOfSdk(files);
  const bank = await startBank(ingest.url, sdk.folder);
  t.after(async () => {
    await bank.stop();
    await sdk.remove();
  });
  const page = await browser.newPage();
  const failed = new Promise((resolve) => {
    page.on('console', (message) => message.text().startsWith('dna: not started') && resolve());
  });
  await page.goto(`${bank.url}/broken-image`);
  await page.waitForFunction(() => document.querySelector('#broken').complete);
  await failed;
  return { page, bank };
}

/** Events of the view in which a text was told: a tab that was covered for a moment has told of it in two frames. */
async function eventsWith(text) {
  const frames = await ingest.entries();
  const views = frames.filter(({ frame }) => JSON.stringify(frame).includes(text)).map(({ frame }) => frame['view.id']);
  return eventsOf(frames.filter(({ frame }) => views.includes(frame['view.id'])));
}

test('a page whose Wasm never comes tells what it can, once', async (t) => {
  const { page, bank } = await pageOfBankWith(t, ['dna.js', 'dna-core.js']);
  const marker = 'early marker';
  await page.addScriptTag({ content: `dna('event', '${marker}', { step: 1 }); throw new Error('${marker} ${PERSONAL}')` });
  await leave(page);
  const events = await until('the last words', () => eventsWith(marker), (found) => found.length > 0, describe);
  const kinds = events.map(({ kind }) => kind).toSorted();
  assert.deepEqual(kinds, ['custom', 'exception', 'page_view', 'resource_failure']);
  const view = events.find(({ kind }) => kind === 'page_view').body;
  assert.ok(view.response_start > 0 && view.dom_interactive >= view.response_end, JSON.stringify(view));
  const later = await browser.newPage();
  await later.goto(`${bank.url}/assets/throws.js`);
  const kept = await later.evaluate(() => JSON.stringify(Object.entries(localStorage)));
  assert.ok(kept.includes(marker), 'kept for the next page');
  for (const secret of PERSONAL) assert.ok(!kept.includes(secret), `${secret} is in the storage`);
});

test('a page that has the stub alone says what went wrong, and keeps nothing', async (t) => {
  const { page, bank } = await pageOfBankWith(t, ['dna.js']);
  const marker = 'brief marker';
  await page.addScriptTag({ content: `throw new Error('${marker} ${PERSONAL}')` });
  await leave(page);
  const events = await until('the brief words', () => eventsWith(marker), (found) => found.length > 0, describe);
  assert.deepEqual(events.map(({ kind }) => kind), ['page_view', 'exception']);
  assert.equal(events[1].body['exception.message'], `${marker} {card},{card},{phone},{id},{email}`);
  const later = await browser.newPage();
  await later.goto(`${bank.url}/assets/throws.js`);
  assert.equal(await later.evaluate(() => localStorage.length), 0);
});

test('what ingest did not take is delivered by a later page, once', async () => {
  const page = await browser.newPage();
  const port = Number(new URL(ingest.url).port);
  await ingest.stop();
  const failed = new Promise((resolve) => {
    page.on('requestfailed', (request) => request.url().endsWith('/v1/beacon') && resolve());
  });
  const marker = 'late marker';
  await page.goto(`${bank.url}/throws`);
  await page.addScriptTag({ content: `throw new Error('${marker}')` });
  await failed;
  ingest = ends(await startIngest({ redisUrl: redis.url, port }));
  await page.goto(`${bank.url}/blank`);
  const read = async () =>
    eventsOf(await ingest.entries()).filter(({ kind, body }) => kind === 'exception' && body['exception.message'].includes(marker));
  const late = await until('the late exception', read, (events) => events.length > 0);
  assert.equal(late.length, 1);
  await page.close();
  const after = (await read()).length;
  assert.equal(after, 1, 'leaving the page does not send it again');
});

test('where sendBeacon is refused, fetch with keepalive carries the last words', async () => {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(() => {
    Navigator.prototype.sendBeacon = () => false;
  });
  await page.goto(`${bank.url}/throws`);
  await page.waitForFunction(() => performance.getEntriesByType('resource').some((e) => e.name.endsWith('.wasm')));
  const marker = 'refused marker';
  await page.addScriptTag({ content: `throw new Error('${marker}')` });
  await page.goto('about:blank');
  const read = async () => eventsOf(await ingest.entries());
  const isIt = ({ kind, body }) => kind === 'exception' && body['exception.message'].includes(marker);
  const events = await until('the last words', read, (all) => all.some(isIt));
  assert.equal(events.filter(isIt).length, 1);
  await page.close();
});

test('the live view shows what arrives', async () => {
  const live = await browser.newPage();
  await live.goto(`${ingest.url}/live`);
  const marker = 'seen live marker';
  const page = await browser.newPage();
  await page.goto(`${bank.url}/throws`);
  await page.addScriptTag({ content: `throw new RangeError('${marker}')` });
  // A tab in the background paints nothing that could be waited for.
  await live.bringToFront();
  await live.waitForFunction((text) => document.body.innerText.includes(text), {}, marker);
  await page.close();
  await live.close();
});
