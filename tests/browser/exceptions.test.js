// Exceptions: what caused them, and where in the source they were thrown.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { launch } from './harness/browser.js';
import { answered, hurried, startPages } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, ingestBinary, startIngest } from './harness/servers.js';

const run = promisify(execFile);

/** What a bank's developer writes; the error is thrown on line 6. */
const SOURCE = `interface Rates { [currency: string]: number }

function readRate(rates: Rates, currency: string): number {
  const rate: number | undefined = rates[currency];
  if (rate == null) {
    throw new RangeError('no rate for ' + currency, { cause: new TypeError('not loaded') });
  }
  return rate;
}

export class Exchange {
  constructor(private readonly rates: Rates) {}

  convert(amount: number): number {
    return amount * readRate(this.rates, 'EUR');
  }
}

(window as any).exchange = () => setTimeout(() => new Exchange({}).convert(Math.random()));
`;

/** What the page throws; in a file of its own, for what the driver evaluates is another origin's script. */
const CAUSES = `window.causes = () => {
  const chain = (depth) => new Error(\`chain \${depth}\`, depth < 9 ? { cause: chain(depth + 1) } : {});
  const circle = new Error('circle');
  circle.cause = new Error('of two', { cause: circle });
  const thrown = [
    chain(0),
    circle,
    new AggregateError([1, 2, 3, 4].map((at) => new RangeError(\`part \${at}\`)), 'gathered'),
    new Error('caused by a word', { cause: 'a word' }),
    new DOMException('of the DOM', 'QuotaExceededError'),
  ];
  for (const error of thrown) setTimeout(() => { throw error; });
  const frame = document.body.appendChild(document.createElement('iframe'));
  Promise.reject(new frame.contentWindow.TypeError('of another realm', { cause: new frame.contentWindow.Error('its cause') }));
  // Behind the others.
  return new Promise((resolve) => setTimeout(resolve));
};`;

let ingest, browser, pages, folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dna-build-'));
  ingest = await startIngest({ sourceMaps: join(folder, 'maps') });
  browser = await launch();
  await writeFile(join(folder, 'exchange.ts'), SOURCE);
  // Two builds of it, one with identifiers.
  for (const name of ['named', 'noted']) {
    await build({
      entryPoints: { [name]: join(folder, 'exchange.ts') },
      outdir: join(folder, 'dist'),
      bundle: true,
      minify: true,
      sourcemap: true,
      format: 'iife',
      logLevel: 'error',
    });
  }
  await run(ingestBinary, ['sourcemaps', 'inject', join(folder, 'dist/noted.js')]);
  const upload = (release, map) =>
    ingest.run('sourcemaps', 'upload', '--app', 'demo-bank', '--release', release, join(folder, 'dist', map));
  await upload('7.1', 'named.js.map');
  await upload('another', 'noted.js.map');
  const script = async (name) => ({ body: await readFile(join(folder, 'dist', `${name}.js`)) });
  const page = (name) => ({
    body: `<!doctype html><script src="/sdk/dna.js" data-key="demo-bank" data-endpoint="${ingest.url}" data-release="7.1"></script>
      <script src="/built/${name}.js"></script><link rel="icon" href="data:,">`,
  });
  pages = await startPages({
    '/named': page('named'),
    '/noted': page('noted'),
    '/causes': page('causes'),
    '/built/causes.js': { body: CAUSES },
    '/built/named.js': await script('named'),
    '/built/noted.js': await script('noted'),
  });
});
after(async () => {
  await browser?.close();
  await pages?.stop();
  await ingest?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A page on which the core runs. */
async function open(path) {
  const page = await browser.newPage();
  await page.goto(pages.url + path);
  await answered(page);
  return page;
}

/** The one exception whose message contains the text. */
async function exception(message) {
  const found = async () =>
    eventsOf(await ingest.entries()).filter(({ body }) => body['exception.message']?.includes(message));
  const events = await until(message, found, (events) => events.length > 0);
  assert.equal(events.length, 1);
  return events[0];
}

for (const [name, what] of [['named', 'its file and release'], ['noted', 'its debug id, whatever the release']]) {
  test(`a minified stack is shown as the source has it, found by ${what}`, async () => {
    const page = await open(`/${name}`);
    await page.evaluate(() => window.exchange());
    const events = await hurried(page)(
      'the exception',
      async () => eventsOf(await ingest.entries()).filter(({ kind, frame }) => kind === 'exception' && frame['url.full'].endsWith(`/${name}`)),
      (events) => events.length > 0,
    );
    const { body, resolved_stack: stack } = events[0];
    assert.match(body['exception.stacktrace'], new RegExp(`/built/${name}\\.js:1:\\d+`));
    assert.equal(Object.keys(body.debug_ids ?? {}).length, name === 'noted' ? 1 : 0);
    const frames = stack.filter((line) => line.source);
    assert.match(frames[0].source, /exchange\.ts$/);
    assert.deepEqual(frames.slice(0, 3).map(({ line }) => line), [6, 15, 19]);
    assert.equal(frames[0].function, 'readRate');
    assert.ok(frames[0].context.some(([number, text]) => number === 6 && text.includes('throw new RangeError')));
    // The cause was made on the same line.
    const cause = stack.findIndex((line) => typeof line === 'string' && line.startsWith('Caused by: TypeError: not loaded'));
    assert.ok(cause > 0, JSON.stringify(stack));
    assert.equal(stack[cause + 1].line, 6);
    const printed = await ingest.run('tail', '--no-follow');
    assert.match(printed, /at readRate \(.*exchange\.ts:6:\d+\)/);
    assert.match(printed, /> +6 \| +throw new RangeError/);
    await page.close();
  });
}

test('the live page shows the stack as the source has it', async () => {
  const page = await browser.newPage();
  await page.goto(`${ingest.url}/live`);
  const row = await page.waitForSelector('.row.kind-exception:has(.text)');
  await row.evaluate((it) => (it.open = true));
  const stack = await page.waitForSelector('.row.kind-exception .stack');
  const text = await stack.evaluate((it) => it.textContent);
  assert.match(text, /at readRate \(.*exchange\.ts:6:\d+\)/);
  assert.match(await stack.$eval('.at', (it) => it.textContent), /6 \| +throw new RangeError/);
  await page.close();
});

test('causes are told to the fifth, gathered errors to the third, and circles end', async () => {
  const page = await open('/causes');
  await page.evaluate(() => window.causes());
  await page.goto('about:blank');
  const stackOf = async (message) => (await exception(message)).body['exception.stacktrace'];
  const chain = await stackOf('chain 0');
  assert.deepEqual(chain.match(/Caused by: Error: chain \d/g), [1, 2, 3, 4, 5].map((at) => `Caused by: Error: chain ${at}`));
  assert.equal((await stackOf('circle')).match(/Caused by: /g).length, 1);
  const parts = (await stackOf('gathered')).match(/One of its errors: RangeError: part \d/g);
  assert.deepEqual(parts, [1, 2, 3].map((at) => `One of its errors: RangeError: part ${at}`));
  assert.match(await stackOf('caused by a word'), /\nCaused by: a word\n?$/);
  assert.equal((await exception('of the DOM')).body['exception.type'], 'QuotaExceededError');
  const foreign = await exception('of another realm');
  assert.equal(foreign.body['exception.type'], 'TypeError');
  assert.match(foreign.body['exception.stacktrace'], /Caused by: Error: its cause/);
  await page.close();
});
