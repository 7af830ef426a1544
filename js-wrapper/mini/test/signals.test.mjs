/** What the platform tells of launches, pages, data, requests and the device, from its events to the wire. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Device, settled } from './container.mjs';
import { events, everything } from './visit.mjs';

const SYSTEM = { SDKVersion: '3.8.9', version: '8.0.60', model: 'PLK110', system: 'Android 15', platform: 'android', benchmarkLevel: 34, language: 'zh_CN', windowWidth: 390, windowHeight: 763 };

/** A platform that measures: what it had measured before, and `measure` for what it measures now. */
function measuring(before = [], list = (entries) => ({ getEntries: () => entries })) {
  const listeners = [];
  const performance = {
    getEntries: () => before,
    createObserver: (listener) => ({ supportedEntryTypes: ['navigation', 'render', 'script', 'loadPackage', 'resource'], observe: ({ entryTypes }) => listeners.push([listener, entryTypes]) }),
  };
  const measure = (...entries) => {
    for (const [listener, types] of listeners) listener(list(entries.filter(({ entryType }) => types.includes(entryType))));
  };
  return [performance, measure];
}

const only = async (device, kind) => (await events(device)).filter((event) => event.kind === kind);

test('a launch: how it was opened, on what, and how long it took', async () => {
  const device = new Device();
  const [performance, measure] = measuring([{ name: 'downloadPackage', entryType: 'loadPackage', packageName: '__APP__', packageSize: 182_044, startTime: device.now - 400, duration: 120 }]);
  const launch = device.launch({}, () => ({
    getPerformance: () => performance,
    getLaunchOptionsSync: () => ({ path: 'pages/sign-in/index', scene: 1001, query: { card: '6222020202020208' } }),
    getSystemInfo: ({ success }) => success(SYSTEM),
    getNetworkType: ({ success }) => success({ networkType: 'wifi' }),
  }));
  launch.show('pages/sign-in/index');
  await launch.pass(500);
  measure({ name: 'appLaunch', entryType: 'navigation', path: 'pages/sign-in/index', startTime: device.now - 1_400, duration: 1_400, navigationType: 'appLaunch' });
  measure({ name: 'evaluateScript', entryType: 'script', moduleName: '__APP__', fileList: ['a.js', 'b.js'], startTime: device.now - 900, duration: 44 });
  await launch.pass(6_000);
  const [told, ...more] = await only(device, 'app_launch');
  assert.deepEqual(more, []);
  assert.deepEqual([told['app.launch.type'], told['app.launch.path'], told['app.launch.scene'], told.duration], ['cold', 'pages/sign-in/index', '1001', 1400]);
  assert.deepEqual([told['device.model.identifier'], told['os.name'], told['os.version'], told['network.connection.type']], ['PLK110', 'Android', '15', 'wifi']);
  const code = await only(device, 'code_load');
  assert.deepEqual(code.map((one) => [one['code.load.type'], one['package.size'] ?? one['script.count']]), [['downloadPackage', 182_044], ['evaluateScript', 2]]);
  assert.ok(!(await everything(device)).includes('6222'));

  launch.tell('onAppHide');
  await launch.pass(60_000);
  launch.tell('onAppShow', { path: 'pages/accounts/index', scene: 1038, query: { token: 's3cret' } });
  await launch.pass(6_000);
  const [, warm] = await only(device, 'app_launch');
  assert.deepEqual([warm['app.launch.type'], warm['app.launch.path'], warm['app.launch.scene']], ['warm', 'pages/accounts/index', '1038']);
});

test('Douyin hands its entries over as they are, under its own names', async () => {
  const device = new Device('douyin');
  const [performance, measure] = measuring([], (entries) => entries);
  performance.createObserver = ((create) => (listener) => ({ ...create(listener), supportedEntryTypes: undefined }))(performance.createObserver);
  const launch = device.launch({}, () => ({ performance }));
  measure({ name: 'app-click', entryType: 'launch', startTime: device.now - 700, duration: 300 });
  const page = launch.show('pages/sign-in/index');
  await launch.pass(250);
  launch.page.onReady.call(page);
  measure({ name: 'first-contentful-paint', entryType: 'paint', path: 'pages/sign-in/index', startTime: device.now });
  await launch.pass(7_000);
  const [cold] = await only(device, 'app_launch');
  assert.equal(cold.duration, 950);
  const [paint] = await only(device, 'web_vital');
  assert.deepEqual([paint.name, paint.value], ['FCP', 250]);
});

