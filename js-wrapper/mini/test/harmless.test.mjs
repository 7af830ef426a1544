/** Whatever is missing, broken or thrown: the mini program behaves as without the SDK. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Device, settled } from './container.mjs';
import { events, visit } from './visit.mjs';

const WASM = ['dna.wasm', 'dna.wasm.br'].map((name) => '/miniprogram_npm/dna-mini/' + name);

for (const [what, spoil] of [
  ['missing', (files) => WASM.forEach((name) => files.delete(name))],
  ['corrupt', (files) => WASM.forEach((name) => files.set(name, Buffer.from('\0asm nonsense')))],
  ['another module', (files) => WASM.forEach((name) => files.set(name, Buffer.from('0061736d01000000', 'hex')))],
]) {
  test(`a Wasm that is ${what}: the core as JavaScript reports`, async () => {
    const device = new Device();
    spoil(device.files);
    const launch = device.launch({ wasm: WASM[0] });
    await visit(launch);
    assert.equal((await events(device)).length, 13);
  });
}

test('without any core nothing is measured and the application goes on', async () => {
  const device = new Device();
  for (const name of [...WASM, '/miniprogram_npm/dna-mini/dna-wasm2js.js']) device.files.delete(name);
  const launch = device.launch();
  await visit(launch);
  assert.equal(device.sent.length, 0);
  assert.match(launch.warnings.join(), /there is no core/);
});

test('the Wasm may be in a sub-package that is loaded first', async () => {
  const device = new Device();
  const away = device.files.get(WASM[1]);
  for (const name of [...WASM, '/miniprogram_npm/dna-mini/dna-wasm2js.js']) device.files.delete(name);
  const path = '/packages/dna/dna.wasm.br';
  await visit(device.launch({ wasm: () => Promise.resolve().then(() => device.files.set(path, away)).then(() => path) }));
  assert.equal((await events(device)).length, 13);
});

test('a sub-package that does not load leaves the core as JavaScript', async () => {
  const device = new Device();
  await visit(device.launch({ wasm: () => Promise.reject(new Error('no network')) }));
  assert.equal((await events(device)).length, 13);
});

test('the core as JavaScript may come from a sub-package', async () => {
  const device = new Device();
  let launch;
  const core = () => Promise.resolve(launch.require('./dna-wasm2js.js'));
  launch = device.launch({ wasm: false, core });
  await visit(launch);
  assert.equal((await events(device)).length, 13);
});

test('a storage that throws, and missing APIs', async () => {
  const device = new Device();
  const broken = () => {
    throw new Error('full');
  };
  const launch = device.launch({}, () => ({
    getStorageSync: broken,
    setStorageSync: broken,
    removeStorageSync: broken,
    getStorageInfoSync: broken,
    onAppShow: undefined,
    onAppHide: undefined,
    getLaunchOptionsSync: undefined,
  }));
  launch.realm.App({ onHide() {} });
  launch.dna.event('a');
  await settled();
  launch.app.onHide.call(launch.app);
  await launch.pass(1_000);
  const told = await events(device);
  assert.deepEqual(told.map(({ kind }) => kind), ['custom', 'visibility']);
});

test('events that throw when somebody listens take nothing else along: the methods of App tell instead', async () => {
  const device = new Device();
  const broken = () => {
    throw new Error('no such event');
  };
  const EVENTS = ['onAppShow', 'onAppHide', 'onError', 'onUnhandledRejection', 'onPageNotFound', 'onMemoryWarning', 'onNetworkStatusChange', 'onNetworkWeakChange', 'onLazyLoadError', 'onBeforeAppRoute', 'onAppRoute'];
  const launch = device.launch({}, () => Object.assign(Object.fromEntries(EVENTS.map((name) => [name, broken])), { navigateTo() {} }));
  launch.realm.App({});
  await settled();
  launch.show('pages/sign-in/index');
  await launch.pass(2_000);
  launch.app.onError('Error: kept\n    at a.js:1:1');
  launch.app.onUnhandledRejection({ reason: new Error('kept too') });
  launch.api.navigateTo({ url: '/pages/accounts/index' });
  await launch.pass(40);
  const page = launch.show('pages/accounts/index');
  launch.page.onReady.call(page);
  launch.app.onHide();
  await launch.pass(1_000);
  const told = (await events(device)).map(({ kind, type }) => `${kind} ${type ?? ''}`);
  for (const one of ['exception Error', 'unhandled_rejection Error', 'route_change push', 'page_load navigateTo', 'visibility ']) assert.ok(told.includes(one), `${one} in ${told}`);
});

for (const [what, answer] of Object.entries({ undefined: [], null: [null] })) {
  test(`answers of the platform's that are ${what} throw nothing into it, and nothing is lost`, async () => {
    const device = new Device();
    let failures = 0;
    let launch;
    const request = (options) => {
      if (!options.url.startsWith('https://dna.bank') || failures++) return launch.request(options);
      answered(options.fail);
    };
    const thrown = [];
    const answered = (callback) => {
      try {
        callback(...answer);
      } catch (error) {
        thrown.push(error.message);
      }
    };
    const getRandomValues = ({ success }) => answered(success);
    launch = device.launch({}, () => ({ request, getRandomValues }));
    launch.dna.event('kept');
    await launch.pass(60_000);
    assert.deepEqual([thrown, launch.warnings], [[], []]);
    assert.ok(failures > 1, 'it is sent again');
    assert.equal((await events(device)).filter(({ name }) => name == 'kept').length, 1);
  });
}

test('what cannot be read or written does not throw into the application', async () => {
  const device = new Device();
  const throwing = (...names) => Object.defineProperties({}, Object.fromEntries(names.map((name) => [name, { enumerable: true, get: () => { throw new Error(name); } }])));
  const launch = device.launch({ release: Object.create(null) }, () => ({ onAppHide: undefined }));
  launch.realm.App(Object.freeze({}));
  launch.realm.Page(Object.freeze({}));
  launch.realm.Component(throwing('methods'));
  launch.dna.error(throwing('message', 'stack'));
  launch.dna.event('a', throwing('b'));
  launch.tell('onNetworkStatusChange', { networkType: Object.create(null) });
  launch.tell('onUnhandledRejection', { reason: throwing('name') });
  await launch.pass(7_000);
  assert.ok((await events(device)).some(({ kind }) => kind == 'custom'));
});

/** What no call expects. */
const STRANGE = [undefined, null, 0, -1, NaN, Infinity, 1e21, '', 'x'.repeat(100_000), true, Symbol('s'), 10n, [], {}, () => {}, Object.create(null), Object.freeze({}), '\ud800', new Date(NaN), [1, [2]],
  new Proxy({}, { get() { throw new Error('no'); }, ownKeys() { throw new Error('no'); } }),
  { toString() { throw new Error('no'); } },
  Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, at]))];

