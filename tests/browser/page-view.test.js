// What a page view says of the server, the connection and the device.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { hurried, startPages, withTag } from './harness/pages.js';
import { eventsOf, startIngest } from './harness/servers.js';

let ingest, pages, browser;
before(async () => {
  ingest = ends(await startIngest());
  const body = withTag(ingest.url);
  const many = Array.from({ length: 60 }, (_, at) => `metric-${at};dur=${at}`).join(', ');
  pages = ends(await startPages({
    '/timed': { body, headers: { 'server-timing': 'db;dur=53.25, cache;desc=hit, render;dur=0.1;desc="drawn, for li@bank.example"' } },
    '/many': { body, headers: { 'server-timing': many } },
  }));
  browser = ends(await launch());
});

async function view(path) {
  const page = await browser.newPage();
  await page.goto(pages.url + path);
  const views = async () => eventsOf(await ingest.entries()).filter(({ kind, frame }) => kind === 'page_view' && frame['url.full'].endsWith(path));
  const [{ body }] = await hurried(page)(`the view of ${path}`, views, (views) => views.length);
  const own = await page.evaluate(() => {
    // Firefox tells of neither connection nor memory.
    const { connection = {}, deviceMemory, hardwareConcurrency } = navigator;
    const { type, effectiveType, downlink } = connection;
    return { type, effectiveType, downlink, deviceMemory, hardwareConcurrency, protocol: performance.getEntriesByType('navigation')[0].nextHopProtocol };
  });
  await page.close();
  return { body, own };
}

test("a page view has the server's own timing, the protocol, the connection and the device", async () => {
  const { body, own } = await view('/timed');
  assert.equal(body.server_timing, 'db;dur=53.25, cache;desc="hit", render;dur=0.1;desc="drawn, for {email}"');
  assert.equal(body['network.protocol.name'], own.protocol);
  assert.equal(body['device.memory'], own.deviceMemory);
  assert.equal(body['device.processors'], own.hardwareConcurrency);
  assert.equal(body['network.connection.type'], own.type ?? undefined);
  assert.equal(body['network.connection.effective_type'], own.effectiveType);
  assert.equal(typeof body['network.connection.downlink'], typeof own.downlink);
});

test('of a long list only whole metrics are told', async () => {
  const { body } = await view('/many');
  const metrics = body.server_timing.split(', ');
  assert.ok(body.server_timing.length <= 512 && metrics.length > 20);
  metrics.forEach((metric, at) => assert.equal(metric, at ? `metric-${at};dur=${at}` : 'metric-0'));
});