for (const [what, api] of [
  ['by the platform’s own event', (begin) => ({ onBeforeAppRoute: (listener) => (begin.route = (openType) => listener({ openType, path: 'pages/a/index' })) })],
  ['by the calls that open pages', (begin) => ({ navigateTo: () => 'task' })],
]) {
  test(`a page, from the wish for it to its first render, ${what}`, async () => {
    const device = new Device('alipay');
    const begin = {};
    const launch = device.launch({}, () => api(begin));
    launch.show('pages/sign-in/index');
    await launch.pass(2_000);
    if (begin.route) begin.route('navigateTo');
    else assert.equal(launch.api.navigateTo({ url: '/pages/accounts/index' }), 'task');
    await launch.pass(40);
    const page = launch.show('pages/accounts/index', { onLoad: () => (device.now += 6) });
    await launch.pass(200);
    launch.page.onReady.call(page);
    await launch.pass(7_000);
    const told = (await only(device, 'page_load')).filter(({ url }) => url.includes('accounts'));
    assert.equal(told.length, 1);
    assert.deepEqual([told[0].type, told[0].duration, told[0]['page.on_load.duration_ms']], ['navigateTo', 246, 6]);
  });
}

test('updates of data, as the platform measures them', async () => {
  const device = new Device();
  const launch = device.launch();
  const listeners = [];
  const measures = { setUpdatePerformanceListener: (options, listener) => listeners.push([options, listener]) };
  launch.realm.Component({ methods: {}, lifetimes: { attached() { this.ran = true; } } });
  const component = Object.assign(Object.create(measures), { is: 'components/keypad/index' });
  launch.component.lifetimes.attached.call(component);
  assert.equal(component.ran, true);
  launch.show('pages/sign-in/index', measures);
  await launch.pass(100);
  assert.deepEqual(listeners.map(([options]) => ({ ...options })), [{ withDataPaths: true }, { withDataPaths: true }]);
  const at = device.now;
  listeners[0][1]({ isMergedUpdate: true, dataPaths: [['form', 'payeeAccount'], ['list', 0, 'balance']], pendingStartTimestamp: at, updateStartTimestamp: at + 3, updateEndTimestamp: at + 20 });
  listeners[1][1]({ isMergedUpdate: false, dataPaths: [['6222020202020208']], pendingStartTimestamp: at, updateStartTimestamp: at, updateEndTimestamp: at + 9 });
  launch.tell('onAppHide');
  await launch.pass(100);
  const told = await only(device, 'data_update');
  assert.deepEqual(told.map((one) => [one['component.path'], one['data.paths'], one.duration, one['wait_ms']]), [
    ['components/keypad/index', 'form.payeeAccount list[].balance', 20, 3],
    ['pages/sign-in/index', '{id}', 9, undefined],
  ]);
});

test('the application’s own listener of updates is called too, with what it asks for', async () => {
  const device = new Device();
  const launch = device.launch();
  const set = [];
  const seen = [];
  launch.realm.Component({
    methods: { onLoad() {} },
    lifetimes: { attached() { this.setUpdatePerformanceListener({ withDataPaths: false }, (update) => seen.push(update)); } },
  });
  const page = Object.assign(Object.create({ setUpdatePerformanceListener: (...told) => set.push(told) }), { is: 'pages/a/index' });
  launch.stack = [page];
  launch.component.lifetimes.attached.call(page);
  launch.component.methods.onLoad.call(page);
  assert.deepEqual(set.map(([options]) => options.withDataPaths), [true, false]);
  const update = { pendingStartTimestamp: device.now, updateStartTimestamp: device.now, updateEndTimestamp: device.now + 9 };
  set.at(-1)[1](update);
  assert.deepEqual(seen, [update]);
  launch.tell('onAppHide');
  await launch.pass(100);
  assert.deepEqual((await only(device, 'data_update')).map(({ duration }) => duration), [9]);
});

