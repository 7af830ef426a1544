// What the browser reports of a page: told once each, from before the core too, and never our own doing.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { browserName, launch, onlyIn } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { answered, hurried, startPages, withTag } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, startBank, startIngest } from './harness/servers.js';

const LATER = `
window.violate = (file) => {
  const image = new Image();
  image.src = 'https://elsewhere.example/' + file + '?card=6222';
};
window.ask = () => {
  const request = new XMLHttpRequest();
  request.open('GET', '/later.js', false);
  request.send();
};
navigator.vibrate(100);
`;

let ingest, bank, browser, pages;
before(async () => {
  ingest = ends(await startIngest());
  bank = ends(await startBank(ingest.url));
  browser = ends(await launch());
  const body = withTag(ingest.url, { body: '<img src="https://elsewhere.example/early.png?card=6222"><script src="/later.js"></script>' });
  const page = (policy) => ({ body, headers: { 'content-security-policy': policy } });
  pages = ends(await startPages({
    '/page': page("img-src 'self'"),
    '/event': page("img-src 'self'"),
    '/both': page("img-src 'self'"),
    '/crashed': page("img-src 'self'"),
    '/stopped': page("img-src 'self'"),
    '/no-wasm': page("img-src 'self'; script-src 'self'"),
    '/later.js': { body: LATER },
  }));
});

async function open(address, altered = () => {}) {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(altered);
  await page.goto(address);
  await answered(page);
  return page;
}

const of = async (path) => eventsOf(await ingest.entries()).filter(({ frame }) => new URL(frame['url.full']).pathname === path);
/** The reports of a path, when `enough` says so; `wait` is for them as `until` does. */
const reports = (path, enough, wait = until) =>
  wait(`reports of ${path}`, async () => (await of(path)).filter(({ kind }) => kind === 'browser_report').map(({ body }) => body), enough);
/** The same, of a page that is still open. */
const reportsOf = (page, path, enough) => reports(path, enough, hurried(page));

const blocked = (body) => body['csp.blocked_url'];

/** Firefox has the event of a violation alone, so nothing from before the core. */
const early = browserName === 'firefox' ? [] : ['https://elsewhere.example/early.png'];

test('violations, deprecations and interventions are told, also those from before the core', { skip: onlyIn('chromium', 'no reports') }, async () => {
  const page = await open(`${pages.url}/page`);
  await page.evaluate(() => (violate('late.png'), ask()));
  const told = await reportsOf(page, '/page', (told) => told.length >= 4);
  await page.close();
  const byType = (type) => told.filter((body) => body['report.type'] === type);
  assert.deepEqual(byType('csp-violation').map(blocked), ['https://elsewhere.example/early.png', 'https://elsewhere.example/late.png']);
  for (const body of byType('csp-violation')) {
    assert.deepEqual([body['report.id'], body['csp.disposition'], body['report.url']], ['img-src', 'enforce', undefined]);
  }
  const [deprecation] = byType('deprecation');
  assert.equal(deprecation['code.file.path'], undefined, 'the hook that it went through is not the place');
  assert.match(deprecation['report.id'], /^XMLHttpRequestSync/);
  assert.match(deprecation['report.message'], /deprecated/);
  const [intervention] = byType('intervention');
  assert.equal(intervention['code.file.path'], `${pages.url}/later.js`);
  assert.ok(intervention['code.line.number'] > 0 && intervention['code.column.number'] > 0);
  assert.match(intervention['report.message'], /vibrate/);
  assert.equal(told.length, 4, JSON.stringify(told));
});

test('a violation of which there are a report and an event is told once', async () => {
  const page = await open(`${pages.url}/both`);
  for (const file of ['a.png', 'b.png', 'last.png']) {
    await page.evaluate(
      (file) => new Promise((done) => {
        addEventListener('securitypolicyviolation', done, { once: true });
        violate(file);
      }),
      file,
    );
  }
  await page.goto('about:blank');
  const told = await reports('/both', (told) => told.some((body) => blocked(body)?.endsWith('last.png')));
  await page.close();
  const expected = ['a.png', 'b.png', 'last.png'].map((file) => `https://elsewhere.example/${file}`);
  assert.deepEqual(told.filter(blocked).map(blocked), [...early, ...expected]);
});

