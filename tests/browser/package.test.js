// The npm package as a customer gets it: packed, installed, its types, and built by esbuild, Vite and webpack.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { launch, onlyIn } from './harness/browser.js';
import { startBuilt } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, startIngest } from './harness/servers.js';

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** What a customer writes; each line below the calls is one that the types must refuse. */
const TYPED = `
import { clearUser, consent, error, event, init, mark, plugin, route, setUser, stop, transaction, type Attributes, type Options } from 'dna-web';
const options: Options = { key: 'k', endpoint: 'https://dna.bank.example', release: '1', sampleRate: 0.5, debug: true, configKey: 'x',
  consent: 'pending', visitor: true, vipTiers: ['vip', 'gold'], urlParams: 'lang', traceOrigins: ['self'], console: 'error',
  beforeSend: (event) => event.kind !== 'mark' && delete event.body.attributes };
const attributes: Attributes = { currency: 'CNY', amount: 3, first: true, none: undefined };
init(options);
setUser('u-1', { tier: 'vip', branch: 7 });
setUser(4711);
event('paid', attributes);
route('order');
consent('granted');
mark('prices-shown');
error(new Error('caught'));
transaction('sms-login', { channel: 'sms' }).end();
transaction('transfer').fail({ reason: 'limit' });
plugin({ name: 'cart', start: (dna) => { dna('event', 'cart'); return () => {}; } });
clearUser();
stop();
// @ts-expect-error
init({ key: 1 });
// @ts-expect-error
init({ keys: 'k' });
// @ts-expect-error
event('paid', { currency: { code: 'CNY' } });
// @ts-expect-error
setUser(undefined);
// @ts-expect-error
setUser('u-1', { tier: 1 });
// @ts-expect-error
route();
// @ts-expect-error
consent('maybe');
// @ts-expect-error
transaction();
`;

/** Bundlers and compilers know no browsers; that the SDK runs in each the other tests show. */
const skip = onlyIn('chromium', 'what is built is the same');

let ingest, browser, folder;
before(async () => {
  if (skip) return;
  folder = await mkdtemp(join(tmpdir(), 'dna-package-'));
  // As npm installs it, without its registry.
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: join(root, 'js-wrapper') });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  const installed = join(folder, 'node_modules/dna-web');
  await mkdir(installed, { recursive: true });
  await run('tar', ['--extract', '--file', join(folder, tarball), '--directory', installed, '--strip-components=1']);
  ingest = await startIngest();
  browser = await launch();
  // Whoever signs in is told at once, with what waits.
  const script = (name) => `import { init, event, setUser } from 'dna-web';
init({ key: 'demo-bank', endpoint: ${JSON.stringify(ingest.url)} });
event('built-by-${name}');
setUser('u-1');`;
  for (const name of ['esbuild', 'vite', 'webpack']) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'main.js'), script(name));
    await writeFile(join(folder, name, 'index.html'), `<!doctype html><title>${name}</title><script type="module" src="/main.js"></script>`);
  }
});
after(async () => {
  await browser?.close();
  await ingest?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The built page runs: its event arrives, told by the core and not by the words of a page that is left without it. */
async function works(outDir, name) {
  const site = await startBuilt(outDir);
  const page = await browser.newPage();
  const words = [];
  page.on('console', (message) => /dna/.test(message.text()) && words.push(message.text()));
  await page.goto(site.url);
  const told = async () => eventsOf(await ingest.entries()).filter(({ body }) => body['event.name'] === `built-by-${name}`);
  const [event] = await until('the event', told, (events) => events.length > 0);
  assert.ok(event.frame['telemetry.sdk.version'], 'by the core');
  assert.deepEqual(words, []);
  await page.close();
  await site.stop();
}

test('the package has what is built, and nothing else', { skip }, async () => {
  const installed = join(folder, 'node_modules/dna-web');
  assert.deepEqual((await readdir(installed)).sort(), ['LICENSE', 'README.md', 'dist', 'package.json']);
  const files = await readdir(join(installed, 'dist'));
  for (const name of ['dna.js', 'dna-core.js', 'dna.wasm', 'dna-extras.js', 'dna-wasm2js.js', 'dna-debug.js', 'dna-debug.wasm', 'integrity.json']) {
    assert.ok(files.includes(name), name);
  }
});

for (const [module, moduleResolution] of [['ESNext', 'Bundler'], ['NodeNext', 'NodeNext']]) {
  test(`its types say what is allowed (${moduleResolution})`, { skip }, async () => {
    await writeFile(join(folder, 'typed.mts'), TYPED);
    const options = { module, moduleResolution, target: 'ES2022', strict: true, noEmit: true, skipLibCheck: false, isolatedModules: true, types: [] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['typed.mts'] }));
    const tsc = join(root, 'js-wrapper/node_modules/.bin/tsc');
    await run(tsc, ['--project', folder]).catch(({ stdout, stderr }) => assert.fail(stdout + stderr));
  });
}

test('esbuild builds it, and the Wasm is copied beside', { skip }, async () => {
  const from = join(folder, 'esbuild');
  const outdir = join(folder, 'esbuild-out');
  await build({ entryPoints: [join(from, 'main.js')], bundle: true, splitting: true, format: 'esm', minify: true, outdir, logLevel: 'warning' });
  await copyFile(join(from, 'index.html'), join(outdir, 'index.html'));
  for (const name of ['dna.wasm', 'dna-debug.wasm']) await copyFile(join(folder, 'node_modules/dna-web/dist', name), join(outdir, name));
  await works(outdir, 'esbuild');
});

test('Vite builds it and finds the Wasm', { skip }, async () => {
  const outDir = join(folder, 'vite-out');
  await run(join(root, 'examples/node_modules/.bin/vite'), ['build', '--outDir', outDir], { cwd: join(folder, 'vite') });
  assert.ok((await readdir(join(outDir, 'assets'))).some((name) => /^dna-.*\.wasm$/.test(name)));
  await works(outDir, 'vite');
});

test('webpack builds it and finds the Wasm', { skip }, async () => {
  const webpack = createRequire(join(root, 'examples/package.json'))('webpack');
  const from = join(folder, 'webpack');
  const path = join(folder, 'webpack-out');
  const stats = await promisify(webpack)({ mode: 'production', context: from, entry: './main.js', output: { path } });
  assert.ok(!stats.hasErrors(), stats.toString());
  await copyFile(join(from, 'index.html'), join(path, 'index.html'));
  await works(path, 'webpack');
});
