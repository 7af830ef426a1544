/** Whatever a platform or an application says where a word or a number is expected: nothing personal is stored or sent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Device, PLATFORMS } from './container.mjs';
import { events, everything } from './visit.mjs';

/** As somebody writes it, and the part that must be nowhere. */
const CANARIES = {
  'a card': ['6222020202020208', '2020202'],
  'a card with dots': ['6222.0202.0202.0208', '0202.0202'],
  'a card in full-width digits': ['６２２２０２０２０２０２０２０８', '０２０２'],
  'a phone': ['13800138000', '0013800'],
  'a phone with dots': ['138.0013.8000', '0013.80'],
  'a phone with dots in the middle': ['138·0013·8000', '0013·80'],
  'an identity number': ['11010119900307123X', '19900307'],
  'QQ’s openid': ['E4F4AEA33253A2797FB897C50B81D7ED', '3253A2797FB8'],
  'WeChat’s openid': ['o6zAJs5tGhK_LQz1xF4pPq0wErTy', 'GhK_LQz1xF4p'],
};

/** Every entry that a platform measures, each text being `word` and each number `number`. */
function entries(word, number, entryType) {
  const words = Object.fromEntries(['path', 'navigationType', 'moduleName', 'packageName', 'uri', 'initiatorType'].map((name) => [name, word]));
  const numbers = ['startTime', 'duration', 'viewLayerReadyTime', 'initDataSendTime', 'initDataRecvTime', 'viewLayerRenderStartTime', 'viewLayerRenderEndTime', 'packageSize', 'transferSize', 'domainLookupStart', 'domainLookupEnd'];
  const names = ['appLaunch', 'app-click', 'route', 'firstRender', 'firstPaint', 'firstContentfulPaint', 'largestContentfulPaint', 'evaluateScript', 'app-service', 'downloadPackage', 'miniprogram-package', 'resourceTiming', 'resource-timing', word];
  const all = { ...words, ...Object.fromEntries(numbers.map((name) => [name, number])), fileList: [word] };
  // Some with times that are good, so that all else is told.
  return names.flatMap((name) => [all, { ...all, startTime: 1_795_478_400_500, duration: 2_500 }, { ...all, path: '', startTime: 1_795_478_400_500, duration: 2_500 }].map((entry) => ({ ...entry, name, entryType })));
}

