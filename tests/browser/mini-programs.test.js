// One visit, made in a real browser by the web's SDK and in the strict container by each mini program's: what a reader of
// the buffer finds of it is the same, but for the differences that are listed here.

import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { before, test } from 'node:test';
import { overHttp } from '../mini/container/requests.js';
import { API, ENDPOINT } from '../mini/visit/intake.js';
import { SECRETS, layWorker, phoneFor, visit } from '../mini/visit/visit.js';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { until } from './harness/process.js';
import { APP, PSEUDONYM_KEY, eventsOf, startBank, startIngest } from './harness/servers.js';

/** What only one of them has, or measures: no phone has a long frame, no browser a launch. */
const OWN_KINDS = {
  web: ['web_vital', 'resource', 'long_frame', 'user_action', 'browser_report', 'console'],
  mini: ['app_launch', 'page_load', 'code_load', 'data_update', 'network_change', 'memory_warning'],
};

/** Fields that differ rightly, by why. */
const OWN_FIELDS = [
  // An engine's own words, and places in its files.
  ['exception.stacktrace', 'code.file.path', 'code.line.number', 'code.column.number'],
  // How the call was made: fetch, or the platform's request.
  ['initiator_type'],
  // What each measures of a call, a page or a route, and how long it took.
  [/^timing\./, /^network\./, /size/, /_(start|end)$/, /^dom_/, 'duration_ms', 'http.response.status_code of page_view'],
  // A browser's window and page: a mini program tells its device with its launch.
  [/^viewport\./, /^device\./, 'browser.language', 'document.visibility_state of page_view'],
  // Where pages are: an address on the web, a path in the package here.
  ['document.referrer', 'url.template of page_view', 'url.template of route_change'],
  // The web tells the user's ID as it is, a mini program the SHA-256 of an openid (docs/decisions/0030): checked below.
  ['user.hash'],
];

const isField = (field, kind, name) => (field instanceof RegExp ? field.test(name) : field == name || field == `${name} of ${kind}`);
const differs = (kind, name) => OWN_FIELDS.flat().some((field) => isField(field, kind, name));

/** What was told, without what differs rightly; sorted, because a browser tells of a call when it knows what that took. */
function said(events) {
  const own = [...OWN_KINDS.web, ...OWN_KINDS.mini];
  return events
    .filter(({ kind }) => !own.includes(kind))
    .map(({ kind, body }) => JSON.stringify([kind, ...Object.entries(body).filter(([name]) => !differs(kind, name)).sort(([a], [b]) => (a < b ? -1 : 1))]))
    .sort();
}

let ingest, bank, browser;
before(async () => {
  ingest = ends(await startIngest({ keys: ['bank-mini', 'demo-bank'] }));
  bank = ends(await startBank(ingest.url));
  browser = ends(await launch());
});

/** The events of what came since `entries` were there. */
const since = async (entries) => eventsOf((await ingest.entries()).slice(entries));

/** The visit in the container, through the real ingest. */
async function onAPhone(platform, app) {
  const entries = (await ingest.entries()).length;
  const { phone, intake } = await phoneFor(platform, { app, now: Date.now() - 60_000 });
  const http = overHttp({ [ENDPOINT]: ingest.url });
  phone.serve = (request) => (request.url.startsWith(ENDPOINT) ? http(request) : intake.serve(request));
  const running = await visit(phone);
  assert.deepEqual(running.refused, []);
  return since(entries);
}

