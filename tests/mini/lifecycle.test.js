// The fixture, compiled by WeChat's own compiler, lives in the strict container as on a phone.

import assert from 'node:assert/strict';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { compile } from './compilers/wechat.js';
import { Phone } from './container/phone.js';
import { layFixture } from './fixture/lay.js';

let folder;
before(async () => {
  const app = await layFixture();
  await compile(app, join(app, '..', 'out'), [{ compiler: 'original', setting: { es6: true, enhance: true } }]);
  folder = join(app, '..', 'out', '0');
});

const launched = async (how) => {
  const running = await new Phone({ folder }).launch(how);
  const lately = () => running.app.seen.splice(0);
  return { running, lately: () => [...lately()] };
};

test('a launch: application, page, Wasm', async () => {
  const { running, lately } = await launched({ query: { from: 'share' }, scene: 1047 });
  assert.deepEqual(lately(), [
    'launch pages/home/home 1047',
    'show pages/home/home',
    'load home share',
    'show home',
    'ready home',
    'told 5',
    'sum 5',
  ]);
  assert.deepEqual(JSON.parse(JSON.stringify(running.page.data)), { text: 'hello', cards: [{ name: 'a' }, { name: 'b' }] });
  assert.deepEqual(running.refused, []);
});

test('pages are opened, covered and closed; a sub-package runs when it is opened', async () => {
  const { running, lately } = await launched();
  lately();
  running.realm.run("wx.navigateTo({ url: '/pages/detail/detail?id=7' })");
  await running.settle();
  assert.equal(running.page.data.id, '7');
  running.realm.run('wx.navigateBack({})');
  await running.settle();
  running.realm.run("wx.navigateTo({ url: '/packages/loans/pages/rates/rates' })");
  await running.settle();
  assert.deepEqual(lately(), ['hide home', 'load detail 7', 'unload detail', 'show home', 'hide home', 'load rates']);
});

test('a page that is not there is told at a launch, cold and warm; a call that leads there fails', async () => {
  const { running, lately } = await launched({ path: 'pages/none/none' });
  assert.ok(lately().includes('not found pages/none/none'));
  await running.hide();
  await running.show({ path: 'pages/old/old' });
  assert.ok(lately().includes('not found pages/old/old'));
  running.realm.run("wx.reLaunch({ url: '/pages/gone/gone', fail: ({ errMsg }) => getApp().seen.push(errMsg) })");
  await running.settle();
  assert.deepEqual(lately(), ['reLaunch:fail page "/pages/gone/gone" is not found']);
});

test('an exception and a rejection are told to the application, whose page goes on', async () => {
  const { running, lately } = await launched();
  lately();
  await running.tap('fail');
  running.realm.run("Promise.reject(new Error('nobody cares'))");
  await running.settle();
  assert.deepEqual(lately(), ['error MiniProgramError', 'rejection nobody cares']);
});

test('a page that is a component has both lives; behaviors come first, and their methods where there is no own one', async () => {
  const app = join(folder, '..', 'lives');
  await cp(folder, app, { recursive: true });
  const say = (what) => `${what}() { getApp().seen.push('${what}'); }`;
  await writeFile(
    join(app, 'pages/detail/detail.js'),
    `const shared = Behavior({ methods: { ${say('onShow')}, ${say('both')} }, lifetimes: { attached() { getApp().seen.push('shared'); } } });
     Component({ behaviors: [shared], methods: { ${say('onLoad')}, ${say('onReady')}, both() { getApp().seen.push('own'); } }, lifetimes: { ${['created', 'attached', 'ready', 'detached'].map(say)} } });`,
  );
  const running = await new Phone({ folder: app }).launch();
  running.app.seen.splice(0);
  running.realm.run("wx.navigateTo({ url: '/pages/detail/detail' })");
  await running.settle();
  running.page.both();
  running.realm.run('wx.navigateBack({})');
  await running.settle();
  assert.deepEqual([...running.app.seen].filter((one) => !/home/.test(one)), ['created', 'shared', 'attached', 'onLoad', 'onShow', 'ready', 'onReady', 'own', 'detached']);
});

test('routes are told around what they do, going back too', async () => {
  const { running } = await launched();
  const told = [];
  for (const name of ['onBeforeAppRoute', 'onAppRoute']) running.realm.run(`wx.${name}`)(({ openType, path, notFound }) => told.push(`${name} ${openType} ${path} ${notFound} ${running.page.route}`));
  running.realm.run("wx.navigateTo({ url: '/pages/detail/detail' })");
  await running.settle();
  running.realm.run('wx.navigateBack({})');
  await running.settle();
  assert.deepEqual(told, [
    'onBeforeAppRoute navigateTo pages/detail/detail false pages/home/home',
    'onAppRoute navigateTo pages/detail/detail false pages/detail/detail',
    'onBeforeAppRoute navigateBack pages/home/home false pages/detail/detail',
    'onAppRoute navigateBack pages/home/home false pages/home/home',
  ]);
});

test('a component has its properties and its own data; the cost of setData is told by path', async () => {
  const { running, lately } = await launched();
  lately();
  const card = running.component('card', { name: 'gold' });
  assert.deepEqual(lately(), ['card gold']);
  const told = [];
  card.setUpdatePerformanceListener({ withDataPaths: true }, (update) => told.push(update));
  await running.tap('toggle', {}, card);
  assert.equal(card.data.open, true);
  assert.deepEqual(told.map(({ dataPaths }) => [...dataPaths].map((path) => [...path])), [[['open']]]);
});

test('performance entries come in the documents\' shapes as the application lives', async () => {
  const { running } = await launched();
  const names = running.realm.run('wx.getPerformance().getEntries().map(({ name }) => name)');
  assert.deepEqual([...names], [
    'downloadPackage',
    'evaluateScript',
    'appLaunch',
    'route',
    'firstRender',
    'firstPaint',
    'firstContentfulPaint',
    'largestContentfulPaint',
  ]);
});
