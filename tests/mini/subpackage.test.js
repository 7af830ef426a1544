// The core in a sub-package, as the notes say it, so that the main package pays for the hooks alone: packed and
// compiled by WeChat's tools, loaded when it is needed, and what happens until then told once.

import assert from 'node:assert/strict';
import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { compile } from './compilers/wechat.js';
import { Phone } from './container/phone.js';
import { folder } from './fixture/lay.js';
import { install, sdkDist, sdkPackage } from './sdk.js';
import { ENDPOINT, Intake } from './visit/intake.js';

const CORES = ['dna.wasm', 'dna.wasm.br', 'dna-wasm2js.js'];
/** How `init` is told, in the words of the README, and the file that goes into the sub-package. */
const WAYS = {
  Wasm: ["wasm: () => require.async('./packages/dna/ready.js').then(() => '/packages/dna/dna.wasm.br')", 'dna.wasm.br'],
  JavaScript: ["wasm: false, core: () => require.async('./packages/dna/dna-wasm2js.js')", 'dna-wasm2js.js'],
};

/** Lays the project out and compiles it; gives back the compiled package. */
async function laid([words, file]) {
  const project = join(await folder(), 'bank');
  const files = {
    'project.config.json': JSON.stringify({
      appid: 'wx0123456789abcdef',
      compileType: 'miniprogram',
      setting: {},
      packOptions: { ignore: CORES.map((name) => ({ type: 'file', value: `miniprogram_npm/dna-mini/${name}` })) },
    }),
    'app.json': JSON.stringify({ pages: ['pages/home/home'], subPackages: [{ root: 'packages/dna', pages: [] }], sitemapLocation: 'sitemap.json' }),
    'sitemap.json': '{ "rules": [] }',
    'app.js': `require('dna-mini').init({ key: 'bank-mini', endpoint: '${ENDPOINT}', consent: 'granted', ${words} });\nApp({});\nthrow new Error('the line after init');\n`,
    'pages/home/home.js': 'Page({});',
    'pages/home/home.json': '{}',
    'pages/home/home.wxml': '<view />',
    'packages/dna/ready.js': '',
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(project, path, '..'), { recursive: true });
    await writeFile(join(project, path), text);
  }
  await install(project);
  await cp(join(sdkDist, file), join(project, 'packages/dna', file));
  const { errors } = await compile(project, join(project, '../out'), [{ compiler: 'original', setting: { es6: true, enhance: true } }]);
  assert.deepEqual(errors, [null]);
  return join(project, '../out/0');
}

/** A visit: the kinds and messages of what was told, and the application's own failures. */
async function visited(app) {
  const intake = new Intake();
  const phone = new Phone({ folder: app, domains: [ENDPOINT], serve: intake.serve });
  const running = await phone.launch();
  await running.advance(8_000);
  assert.deepEqual(running.refused, []);
  return { told: intake.events.filter(({ kind }) => kind == 'exception').map(({ message }) => message), printed: running.printed.map(({ text }) => text).join() };
}

for (const [what, way] of Object.entries(WAYS)) {
  let app;
  before(async () => {
    app = await laid(way);
  });

  test(`as ${what}: it is loaded from there, and the line after init is told once`, async () => {
    const main = await Promise.all(CORES.map((name) => stat(join(app, 'miniprogram_npm/dna-mini', name)).then(() => name, () => undefined)));
    assert.deepEqual(main.filter(Boolean), [], 'the main package has the hooks alone');
    if (way[1].includes('.wasm')) assert.ok((await readFile(join(app, 'packages/dna', way[1]))).equals(await readFile(join(sdkDist, way[1]))));
    assert.deepEqual((await visited(app)).told, ['the line after init']);
  });

  test(`as ${what}: without the sub-package nothing is measured, and the application goes on`, async () => {
    const alone = join(app, '../alone');
    await cp(app, alone, { recursive: true });
    const code = await readFile(join(app, 'app.js'), 'utf8');
    await writeFile(join(alone, 'app.js'), code.replace(/require\.async\([^)]*\)/, "Promise.reject(new Error('no network'))"));
    const { told, printed } = await visited(alone);
    assert.deepEqual(told, []);
    assert.match(printed, /there is no core/);
    await writeFile(join(alone, 'app.js'), code.replace(/require\.async\([^)]*\)/, 'Promise.resolve()'));
    assert.deepEqual((await visited(alone)).told, [], 'its files are not there before it is loaded');
  });

  test(`as ${what}: the notes say so`, async () => {
    assert.ok((await readFile(join(sdkPackage, 'README.md'), 'utf8')).includes(way[0]));
  });
}
