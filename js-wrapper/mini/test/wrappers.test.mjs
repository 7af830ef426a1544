/** What stands around the platform's functions and the application's: this, arguments, options, results stay as they were. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { Device } from './container.mjs';
import { events } from './visit.mjs';

test('wrapped methods keep this, arguments, what they give back and what they throw', async () => {
  const device = new Device();
  const seen = [];
  const launch = device.launch({}, () => ({ onError: undefined, onAppHide: undefined }));
  const app = {
    onError(...told) {
      seen.push(['app', this === app, ...told]);
      return 'kept';
    },
  };
  launch.realm.App(app);
  assert.equal(launch.app.onError.call(app, 'words'), 'kept');
  launch.realm.Page({
    onShow() {
      seen.push(['page', this.route]);
      throw new Error('its own');
    },
  });
  assert.throws(() => launch.page.onShow.call({ route: 'pages/a' }), /its own/);
  const asked = { url: 'https://api.bank/a', success: (answer) => seen.push(['success', answer.statusCode]), complete: () => seen.push(['complete']) };
  launch.api.request(asked);
  await launch.pass(7_000);
  assert.deepEqual(seen, [['app', true, 'words'], ['page', 'pages/a'], ['success', 200], ['complete']]);
  assert.deepEqual((await events(device)).map(({ kind }) => kind), ['exception', 'page_view', 'api_call', 'app_launch']);
});

test('whatever kind of promise a call gives, its members go on working on it', async () => {
  const device = new Device('alipay');
  const kinds = {
    subclass: `(class extends Promise { #id = 7; static get [Symbol.species]() { return Promise } get id() { return this.#id } abort() { return this.#id } })`,
    thenable: `(class { #id = 7; #real; constructor(act) { this.#real = new Promise(act) } then(...given) { return this.#real.then(...given) } get id() { return this.#id } abort() { return this.#id } })`,
  };
  let launch;
  const request = (options) => (options.url.startsWith('https://dna.bank') ? launch.request(options) : new launch.Kind((done) => done({ status: 200 })));
  launch = device.launch({}, () => ({ request }));
  launch.show('pages/sign-in/index');
  for (const [kind, code] of Object.entries(kinds)) {
    launch.Kind = vm.runInContext(code, launch.realm);
    const task = launch.api.request({ url: `https://api.bank/${kind}` });
    assert.deepEqual([task.abort(), task.id, (await task).status], [7, 7, 200], kind);
  }
  await launch.pass(7_000);
  const told = (await events(device)).filter(({ kind }) => kind == 'api_call').map(({ url }) => url);
  assert.deepEqual(told, Object.keys(kinds).map((kind) => `https://api.bank/${kind}`));
});

for (const name of ['request', 'uploadFile', 'downloadFile', 'navigateTo']) {
  test(`${name} is called with the application's this and arguments, and its callbacks with the platform's`, async () => {
    const device = new Device();
    const asked = [];
    const ours = (options) => options.url.startsWith('https://dna.bank');
    let launch;
    launch = device.launch({}, () => ({
      request: (options) => launch.request(options),
      [name](...given) {
        if (ours(given[0])) return launch.request(given[0]);
        asked.push([this, given]);
        return given[1];
      },
    }));
    const seen = [];
    const note = (what) => function (...told) {
      seen.push([what, this, ...told]);
      return what;
    };
    const options = { url: 'https://api.bank/a', success: note('success'), fail: note('fail'), complete: note('complete') };
    assert.equal(launch.api[name](options, 'second', 'third'), 'second');
    const [[self, [sent, ...more]]] = asked;
    assert.equal(self, launch.api);
    assert.deepEqual(more, ['second', 'third']);
    const marker = {};
    const given = [];
    for (const what of ['success', 'fail', 'complete']) given.push(sent[what].call(marker, 'told', 2), sent[what]('on the options'), (0, sent[what])());
    assert.deepEqual(given, ['success', 'fail', 'complete'].flatMap((what) => [what, what, what]));
    // A method of the options' is called on the application's own: it may note something there.
    for (const [at, [what, self, ...told]] of seen.entries()) {
      assert.ok(self === [marker, options, undefined][at % 3], `${what} ${at}`);
      assert.deepEqual(told, [['told', 2], ['on the options'], []][at % 3]);
    }
    assert.deepEqual(Object.keys(options), ['url', 'success', 'fail', 'complete']);
  });
}

test('methods of definitions, and the listeners of pages that are missing and of updates, get all arguments', async () => {
  const device = new Device();
  const seen = [];
  const note = (what) => (...told) => (seen.push([what, ...told]), what);
  const launch = device.launch({}, () => ({ onError: undefined, onAppHide: undefined, onPageNotFound: note('on'), offPageNotFound: note('off') }));
  const methods = (...names) => Object.fromEntries(names.map((name) => [name, note(name)]));
  const APP = ['onError', 'onHide', 'onPageNotFound'];
  launch.realm.App(methods(...APP));
  launch.realm.Page(methods('onLoad', 'onShow', 'onReady'));
  const page = Object.assign(Object.create(launch.page), { route: 'pages/a' });
  launch.stack = [page];
  launch.realm.Component({ lifetimes: methods('created', 'attached') });
  const called = [
    ...APP.map((name) => launch.app[name]({ name }, 'second', 3)),
    ...['onLoad', 'onShow', 'onReady'].map((name) => page[name]({ name }, 'second', 3)),
    ...['created', 'attached'].map((name) => launch.component.lifetimes[name].call({ is: 'components/b' }, { name }, 'second', 3)),
  ];
  const names = [...APP, 'onLoad', 'onShow', 'onReady', 'created', 'attached'];
  assert.deepEqual(called, names);
  assert.deepEqual(seen.splice(0), names.map((name) => [name, { name }, 'second', 3]));
  const listener = () => {};
  launch.api.onPageNotFound(listener, 'second', 3);
  launch.api.offPageNotFound(listener, 'second', 3);
  const theirs = seen.filter(([, first]) => first === listener);
  assert.deepEqual(theirs, [['on', listener, 'second', 3], ['off', listener, 'second', 3]]);
  const instance = { route: 'pages/c', setUpdatePerformanceListener: note('set') };
  launch.page.onLoad.call(instance, {});
  seen.length = 0;
  const updates = [];
  instance.setUpdatePerformanceListener({}, (...told) => updates.push(told), 'third');
  const [[, , both, more]] = seen;
  both({ updateStartTimestamp: 1, updateEndTimestamp: 2 }, 'second');
  assert.deepEqual([more, updates[0][1]], ['third', 'second']);
});

for (const name of ['App', 'Page', 'Component', 'Behavior']) {
  test(`${name} is called with the application's this and all its arguments, and gives back the platform's`, async () => {
    const device = new Device();
    const launch = device.launch(null);
    const seen = [];
    launch.realm[name] = function (...given) {
      seen.push([this, ...given]);
      return 'given';
    };
    // So that there is something in App to be listened to.
    launch.api.onAppHide = undefined;
    launch.dna.init({ key: 'bank-mini', endpoint: 'https://dna.bank', consent: 'granted' });
    const [self, options] = [{}, {}];
    assert.equal(launch.realm[name].call(self, options, 'second', 3), 'given');
    assert.equal(launch.realm[name].call(self), 'given');
    assert.ok(seen[0][0] === self && seen[0][1] === options, 'the same objects');
    assert.deepEqual(seen[0].slice(2), ['second', 3]);
    assert.equal(seen[1].length, 1);
  });
}
