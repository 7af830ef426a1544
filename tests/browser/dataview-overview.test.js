// The overview of DataView's UI: figures, charts, breakdowns, and that everything is in the address.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, leadsTo, ready, says, startUi, text, texts } from './dataview/page.js';

const { fake, open } = await startUi();
const asked = (path) => fake.asked.filter((one) => one.path == path);

test('availability comes first, with what it is made of', async (t) => {
  const page = await open(t, '/');
  assert.equal(address(page).path, '/overview');
  assert.equal(address(page).app, 'demo-bank');
  const [first] = await texts(page, '.tile');
  assert.match(first, /^Availability 9\d\.\d\d% .*Pages 99\.\d\d% API calls 9\d\.\d\d%$/);
  assert.equal((await texts(page, '.tile')).length, 6);
  assert.equal((await page.$$('.chart canvas')).length, 4);
  const vitals = await texts(page, '.vital');
  assert.equal(vitals.length, 5);
  assert.match(vitals[1], /^Interaction to Next Paint 2\d\d ms needs improvement/);
});

test('a chart says its course to those who do not see it', async (t) => {
  const page = await open(t, '/overview');
  const label = await page.$eval('#chart-availability .plot', (plot) => plot.getAttribute('aria-label'));
  assert.match(label, /^Availability\. Pages: 9\d\.\d\d% – [\d.]+%; API calls: 9\d\.\d\d% – [\d.]+%$/);
});

test('a click on a row filters by it, another click and Back take that back', async (t) => {
  const page = await open(t, '/overview?by=region');
  const before = await text(page, '#page-views b');
  await page.click('#breakdown tbody tr:nth-child(2)');
  await leadsTo(page, '/overview', { region: '上海' });
  await says(page, '.chip', '上海');
  assert.notEqual(await text(page, '#page-views b'), before);
  assert.equal(asked('/overview').at(-1).query.region, '上海');
  assert.equal((await texts(page, 'tr.chosen')).length, 1);
  await page.goBack();
  await page.waitForFunction(() => !document.querySelector('.chip'));
  await page.goForward();
  await says(page, '.chip', '上海');
  await page.click('.chip');
  await page.waitForFunction(() => !document.querySelector('.chip'));
  assert.equal(address(page).region, undefined);
  assert.equal(address(page).by, 'region');
});

test('dragging over a chart zooms, and Back zooms out', async (t) => {
  const page = await open(t, '/overview');
  const plot = await page.$('#chart-latency .u-over');
  const { x, y, width } = await plot.boundingBox();
  await page.mouse.move(x + width * 0.25, y + 40);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.75, y + 40, { steps: 5 });
  await page.mouse.up();
  await page.waitForFunction(() => new URLSearchParams(location.search).has('from'));
  await ready(page);
  const { from, to } = address(page);
  const minutes = (Number(to) - Number(from)) / 60_000;
  assert.ok(minutes > 28 && minutes < 32, `${minutes} minutes`);
  assert.equal(Number(asked('/breakdown').at(-1).query.from), Number(from));
  await page.goBack();
  await page.waitForFunction(() => !new URLSearchParams(location.search).has('from'));
});

test('presets and steps move through time', async (t) => {
  const page = await open(t, '/overview');
  await page.click('#last-7d');
  await leadsTo(page, '/overview', { last: '7d' });
  await ready(page);
  assert.equal(await page.$eval('#last-7d', (button) => button.getAttribute('aria-pressed')), 'true');
  const { from, to } = asked('/overview').at(-1).query;
  assert.ok(Number(to) - Number(from) >= 604_799_000);
  await page.click('#range-earlier');
  await page.waitForFunction(() => new URLSearchParams(location.search).has('from'));
  assert.ok(Number(address(page).to) < Date.now() - 604_000_000);
});

test('a table is sorted by its heads, and the address says how', async (t) => {
  const page = await open(t, '/overview?by=region');
  const column = async () => texts(page, '#breakdown tbody tr > :nth-child(3)');
  const shares = (all) => all.map((one) => parseFloat(one));
  await page.click('#breakdown th:nth-child(3) button');
  const down = shares(await column());
  assert.deepEqual(down, down.toSorted((one, other) => other - one));
  await page.click('#breakdown th:nth-child(3) button');
  const up = shares(await column());
  assert.deepEqual(up, down.toReversed());
  assert.equal(address(page).sort, 'availability');
  await page.reload();
  await ready(page);
  assert.deepEqual(shares(await column()), up);
});

test('no data, and no application, say what to do', async (t) => {
  t.after(() => fake.mend());
  const none = { page_views: 0, api_calls: 0, errors: 0, availability: {} };
  fake.answer('/overview', { from: 0, to: 1, step_ms: 60_000, totals: none, series: [] });
  fake.answer('/breakdown', { by: 'page', rows: [] });
  const page = await open(t, '/overview');
  await says(page, '.state h2', 'No data in this time');
  await page.click('.state a.button');
  await leadsTo(page, '/overview', { last: '7d' });
  fake.answer('/apps', { apps: [] });
  const other = await open(t, '/overview');
  await says(other, '.state h2', 'Nothing has arrived yet');
});

test('what goes wrong is said in the words of the server, and can be tried again', async (t) => {
  t.after(() => fake.mend());
  fake.fail('/overview', 503, { title: 'The store cannot be used now', detail: 'day file 2026-11-25.db is being repaired' }, { 'retry-after': '2' });
  const page = await open(t, '/overview', { expected: ['503'] });
  await says(page, '[role=alert]', 'day file 2026-11-25.db is being repaired Try again in 2.00 s.');
  fake.mend();
  await page.click('[data-retry]');
  await says(page, '.tile', 'Availability');
});

test('a part that fails leaves the rest standing', async (t) => {
  t.after(() => fake.mend());
  fake.fail('/breakdown', 422, { title: 'The question would cost too much', detail: 'at most 400 days' });
  const page = await open(t, '/overview', { expected: ['422'] });
  await says(page, '[role=alert]', 'at most 400 days');
  assert.equal((await page.$$('.tile')).length, 6);
});
