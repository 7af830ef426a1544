// Whatever of the platform is missing or broken, the application behaves as without the SDK.

import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { PLATFORMS } from './container/phone.js';
import { API } from './visit/intake.js';
import { lay, phoneFor, visit } from './visit/visit.js';

/** A package of the same face that does nothing. */
const NOTHING = `const none = () => {}, step = { end: none, fail: none };
module.exports = { init: none, setUser: none, clearUser: none, event: none, mark: none, route: none, error: none, consent: none, stop: none, transaction: () => step };`;

/** What a user, and the bank's server, notice of an application. */
async function noticed(phone) {
  const running = await visit(phone);
  return {
    data: JSON.parse(JSON.stringify(running.page?.data ?? null)),
    pages: [...running.realm.run('getCurrentPages().map((page) => page.route).join()')].join(''),
    thrown: running.thrown.map(({ message }) => message),
    refused: running.refused,
    bank: phone.sent.filter(({ url }) => url.startsWith(API)).map(({ url, method, headers, body }) => [url, method, headers, String(body)]),
    stored: Object.fromEntries(Object.entries(phone.storage.texts).filter(([key]) => !key.startsWith('dna.'))),
  };
}

/** What each platform shows without the SDK, its phone as `more` says. */
const without = async (platform, more = {}, prepare = () => {}) => {
  const app = await lay(platform);
  await writeFile(join(app, PLATFORMS[platform].npm[0], 'dna-mini/index.js'), NOTHING);
  const { phone } = await phoneFor(platform, { app, ...more });
  prepare(phone);
  return noticed(phone);
};

const apps = {};
before(async () => {
  for (const platform of Object.keys(PLATFORMS)) apps[platform] = await lay(platform);
});

for (const platform of Object.keys(PLATFORMS)) {
  test(`${platform}: the application is as without the SDK`, async () => {
    const { phone } = await phoneFor(platform, { app: apps[platform] });
    assert.deepEqual(await noticed(phone), await without(platform));
  });

  for (const fault of ['throws', 'full']) {
    test(`${platform}: so it is with a storage that ${fault == 'full' ? 'is full' : 'throws'}, and all is told`, async () => {
      const broken = (phone) => (phone.storage.fault = fault);
      const { phone, intake } = await phoneFor(platform, { app: apps[platform] });
      broken(phone);
      assert.deepEqual(await noticed(phone), await without(platform, {}, broken));
      const kinds = new Set(intake.events.map(({ kind }) => kind));
      for (const kind of ['exception', 'identity', 'custom', 'api_call']) assert.ok(kinds.has(kind), kind);
    });
  }
}

/** What the SDK may use of WeChat, each taken away by itself. */
const MISSING = [
  'onError',
  'onUnhandledRejection',
  'onAppShow',
  'onAppHide',
  'onPageNotFound',
  'onMemoryWarning',
  'onNetworkStatusChange',
  'onNetworkWeakChange',
  'onLazyLoadError',
  'onBeforeAppRoute',
  'onAppRoute',
  'onAppRouteDone',
  'getPerformance',
  'getLaunchOptionsSync',
  'getEnterOptionsSync',
  'getSystemInfoSync',
  'getSystemInfo',
  'getNetworkType',
  'getRandomValues',
  'getStorageSync',
  'getStorageInfoSync',
  'setStorageSync',
  'removeStorageSync',
  'offPageNotFound',
  'WXWebAssembly',
];

/** What it may use of the others that have something of their own. */
const COMMON = ['onError', 'onUnhandledRejection', 'onAppShow', 'onAppHide', 'onMemoryWarning', 'onNetworkStatusChange', 'onPageNotFound', 'getLaunchOptionsSync', 'getSystemInfo', 'getNetworkType', 'getStorageInfoSync'];
const ABSENT = {
  wechat: MISSING,
  alipay: [...COMMON, 'createWorker', 'SDKVersion', 'offPageNotFound'],
  douyin: [...COMMON, 'onLazyLoadError', 'performance', 'TTWebAssembly', 'getEnvInfoSync'],
};

for (const [platform, names] of Object.entries(ABSENT)) {
  for (const name of names) {
    test(`${platform} without ${name}: the application is as without the SDK, and what can be told is`, async () => {
      const more = { missing: [name] };
      const { phone, intake } = await phoneFor(platform, { app: apps[platform], ...more });
      assert.deepEqual(await noticed(phone), await without(platform, more));
      const kinds = new Set(intake.events.map(({ kind }) => kind));
      for (const kind of ['identity', 'custom', 'api_call', 'page_view']) assert.ok(kinds.has(kind), `${kind} in ${[...kinds]}`);
    });
  }
}

test('the oldest base library that has Wasm, and one before it', async () => {
  for (const sdkVersion of ['2.13.0', '2.8.0']) {
    const { phone, intake } = await phoneFor('wechat', { app: apps.wechat, sdkVersion });
    assert.deepEqual(await noticed(phone), await without('wechat', { sdkVersion }), sdkVersion);
    assert.ok(intake.events.some(({ kind }) => kind == 'exception'), sdkVersion);
  }
});

test('without any core the application goes on, and nothing is sent', async () => {
  for (const platform of Object.keys(PLATFORMS)) {
    const app = await lay(platform);
    const folder = join(app, PLATFORMS[platform].npm[0], 'dna-mini');
    await Promise.all(['dna.wasm', 'dna.wasm.br', 'dna-wasm2js.js'].map((name) => rm(join(folder, name))));
    const { phone, intake } = await phoneFor(platform, { app });
    assert.deepEqual(await noticed(phone), await without(platform));
    assert.equal(intake.taken.length, 0);
  }
});

test('an intake that is busy or away costs the application nothing, and loses nothing', async () => {
  for (const state of ['busy', 'away']) {
    const { phone, intake } = await phoneFor('wechat', { app: apps.wechat });
    intake.state = state;
    assert.deepEqual(await noticed(phone), await without('wechat'));
    intake.state = 'well';
    const again = await phone.launch();
    await again.advance(60_000);
    const kinds = new Set(intake.events.map(({ kind }) => kind));
    for (const kind of ['exception', 'custom', 'api_call', 'transaction', 'unhandled_rejection']) assert.ok(kinds.has(kind), `${state}: ${kind}`);
  }
});