test('whatever the application or the platform hands over, nothing is thrown, and what comes next is told', async () => {
  for (const platform of ['wechat', 'alipay']) {
    const device = new Device(platform);
    const launch = device.launch();
    const { dna } = launch;
    for (const value of STRANGE) {
      dna.setUser(value, value);
      for (const name of ['event', 'mark', 'route', 'error']) dna[name](value, value);
      dna.event('a', { value });
      const step = dna.transaction(value, value);
      step.end(value);
      step.fail(value);
      for (const name of ['onError', 'onUnhandledRejection', 'onAppShow', 'onAppHide', 'onMemoryWarning', 'onNetworkStatusChange', 'onNetworkWeakChange', 'onLazyLoadError']) launch.tell(name, value, value);
      launch.tell('onUnhandledRejection', { reason: value });
      for (const name of ['App', 'Page', 'Component']) launch.realm[name](value);
      launch.realm.Page({ data: value, onLoad: value, onShow: value, behaviors: value, mixins: value, methods: value });
      launch.realm.Component({ methods: value, lifetimes: value, behaviors: [value], mixins: [value], attached: value });
    }
    await launch.pass(1_000);
    dna.event('last');
    await launch.pass(10_000);
    assert.ok((await events(device)).some(({ name }) => name == 'last'), platform);
    assert.ok(!launch.warnings.some((text) => /has failed/.test(text)), launch.warnings.join('\n'));
  }
});

for (const option of ['key', 'endpoint', 'release', 'sampleRate', 'consent', 'visitor', 'vipTiers', 'urlParams', 'traceOrigins', 'apis', 'wasm', 'core']) {
  test(`whatever ${option} is, init throws nothing, and says what is wrong where nothing is sent`, async () => {
    for (const value of STRANGE) {
      const device = new Device();
      const launch = device.launch({ [option]: value });
      launch.dna.event('last');
      await launch.pass(12_000);
      const sent = (await events(device)).length > 0;
      const said = launch.warnings.some((text) => text.includes(`dna: ${option} `));
      // Not agreed to, and a share of nothing, are no mistakes.
      if (option == 'consent' || (option == 'sampleRate' && value === 0)) assert.equal(sent, false);
      else assert.ok(sent || said, `${typeof value} ${launch.warnings}`);
    }
  });
}

test('outside of a mini program init does nothing', async () => {
  const { default: dna } = await import('../dist/index.js');
  dna.init({ key: 'k', endpoint: 'https://dna.bank' });
  dna.event('a');
});