test('updates of data on older platforms: setData is what it was, and is timed', async () => {
  const device = new Device();
  const launch = device.launch();
  const calls = [];
  const setData = function (data, callback, ...more) {
    calls.push([this, data, callback, more]);
    return 'returned';
  };
  const page = launch.show('pages/sign-in/index', { setData });
  const data = { 'form.card': '6222020202020208', 'list[3].name': 'Zhang Wei' };
  const seen = [];
  assert.equal(page.setData(data, function (...told) { seen.push([this, told]); }, 'third', 4), 'returned');
  assert.deepEqual([...calls[0][3]], ['third', 4]);
  assert.equal(calls[0][0], page);
  assert.equal(calls[0][1], data);
  await launch.pass(30);
  calls[0][2].call(page, 1, 2);
  assert.deepEqual([seen[0][0] === page, [...seen[0][1]]], [true, [1, 2]]);
  launch.page.onLoad.call(page, {});
  assert.equal(page.setData({}), 'returned');
  calls[1][2].call(page);
  launch.tell('onAppHide');
  await launch.pass(100);
  const [told] = await only(device, 'data_update');
  assert.deepEqual([told.count, told.duration, told['data.paths']], [2, 30, 'form.card list[].name']);
  const all = await everything(device);
  assert.ok(!all.includes('6222') && !all.includes('Zhang'));
});