test('a browser that has no reports has violations by their event, a few times each', async () => {
  const page = await open(`${pages.url}/event`, () => {
    delete window.ReportingObserver;
  });
  await page.evaluate(() => {
    for (let at = 0; at < 10; at++) violate('again.png');
    return new Promise((done) => {
      let heard = 0;
      addEventListener('securitypolicyviolation', () => ++heard === 10 && done());
    });
  });
  await page.evaluate(() => violate('other.png'));
  const told = await reportsOf(page, '/event', (told) => told.some((body) => blocked(body).endsWith('other.png')));
  await page.close();
  const count = (file) => told.filter((body) => blocked(body) === `https://elsewhere.example/${file}`).length;
  assert.deepEqual([count('again.png'), count('other.png'), told.length], [3, 1, 4]);
  assert.deepEqual([told[0]['report.type'], told[0]['report.id'], told[0]['csp.disposition']], ['csp-violation', 'img-src', 'enforce']);
  const dropped = (await of('/event')).map(({ frame }) => frame['dropped.rate_limited'] ?? 0);
  assert.equal(Math.max(...dropped), 7, 'the others are counted');
});

test('a crash of the page before is told with its address', async () => {
  // No browser gives crashes to observers yet, so one is made up.
  const page = await open(`${pages.url}/crashed`, () => {
    window.ReportingObserver = class {
      constructor(callback) {
        this.callback = callback;
      }
      observe() {
        const body = { reason: 'oom', crashId: 'x' };
        this.callback([{ type: 'crash', url: `${location.origin}/accounts?card=6222`, body }, { type: 'crash', body: null }, null], this);
      }
      disconnect() {}
    };
  });
  const told = await reportsOf(page, '/crashed', (told) => told.length >= 1);
  await page.close();
  assert.deepEqual(told[0], { 'report.type': 'crash', 'report.reason': 'oom', 'report.url': `${pages.url}/accounts` });
});

test('Wasm that the page forbids is our doing and not told', async () => {
  const page = await open(`${pages.url}/no-wasm`);
  await page.evaluate(() => violate('late.png'));
  const told = await reportsOf(page, '/no-wasm', (told) => told.some((body) => blocked(body)?.endsWith('late.png')));
  await page.close();
  assert.deepEqual(told.filter(blocked).map(blocked), [...early, 'https://elsewhere.example/late.png']);
});

test('nothing is told after stop, and the observer is gone', async () => {
  const page = await open(`${pages.url}/stopped`, () => {
    const { disconnect } = ReportingObserver.prototype;
    ReportingObserver.prototype.disconnect = function () {
      window.disconnected = true;
      return disconnect.call(this);
    };
  });
  await page.evaluate(() => violate('first.png'));
  const before = await reportsOf(page, '/stopped', (told) => told.some((body) => blocked(body)?.endsWith('first.png')));
  const disconnected = await page.evaluate(async () => {
    window.dna('stop');
    await new Promise((done) => {
      addEventListener('securitypolicyviolation', done, { once: true });
      violate('late.png');
    });
    return window.disconnected;
  });
  await page.goto('about:blank');
  assert.ok(disconnected);
  assert.equal((await reports('/stopped', () => true)).length, before.length);
  await page.close();
});

test('the demo page tells what its buttons do', async () => {
  const page = await open(`${bank.url}/reports`);
  await page.click('#violate');
  await page.waitForSelector('#violate-result.bad');
  await page.click('#use-deprecated');
  await page.waitForSelector('#use-deprecated-result.bad');
  const expected = browserName === 'firefox' ? ['csp-violation'] : ['csp-violation', 'deprecation'];
  const told = await reportsOf(page, '/reports', (told) => told.length >= expected.length);
  await page.close();
  assert.deepEqual(told.map((body) => body['report.type']).sort(), expected);
  assert.equal(told.map(blocked).find(Boolean), 'https://pictures.example/offer.png');
});