/** The same steps on a page of the demo bank, as a bank's own script makes them. */
async function onTheWeb() {
  const entries = (await ingest.entries()).length;
  const page = await browser.newPage();
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    if (request.url().startsWith(API)) request.respond({ status: 200, headers: { 'access-control-allow-origin': '*' }, body: '{}' });
    else if (request.url().startsWith('https://nobody.example')) request.abort();
    else request.continue();
  });
  // Of a script that it evaluates later the browser tells no errors.
  await page.evaluateOnNewDocument(() => addEventListener('DOMContentLoaded', () => { throw new Error('the line after init'); }));
  await page.evaluateOnNewDocument(`window.steps = ${steps}`);
  await page.goto(bank.url + '/blank');
  await page.evaluate((openid) => dna('setUser', openid, { tier: 'vip' }), SECRETS.openid);
  // Where it is, it is told from now on.
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/v1/beacon')));
  await page.evaluate((...told) => window.steps(...told), SECRETS, API);
  const cover = (state) => page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, state);
  for (const state of ['hidden', 'visible', 'hidden']) await cover(state);
  const covered = (events) => events.filter(({ kind }) => kind === 'visibility').length;
  const events = await until('the visit', () => since(entries), (events) => covered(events) === 3 && events.some(({ kind }) => kind === 'page_view'));
  await page.close();
  return events;
}

/** Runs in the page: what tests/mini/visit/app does when the user has signed in. */
async function steps({ card, phone, openid }, api) {
  const failed = (act) => new Promise((done) => setTimeout(() => (setTimeout(done), act())));
  history.pushState({}, '', `/pay?card=${card}`);
  dna('route', `pay of ${openid}`);
  dna('transaction', 'pay', { payer: openid });
  dna('transaction', `cashier ${openid}`);
  dna('fail', `cashier ${openid}`, { [openid]: phone });
  dna('mark', `${phone} of ${openid}, openid%3D${openid}`);
  const body = JSON.stringify({ card });
  await fetch(`${api}/users/%22${openid}%22/transfers?phone=${phone}&openid=${openid}`, { method: 'POST', body });
  dna('end', 'pay', { ok: true, card });
  dna('event', 'paid', { currency: 'CNY', payer: openid });
  dna('event', `paid by ${openid}`, { [card]: openid });
  dna('error', new Error(`nobody is ${openid} of {\\n\\u0022${openid}\\n%22${openid}%22, tel%3A${phone}`));
  await fetch('https://nobody.example/', { method: 'POST', body }).catch(() => {});
  await failed(() => { throw new RangeError(`card ${card} of ${phone}, ${openid}, is over its limit`); });
  await failed(() => void Promise.reject(new TypeError(`phone ${phone} of user-${openid} is not known`)));
}

/** The pseudonym that ingest makes of what it is told. */
const pseudonym = (told) => createHmac('sha256', Buffer.from(PSEUDONYM_KEY, 'hex')).update(`${APP}\0${told}`).digest('hex');
const user = (events) => [...new Set(events.filter(({ kind }) => kind === 'identity').map(({ body }) => body['user.hash']))];

let web;
const inABrowser = () => (web ??= onTheWeb());

test('the web: the visit is told whole', async () => {
  const events = await inABrowser();
  const kinds = new Set(events.map(({ kind }) => kind));
  for (const kind of ['exception', 'page_view', 'identity', 'route_change', 'api_call', 'transaction', 'custom', 'mark', 'unhandled_rejection', 'visibility']) assert.ok(kinds.has(kind), kind);
  assert.deepEqual(user(events), [pseudonym(SECRETS.openid)]);
});

for (const platform of ['wechat', 'alipay', 'alipay, in its Worker', 'douyin', 'qq', 'baidu']) {
  test(`${platform}: the visit is told as the web's SDK tells it in a real browser`, async () => {
    const events = await onAPhone(platform.split(',')[0], platform.includes('Worker') ? await layWorker() : undefined);
    assert.deepEqual(said(events), said(await inABrowser()));
    assert.deepEqual(user(events), [pseudonym(`sha256:${createHash('sha256').update(SECRETS.openid).digest('hex')}`)]);
    for (const secret of Object.values(SECRETS)) assert.ok(!JSON.stringify(events).includes(secret), secret);
  });
}

test('nothing is listed as different that is not there', async () => {
  const all = [...(await inABrowser()), ...eventsOf(await ingest.entries())];
  const found = (field) => all.some(({ kind, body }) => Object.keys(body).some((name) => isField(field, kind, name)));
  // Firefox alone gives a script without an address the page's.
  assert.deepEqual(OWN_FIELDS.flat().filter((field) => !found(field) && field != 'code.file.path'), []);
});