/** A mini program whose platform says `word` wherever it says a word, and `number` wherever a number. */
async function visited(platform, word, number) {
  const device = new Device(platform);
  let observed;
  const performance = {
    getEntries: () => entries(word, number, 'navigation'),
    createObserver: (listener) => ((observed = listener), { observe() {} }),
  };
  const profile = new Proxy({}, { get: (_, name) => (name == 'protocol' ? word : number) });
  const system = Object.fromEntries(['SDKVersion', 'version', 'model', 'system', 'platform', 'language'].map((name) => [name, word]));
  let [routed, launch] = [];
  const request = (options) => {
    if (options.url.startsWith('https://dna.bank')) return launch.request(options);
    options.success?.({ statusCode: number, status: number, profile });
    options.fail?.({ errMsg: word, error: number });
  };
  launch = device.launch({ consent: 'granted' }, () => ({
    performance,
    request,
    uploadFile: request,
    getPerformance: () => performance,
    getLaunchOptionsSync: () => ({ path: `pages/${word}`, scene: number }),
    getSystemInfo: ({ success }) => success({ ...system, benchmarkLevel: number, windowWidth: number, windowHeight: number }),
    getNetworkType: ({ success }) => success({ networkType: word }),
    onBeforeAppRoute: (listener) => (routed = listener),
    navigateTo: ({ fail }) => fail?.({ errMsg: `navigateTo:fail page "${word}" is not found` }),
  }));
  const listeners = [];
  routed({ openType: word, path: word });
  const page = launch.show(`pages/${word}`, { setUpdatePerformanceListener: (_, listener) => listeners.push(listener) });
  launch.page.onReady.call(page);
  for (const listener of listeners) {
    for (const end of [number, 1_795_478_400_900]) listener({ isMergedUpdate: word, dataPaths: [[word], word], pendingStartTimestamp: number, updateStartTimestamp: number, updateEndTimestamp: end });
    listener({ dataPaths: [[word], word], pendingStartTimestamp: 1_795_478_400_800, updateStartTimestamp: 1_795_478_400_800, updateEndTimestamp: 1_795_478_400_900 });
  }
  launch.api.request({ url: `https://api.bank/${word}`, method: word, success() {} });
  launch.api.uploadFile({ url: word, fail() {} });
  launch.api.navigateTo({ url: `/pages/${word}`, fail() {} });
  observed(entries(word, number, 'resource'));
  await launch.pass(500);
  launch.tell('onMemoryWarning', { level: number });
  launch.tell('onMemoryWarning', { level: word });
  launch.tell('onNetworkStatusChange', { isConnected: word, networkType: word });
  launch.tell('onNetworkWeakChange', { weakNet: word, networkType: number });
  launch.tell('onLazyLoadError', { subpackage: [word], errMsg: word });
  launch.tell('onError', word, word);
  launch.tell('onUnhandledRejection', { reason: { name: word, message: word, stack: word } });
  launch.dna.setUser(word, { tier: word, [word]: number });
  launch.dna.route(word);
  launch.dna.transaction(word, { word, number }).end({ [word]: word });
  await launch.pass(12_000);
  launch.tell('onAppHide');
  launch.tell('onAppShow', { path: word, scene: number });
  await launch.pass(12_000);
  return device;
}

for (const platform of Object.keys(PLATFORMS)) {
  test(`${platform}: words and numbers that it gives leak nothing, whatever they are`, async () => {
    for (const [what, [word, secret]] of Object.entries(CANARIES)) {
      const number = Number(word) || 13_800_138_000;
      const device = await visited(platform, word, number);
      const stored = [...device.storage.values()].map((value) => Buffer.from(String(value), 'base64').toString('utf8'));
      const all = [await everything(device), ...stored].join('\n');
      assert.ok(!all.includes(secret), `${what}: ${all.slice(Math.max(0, all.indexOf(secret) - 300), all.indexOf(secret) + 40)}`);
      assert.ok(!all.includes(String(number)), `${what}: ${number} at ${all.slice(Math.max(0, all.indexOf(String(number)) - 300), all.indexOf(String(number)) + 40)}`);
      const kinds = new Set((await events(device)).map(({ kind }) => kind));
      for (const kind of ['app_launch', 'api_call', 'network_change', 'memory_warning', 'page_load', 'resource', 'code_load', 'data_update']) {
        if (kind == 'data_update' && platform == 'baidu') continue;
        assert.ok(kinds.has(kind), `${what}: ${kind} in ${[...kinds]}`);
      }
    }
  });
}

test('a word that is known is told, whatever its case; another as such', async () => {
  const device = new Device('alipay');
  const launch = device.launch();
  launch.show('pages/a');
  const seen = { success() {} };
  for (const method of ['post', 'Get', 'BREW', undefined]) launch.api.request({ url: 'https://api.bank/a', method, ...seen });
  for (const networkType of ['WIFI', 'NOTREACHABLE', '6g']) launch.tell('onNetworkStatusChange', { isConnected: true, networkType });
  for (const level of [15, 7, '15']) launch.tell('onMemoryWarning', { level });
  await launch.pass(7_000);
  const told = await events(device);
  const of = (kind, name) => told.filter((event) => event.kind == kind).map((event) => event[name]);
  assert.deepEqual(of('api_call', 'method'), ['POST', 'GET', 'other', 'GET']);
  assert.deepEqual(of('network_change', 'network.connection.type'), ['wifi', 'notreachable', 'other']);
  assert.deepEqual(of('memory_warning', 'memory.warning.level'), [15, undefined, undefined]);
});
