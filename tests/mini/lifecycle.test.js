// The fixture, compiled by WeChat's own compiler, lives in the strict container as on a phone.

import assert from 'node:assert/strict';
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

test('a page that is not there is told, at the launch and later', async () => {
  const { running, lately } = await launched({ path: 'pages/none/none' });
  assert.ok(lately().includes('not found pages/none/none'));
  running.realm.run("wx.reLaunch({ url: '/pages/gone/gone', fail: ({ errMsg }) => getApp().seen.push(errMsg) })");
  await running.settle();
  assert.deepEqual(lately(), ['not found pages/gone/gone', 'reLaunch:fail page "/pages/gone/gone" is not found']);
});

test('an exception and a rejection are told to the application, whose page goes on', async () => {
  const { running, lately } = await launched();
  lately();
  await running.tap('fail');
  running.realm.run("Promise.reject(new Error('nobody cares'))");
  await running.settle();
  assert.deepEqual(lately(), ['error MiniProgramError', 'rejection nobody cares']);
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
