// The package as a bank gets it: packed by npm, installed into a project outside of the repository, packed
// and compiled by WeChat's tools, run; and what is said in it leads to what is in it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { RUNS, compile } from './compilers/wechat.js';
import { Phone } from './container/phone.js';
import { folder } from './fixture/lay.js';
import { install, npm, pack, sdkDist, sdkPackage } from './sdk.js';
import { API, ENDPOINT, Intake } from './visit/intake.js';
import { phoneFor, visit } from './visit/visit.js';

const ROOT = join(import.meta.dirname, '../..');
const INSTALLED = 'node_modules/dna-mini';
/** What a bank writes into its project, and nothing else. */
const PROJECT = {
  'package.json': '{ "name": "bank", "version": "1.0.0", "private": true }',
  'project.config.json': '{ "appid": "wx0123456789abcdef", "compileType": "miniprogram", "projectname": "bank", "setting": {} }',
  'app.json': '{ "pages": ["pages/home/home"], "sitemapLocation": "sitemap.json" }',
  'sitemap.json': '{ "rules": [{ "action": "allow", "page": "*" }] }',
  'app.js': `require('dna-mini').init({ key: 'bank-mini', endpoint: '${ENDPOINT}', consent: 'granted' });\nApp({});\n`,
  'pages/home/home.js': "const dna = require('dna-mini');\nPage({ pay() { dna.event('paid', { currency: 'CNY' }); throw new RangeError('too much'); } });\n",
  'pages/home/home.json': '{}',
  'pages/home/home.wxml': '<view bindtap="pay">pay</view>',
};

let project;
before(async () => {
  project = join(await folder(), 'bank');
  for (const [path, text] of Object.entries(PROJECT)) {
    await mkdir(join(project, path, '..'), { recursive: true });
    await writeFile(join(project, path), text);
  }
  await install(project);
});

test('it has what it says, its licence, and nothing else', async () => {
  const { files } = await pack(await folder());
  assert.deepEqual(files, ['LICENSE', 'PRIVACY.md', 'README.md', 'dist/dna-wasm2js.js', 'dist/dna-worker.js', 'dist/dna.wasm', 'dist/dna.wasm.br', 'dist/index.d.ts', 'dist/index.js', 'package.json']);
  const manifest = JSON.parse(await readFile(join(project, INSTALLED, 'package.json'), 'utf8'));
  assert.deepEqual([manifest.private, manifest.license, manifest.miniprogram, manifest.dependencies], [undefined, 'Apache-2.0', 'dist', undefined]);
  assert.ok((await npm(sdkPackage, 'publish', '--dry-run', '--offline', '--json')).includes('"name": "dna-mini"'), 'npm would publish it');
});

test('both packages carry the licence of the whole, and their versions are one', async () => {
  const text = await readFile(join(ROOT, 'LICENSE'), 'utf8');
  const versions = [];
  for (const from of ['js-wrapper', 'js-wrapper/mini']) {
    const { files } = await pack(await folder(), join(ROOT, from));
    assert.ok(files.includes('LICENSE'), from);
    assert.equal(await readFile(join(ROOT, from, 'LICENSE'), 'utf8'), text);
    const { version, private: isPrivate } = JSON.parse(await readFile(join(ROOT, from, 'package.json'), 'utf8'));
    assert.equal(isPrivate, undefined, from);
    versions.push(version);
  }
  assert.equal(versions[0], versions[1]);
});

/** A heading as GitHub and npm make it an anchor. */
const anchor = (heading) => heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');

for (const from of ['js-wrapper', 'js-wrapper/mini']) {
  test(`${from}: what its documents lead to is in the package`, async () => {
    const { files } = await pack(await folder(), join(ROOT, from));
    const texts = new Map();
    for (const file of files.filter((name) => name.endsWith('.md'))) texts.set(file, await readFile(join(ROOT, from, file), 'utf8'));
    let followed = 0;
    for (const [file, text] of texts) {
      for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https:/.test(link)) continue;
        const [path, heading] = link.split('#');
        const target = path ? posix.join(posix.dirname(file), path) : file;
        assert.ok(files.includes(target), `${file} leads to ${link}`);
        if (heading) {
          const anchors = [...texts.get(target).matchAll(/^#+ (.*)$/gm)].map(([, title]) => anchor(title));
          assert.ok(anchors.includes(decodeURIComponent(heading)), `${file} leads to ${link}; there are ${anchors}`);
        }
        followed += 1;
      }
    }
    assert.ok(followed > 1);
  });
}

test('installed into an empty project it is packed and compiled by every setting, and runs', async () => {
  const out = join(project, '..', 'out');
  const { warnings, errors } = await compile(project, out);
  assert.deepEqual({ warnings, errors }, { warnings: [], errors: RUNS.map(() => null) });
  for (const at of RUNS.keys()) {
    for (const name of ['dna.wasm', 'dna.wasm.br']) {
      assert.ok((await readFile(join(out, String(at), 'miniprogram_npm/dna-mini', name))).equals(await readFile(join(sdkDist, name))), `${at} ${name}`);
    }
    const intake = new Intake();
    const phone = new Phone({ folder: join(out, String(at)), domains: [ENDPOINT, API], serve: intake.serve });
    const running = await phone.launch();
    await running.tap('pay');
    await running.advance(8_000);
    const kinds = intake.events.map(({ kind }) => kind);
    for (const kind of ['custom', 'exception', 'page_view']) assert.ok(kinds.includes(kind), `${at}: ${kind} in ${kinds}`);
    assert.deepEqual(running.refused, []);
  }
});

test('its types are found by every way in which TypeScript looks for them', async () => {
  const tsc = join(import.meta.dirname, 'node_modules/typescript/bin/tsc');
  await writeFile(join(project, 'typed.ts'), "import * as dna from 'dna-mini';\nimport { init, type Options } from 'dna-mini';\nconst options: Options = { key: 'k', endpoint: 'e', traceOrigins: ['https://a.b'] };\ninit(options);\ndna.transaction('pay').fail({ why: 'limit' });\n// @ts-expect-error\ndna.consent('maybe');\n// @ts-expect-error\ndna.setUser(undefined);\n");
  for (const [module, resolution] of [['esnext', 'bundler'], ['node16', 'node16'], ['nodenext', 'nodenext'], ['commonjs', 'bundler']]) {
    const options = ['--noEmit', '--strict', '--ignoreConfig', '--target', 'es2017', '--lib', 'es2018', '--types', '', '--module', module, '--moduleResolution', resolution, 'typed.ts'];
    await promisify(execFile)(process.execPath, [tsc, ...options], { cwd: project }).catch(({ stdout }) => assert.fail(`${module}: ${stdout}`));
  }
});

test('what a visit tells stands in the document on privacy, and so does what it stores', async () => {
  const text = await readFile(join(project, INSTALLED, 'PRIVACY.md'), 'utf8');
  const { phone, intake } = await phoneFor('wechat', { options: { visitor: true } });
  const keys = new Set();
  const { set } = phone.storage;
  phone.storage.set = function (key, value) {
    keys.add(key.replace(/\.f\..*/, '.f.…'));
    return set.call(this, key, value);
  };
  await visit(phone);
  for (const key of [...keys].filter((name) => name.startsWith('dna.'))) assert.ok(text.includes(`\`${key}\``), key);
  assert.ok(keys.has('dna.v') && keys.has('dna.s') && keys.has('dna.f.…'), [...keys].join());
  const kinds = new Set(intake.events.map(({ kind }) => kind));
  assert.ok(kinds.size > 10);
  for (const kind of kinds) assert.ok(text.includes(`<!-- fields:${kind} -->`), kind);
});
