// The notes about uni-app and Taro, tried: a real project of each is built from npm by its own command line,
// taken by WeChat's compiler, and used in the strict container.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { RUNS, called, compile } from './compilers/wechat.js';
import { Phone } from './container/phone.js';
import { built } from './frameworks/build.js';
import { sdkDist, sdkPackage } from './sdk.js';
import { API, ENDPOINT, Intake } from './visit/intake.js';

const CARD = '6222020202020208';

/** How each makes an event of the view reach a button: Taro's template calls `eh`, uni-app's what the data name. */
const TAP = {
  'uni-app': (running, id) => running.tap(running.page.data[{ open: 'b', pay: 'a' }[id]], { type: 'tap', target: {}, currentTarget: { dataset: {} } }),
  taro: (running, id) => running.tap('eh', { type: 'tap', timeStamp: running.now, target: { id, dataset: {} }, currentTarget: { id, dataset: {} } }),
};
/** Where each puts the Wasm. */
const WASM = { 'uni-app': 'static/dna', taro: 'dna' };
/** Newer WeChat has it, and uni-app puts its own object in the place of WeChat's there; the other has it not. */
const GLOBALS = { 'with globalThis': (realm) => ({ global: {}, globalThis: realm.global }), 'without globalThis': () => ({ global: {} }) };

for (const framework of Object.keys(TAP)) {
  let folder;
  before(async () => {
    folder = await built(framework);
  });

  test(`${framework}: WeChat's compiler takes what it builds, and the Wasm comes out byte for byte`, async () => {
    const out = join(folder, '../../..', `out-${framework}`);
    // What the frameworks set themselves, or nothing; `enhance` fails on uni-app's own runtime.
    const runs = RUNS.filter(({ setting }) => !setting.enhance);
    const { errors } = await compile(folder, out, runs, { pack: false });
    assert.deepEqual(errors, runs.map(() => null), runs.map(called).join());
    for (const name of ['dna.wasm', 'dna.wasm.br']) {
      assert.ok((await readFile(join(out, '0', WASM[framework], name))).equals(await readFile(join(sdkDist, name))), name);
    }
  });

  for (const [what, globals] of Object.entries(GLOBALS)) {
    for (const sdkVersion of ['3.5.5', '2.20.0']) {
      test(`${framework}: base library ${sdkVersion}, ${what}: launch, pages, requests and an error are told once`, async () => {
        const intake = new Intake();
        const phone = new Phone({ folder, sdkVersion, domains: [ENDPOINT, API], serve: intake.serve });
        const running = await phone.launch({ globals });
        await running.advance(1_000);
        await TAP[framework](running, 'open');
        await running.advance(1_000);
        assert.equal(running.page.route, 'pages/transfer/index');
        await TAP[framework](running, 'pay');
        await running.advance(8_000);
        await running.hide();
        await running.advance(3_000);
        assert.deepEqual(running.refused, []);
        const told = (kind, of) => intake.events.filter((event) => event.kind == kind).map((event) => [event.page.split('/').at(-2), of(event)].join(' '));
        assert.deepEqual(told('app_launch', (event) => event['app.launch.type']), ['accounts cold']);
        assert.deepEqual(told('page_view', () => ''), ['accounts ']);
        assert.deepEqual(told('route_change', ({ type }) => type), ['transfer push']);
        assert.deepEqual(told('page_load', ({ type }) => type).sort(), ['accounts appLaunch', 'transfer navigateTo']);
        assert.deepEqual(told('api_call', ({ url, status }) => `${url} ${status}`), [`accounts ${API}/accounts 200`, `transfer ${API}/limits 200`]);
        assert.deepEqual(told('exception', ({ type, message }) => `${type} ${message}`), ['transfer RangeError card {card} is over its limit']);
        assert.ok(told('data_update', () => '').length > 0);
        const bodies = phone.sent.filter(({ url }) => url.startsWith(ENDPOINT)).map(({ body }) => Buffer.from(body).toString('latin1'));
        assert.ok(!bodies.join().includes(CARD) && !JSON.stringify(intake.events).includes(CARD));
      });
    }
  }
}

test('the notes say what these projects do', async () => {
  const notes = (await readFile(join(sdkPackage, 'README.md'), 'utf8')).split('### uni-app and Taro')[1];
  for (const [framework, files] of Object.entries({ 'uni-app': ['src/dna.js', 'src/main.js'], taro: ['src/dna.js', 'config/index.js'] })) {
    const folder = join(import.meta.dirname, 'frameworks', framework);
    for (const file of files) {
      const lines = (await readFile(join(folder, file), 'utf8')).split('\n').map((line) => line.trim());
      const wanted = lines.filter((line) => /dna/.test(line) || /errorHandler/.test(line));
      assert.ok(wanted.length > 0, file);
      for (const line of wanted) assert.ok(notes.includes(line.replace("consent: 'granted'", "consent: 'pending'")), `${framework} ${file}: ${line}`);
    }
    const { dependencies, devDependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      if (/^@dcloudio\/uni-app$|^@tarojs\/cli$|^vue$|^react$/.test(name)) assert.ok(notes.includes(version), `${name} ${version}`);
    }
  }
});