test('requests, uploads and downloads with what WeChat measures of them', async () => {
  const device = new Device();
  const asked = [];
  const start = device.now;
  const profile = { peerIP: '10.20.30.40', port: 443, queueStart: start + 1, queueEnd: start + 4, fetchStart: start + 4, domainLookUpStart: start + 4, domainLookUpEnd: start + 12, connectStart: start + 12,
    SSLconnectionStart: start + 25, SSLconnectionEnd: start + 43, connectEnd: start + 43, requestStart: start + 44, requestEnd: start + 45, responseStart: start + 144, responseEnd: start + 150,
    rtt: 42, receivedBytedCount: 612, sendBytesCount: 188, protocol: 'h2', socketReused: false };
  const api = (name) => (options) => {
    asked.push([name, options]);
    if (options.url.startsWith('https://dna.bank')) return launch.request(options);
    options.success?.({ statusCode: 200, profile });
    return `${name} task`;
  };
  const launch = device.launch({ traceOrigins: ['https://api.bank'] }, () => ({ request: api('request'), uploadFile: api('uploadFile'), downloadFile: api('downloadFile') }));
  launch.show('pages/sign-in/index');
  const header = { authorization: 'Bearer s3cret' };
  const options = { url: 'https://api.bank:443/pay?card=6222020202020208', header, success() {} };
  assert.equal(launch.api.request(options), 'request task');
  assert.deepEqual([Object.keys(options), header], [['url', 'header', 'success'], { authorization: 'Bearer s3cret' }], 'the bank’s own objects are as they were');
  launch.api.uploadFile({ url: 'https://other.bank/papers', filePath: 'wxfile://a', name: 'papers', header: { traceparent: 'own' } });
  launch.api.downloadFile({ url: 'https://api.bank/statement', enableProfile: false });
  await launch.pass(7_000);
  const own = asked.filter(([, { url }]) => !url.startsWith('https://dna.bank'));
  assert.deepEqual(own.map(([, { enableProfile }]) => enableProfile), [true, true, false]);
  const parents = own.map(([, { header }]) => header?.traceparent);
  assert.match(parents[0], /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  assert.equal(own[0][1].header.authorization, 'Bearer s3cret');
  assert.equal(parents[1], 'own', 'another origin is not told');
  assert.match(parents[2], /^00-/);
  const told = await only(device, 'api_call');
  assert.deepEqual(told.map(({ initiator, method, url, status }) => [initiator, method, url, status]), [
    ['request', 'GET', 'https://api.bank:443/pay', 200],
    ['uploadFile', 'POST', 'https://other.bank/papers', 200],
    ['downloadFile', 'GET', 'https://api.bank/statement', 200],
  ]);
  const [first] = told;
  assert.equal(first.trace_id, parents[0].slice(3, 35));
  assert.deepEqual(
    ['blocked', 'dns', 'connect', 'ssl', 'wait', 'receive', 'queue'].map((phase) => first[`timing.${phase}`]),
    [3, 8, 31, 18, 100, 6, 3],
  );
  assert.deepEqual([first.protocol, first['network.connection.rtt'], first['network.connection.reused'], first.transfer_size, first['http.request.body.size']], ['h2', 42, 0, 612, 188]);
  const all = await everything(device);
  for (const secret of ['10.20.30.40', '6222', 's3cret']) assert.ok(!all.includes(secret), secret);
});

test('only the server that is called is told a trace: no address leads it elsewhere', async () => {
  const asked = [];
  const request = (options) => void asked.push([options.url, !!options.header]);
  const launch = new Device().launch({ traceOrigins: 'https://api.bank http://a:b@c.bank' }, () => ({ request }));
  const traced = ['https://api.bank', 'https://API.bank:443/pay', 'https://api.bank?a=me@bank', 'https://api.bank#a', 'https://api.bank/@other'];
  const others = ['https://api.bank@other/', 'https://api.bank:443@other', 'https://api.bank:x@other/pay', 'https://me@api.bank/', 'https://api.bank\\@other/',
    'https://api.bank\t@other/', 'https://api.bank\n.other', 'https://api.bank.other/', 'http://api.bank/', 'http://c.bank/', 'http://a:b@c.bank/', '//api.bank/', undefined];
  for (const url of [...traced, ...others]) launch.api.request({ url });
  assert.deepEqual(asked.filter(([, told]) => told).map(([url]) => url), traced);
  assert.deepEqual(launch.warnings, ['dna: traceOrigins has http://a:b@c.bank; allowed: origins such as https://api.bank.example. It is left out.']);
});

test('where a request is a promise it stays one, and is told', async () => {
  const device = new Device('alipay');
  const api = {
    request(options) {
      if (options.url.startsWith('https://dna.bank')) return launch.request(options);
      return new launch.realm.Promise((done, failed) => (options.url.includes('good') ? done({ status: 200 }) : failed({ error: 19, status: 500, errorMessage: 'http status error' })));
    },
  };
  let launch;
  launch = device.launch({}, () => ({ request: (options) => api.request(options) }));
  launch.realm.Promise = (await import('node:vm')).runInContext('Promise', launch.realm);
  launch.show('pages/sign-in/index');
  const failure = await launch.api.request({ url: 'https://api.bank/bad' }).catch((error) => error);
  assert.equal(failure.status, 500);
  assert.equal((await launch.api.request({ url: 'https://api.bank/good' })).status, 200);
  await launch.pass(7_000);
  const told = await only(device, 'api_call');
  assert.deepEqual(told.map(({ url, status, error }) => [url, status, error]), [
    ['https://api.bank/bad', 500, undefined],
    ['https://api.bank/good', 200, undefined],
  ]);
});

test('what befalls the device, and what is missing', async () => {
  const device = new Device();
  const launch = device.launch();
  launch.show('pages/sign-in/index');
  launch.tell('onMemoryWarning', { level: 15 });
  launch.tell('onNetworkStatusChange', { isConnected: false, networkType: 'none' });
  launch.tell('onNetworkWeakChange', { weakNet: true, networkType: '4g' });
  launch.realm.App({});
  assert.equal(launch.app.onPageNotFound, undefined, 'the platform shows its own page');
  assert.equal(launch.listeners.onPageNotFound, undefined);
  launch.realm.App({ onPageNotFound: ({ path }) => path });
  assert.equal(launch.app.onPageNotFound({ path: 'pages/gone/index', query: { id: '6222020202020208' }, isEntryPage: true }), 'pages/gone/index');
  launch.tell('onLazyLoadError', { type: 'subpackage', subpackage: ['packages/cards'], errMsg: 'loadSubpackage: timeout' });
  await launch.pass(7_000);
  const told = (await events(device)).map((event) => [event.kind, event['memory.warning.level'] ?? event['network.connection.state'] ?? event.url, event['error.message']]);
  for (const expected of [
    ['memory_warning', 15, undefined],
    ['network_change', 'offline', undefined],
    ['network_change', 'weak', undefined],
    ['resource_failure', 'pages/gone/index', undefined],
    ['resource_failure', 'packages/cards', 'loadSubpackage: timeout'],
  ]) assert.ok(told.some((one) => String(one) == String(expected)), `${expected} in ${told.join('; ')}`);
});

test('a call of the platform’s that fails without anybody caring is told in its words', async () => {
  const device = new Device();
  const launch = device.launch();
  launch.show('pages/sign-in/index');
  launch.tell('onUnhandledRejection', { reason: { errMsg: 'chooseImage:fail auth deny 13800138000' } });
  launch.tell('onUnhandledRejection', { reason: { error: 11, errorMessage: 'no permission' } });
  await launch.pass(7_000);
  assert.deepEqual((await only(device, 'unhandled_rejection')).map(({ message }) => message), ['chooseImage:fail auth deny {phone}', 'no permission']);
});

test('a page that is a component, as frameworks make them, is one', async () => {
  const device = new Device();
  const launch = device.launch();
  const order = [];
  launch.realm.Component({ methods: { onLoad() { order.push('load'); return 1; }, onShow() { order.push('show'); return 2; } } });
  const page = Object.assign(Object.create(launch.component.methods), { route: 'pages/sign-in/index' });
  launch.stack = [page];
  assert.deepEqual([page.onLoad({}), page.onShow(), order], [1, 2, ['load', 'show']]);
  page.onReady();
  await launch.pass(7_000);
  const kinds = (await events(device)).map(({ kind }) => kind);
  assert.ok(kinds.includes('page_view') && kinds.includes('page_load'), kinds.join());
});

test('a component with methods of a page’s names is none, and keeps those of its behaviors', async () => {
  const device = new Device();
  const launch = device.launch();
  const top = launch.show('pages/a/index');
  launch.realm.Component({ methods: { onShow() { return 1; } }, behaviors: ['a plugin’s'] });
  const { methods } = launch.component;
  assert.deepEqual(Object.keys(methods), ['onShow']);
  assert.equal(methods.onShow.call({ is: 'components/b/index' }), 1);
  await launch.pass(1_000);
  launch.stack.push({ route: 'pages/c/index' });
  launch.page.onShow.call(launch.stack[1]);
  launch.page.onShow.call(top);
  await launch.pass(7_000);
  assert.deepEqual((await only(device, 'route_change')).map(({ url, type }) => [url, type]), [['miniprogram://wechat/pages/c/index', 'push']]);
});

test('going back leads to no page that is loaded later', async () => {
  const device = new Device();
  const launch = device.launch({}, () => ({ navigateBack() {} }));
  const page = launch.show('pages/a/index');
  launch.api.navigateBack();
  await launch.pass(1_000);
  launch.page.onShow.call(page);
  await launch.pass(5_000);
  const next = launch.show('pages/b/index');
  await launch.pass(100);
  launch.page.onReady.call(next);
  await launch.pass(7_000);
  assert.deepEqual((await only(device, 'page_load')).map(({ type, duration }) => [type, duration]), [[undefined, 100]]);
});

test('before the core is there, measurements do not take the room of an error', async () => {
  const device = new Device();
  const [performance, measure] = measuring();
  const launch = device.launch({}, () => ({ getPerformance: () => performance }));
  for (let at = 0; at < 500; at++) measure({ name: 'resourceTiming', entryType: 'resource', uri: `https://cdn.bank/${at}.png`, initiatorType: 'image', startTime: device.now, duration: 2_000 });
  launch.tell('onError', 'Error: kept\n    at a.js:1:1');
  launch.show('pages/sign-in/index');
  await launch.pass(7_000);
  await settled();
  assert.equal((await only(device, 'exception')).length, 1);
});
