// Routes that a page's script shows itself: views of their own, and a history that works as it did.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { answered, hurried } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, startBank, startIngest } from './harness/servers.js';

let ingest, bank, browser;
before(async () => {
  ingest = ends(await startIngest());
  bank = ends(await startBank(ingest.url));
  browser = ends(await launch());
});

/** A page on which the core runs: its first beacon is answered. */
async function open(path) {
  const page = await browser.newPage();
  await page.goto(bank.url + path);
  await answered(page);
  return page;
}

test('a route of the history and one behind the hash are views with a pattern and a name', async () => {
  const page = await open('/routes');
  await page.click('#open-order');
  const routes = async () => eventsOf(await ingest.entries()).filter(({ kind }) => kind === 'route_change');
  await hurried(page)('the order to be there', routes, (events) => events.length >= 2);
  await page.click('#open-hash');
  await page.waitForFunction(() => location.hash);
  // The driver waits for a load, which is none.
  await page.evaluate(() => history.back());
  await page.waitForFunction(() => !location.hash);
  await page.goto('about:blank');
  const events = await until('routes', routes, (events) => events.length >= 4);
  // The name is told at once, the route when it is there.
  const names = ({ body }) => Number('route.name' in body);
  events.sort((a, b) => a.time - b.time || names(a) - names(b));
  const told = events.map(({ body, frame }) => [
    body['navigation.type'], new URL(frame['url.full']).pathname, body['url.template'], body['url.fragment'], body['route.name'],
  ]);
  assert.deepEqual(told, [
    ['push', '/routes/orders/4711', '/routes/orders/{id}', undefined, undefined],
    [undefined, '/routes/orders/4711', '/routes/orders/{id}', undefined, 'order'],
    ['traverse', '/routes/orders/4711', '/routes/orders/{id}#/orders/{id}/receipt', '/orders/4711/receipt', undefined],
    ['traverse', '/routes/orders/4711', '/routes/orders/{id}', undefined, undefined],
  ]);
  const views = events.map(({ frame }) => frame['view.id']);
  assert.equal(views[0], views[1], 'the name belongs to the view');
  assert.equal(new Set(views).size, 3);
  const { duration_ms } = events[0].body;
  assert.ok(duration_ms > 0 && duration_ms < 5_000, `${duration_ms}`);
  assert.ok(new URL(events[0].body['document.referrer']).pathname === '/routes');
});

test('the history returns and throws what it did, and is as before when the agent is stopped', async () => {
  const page = await open('/blank');
  const found = await page.evaluate(() => {
    const refused = () => {
      try {
        history.pushState(null, '', 'https://elsewhere.example/');
      } catch (error) {
        return error.name;
      }
    };
    const look = () => [history.pushState({ a: 1 }, '', '/blank?a'), history.state.a, refused(),
      history.pushState.name, history.pushState.length, history.replaceState.length];
    const hooked = look();
    const stand = history.pushState;
    window.dna('stop');
    return { hooked, isHooked: history.pushState !== stand, after: look(), native: /native code/.test(`${history.pushState}${history.replaceState}`) };
  });
  assert.ok(found.isHooked);
  assert.deepEqual(found.hooked, found.after);
  assert.ok(found.native);
  await page.close();
});
