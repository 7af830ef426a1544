// What may stay in addresses, and in the names of elements.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { startPages, withTag } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, startIngest } from './harness/servers.js';

let ingest, browser, pages;
before(async () => {
  // Ingest allows less than the page: both have to.
  ingest = ends(await startIngest({ urlParams: ['lang', 'product'] }));
  const page = (attributes, body = '') => ({ body: withTag(ingest.url, { attributes, body }) });
  const CALLS = `<script>fetch('/api?token=secret&product=7&lang=zh&who=a')</script><img src="/no.png?product=8&v=1">`;
  pages = ends(await startPages({
    '/allowed': page('data-url-params="lang,product,who"', CALLS),
    '/as-ever': page('', CALLS),
    '/masked': page('', `<style>p { font: 40px serif }</style>
      <div data-dna-mask><section class="of-zhang-wei"><p id="account-6222">A long text that is the largest of the page, in a part that is masked</p></section></div>`),
    '/api': { body: '{}' },
  }));
  browser = ends(await launch());
});

const told = async (path) =>
  eventsOf(await ingest.entries()).filter(({ frame }) => new URL(frame['url.full']).pathname === path);
const arrived = (path, ...kinds) =>
  until(`${kinds} of ${path}`, () => told(path), (events) => kinds.every((kind) => events.some((event) => event.kind === kind)));

async function visit(path, ...kinds) {
  const page = await browser.newPage();
  await page.goto(`${pages.url}/api?lang=en&from=mail`);
  await page.evaluate((path) => (location.href = path), path);
  const events = await arrived(path.replace(/\?.*/, ''), ...kinds);
  const of = (kind) => events.find((event) => event.kind === kind);
  await page.close();
  const after = (address) => address.slice(pages.url.length);
  return {
    frame: after(events[0].frame['url.full']),
    call: after(of('api_call').body['url.full']),
    image: after(of('resource_failure').body['url.full']),
    referrer: after(of('page_view').body['document.referrer']),
    template: of('page_view').body['url.template'],
  };
}

test('the parameters that page and ingest allow stay, and no others', async () => {
  const found = await visit('/allowed?session=1&product=13800138000&who=a&lang=zh#product=9', 'page_view', 'api_call', 'resource_failure');
  assert.deepEqual(found, {
    frame: '/allowed?product={phone}&lang=zh',
    call: '/api?product=7&lang=zh',
    image: '/no.png?product=8',
    referrer: '/api?lang=en',
    template: '/allowed',
  });
});

test('without a list none stay', async () => {
  const found = await visit('/as-ever?lang=zh', 'page_view', 'api_call', 'resource_failure');
  assert.deepEqual(found, { frame: '/as-ever', call: '/api', image: '/no.png', referrer: '/api', template: '/as-ever' });
});

test('below data-dna-mask elements are called by their kind only', async () => {
  const page = await browser.newPage();
  await page.goto(`${pages.url}/masked`);
  await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length);
  await page.goto('about:blank');
  const largest = ({ body }) => body['browser.web_vital.name'] === 'LCP';
  const events = await until('the largest paint', () => told('/masked'), (events) => events.some(largest));
  assert.equal(events.find(largest).body['browser.web_vital.element'], 'html>body>div>section>p');
  assert.doesNotMatch(JSON.stringify(events), /zhang|6222/);
  await page.close();
});
