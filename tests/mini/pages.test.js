// Which page is shown, and what its updates of data cost, however an application defines its pages.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lay, phoneFor } from './visit/visit.js';

/** Opens the page `pay`, which is defined by `code`, goes back and opens it again; gives back what was told. */
async function opened(code, more = {}) {
  const app = await lay('wechat');
  await writeFile(join(app, 'app.js'), "require('dna-mini').init(require('./options'));\nApp({ said: [] });");
  await writeFile(join(app, 'pages/pay/pay.js'), `const said = getApp().said;\n${code}`);
  const { phone, intake } = await phoneFor('wechat', { app, ...more });
  const running = await phone.launch();
  await running.advance(1_000);
  const go = async (call) => {
    running.realm.run(call);
    await running.advance(1_000);
  };
  await go("wx.navigateTo({ url: '/pages/pay/pay' })");
  if (running.page.paid) await running.tap('paid');
  await running.advance(1_000);
  await go('wx.navigateBack({})');
  await go("wx.navigateTo({ url: '/pages/pay/pay' })");
  await running.advance(6_000);
  await running.hide();
  await running.advance(2_000);
  assert.deepEqual([running.refused, running.thrown], [[], []]);
  const of = (kind) => intake.events.filter((event) => event.kind == kind);
  return { said: [...running.app.said], routes: of('route_change').map(({ page, type }) => `${type} ${page.replace('miniprogram://wechat/pages/', '')}`), loads: of('page_load').map(({ page }) => page.split('/').at(-1)), updates: of('data_update') };
}

const VISITED = ['push pay/pay', 'traverse home/home', 'push pay/pay'];
const OLD = { sdkVersion: '3.0.0' };

/** How pages are defined: what is run, and whether an older base library, without events of routes, sees all of it. */
const DEFINED = {
  'by Page, its onShow in a behavior': ["Page({ behaviors: [Behavior({ methods: { onShow() { said.push('shared'); } } })], onLoad() {} });", ['shared', 'shared']],
  'by Page, with a behavior that has no onShow': ["Page({ behaviors: [Behavior({ methods: { onLoad() { said.push('load'); } } })] });", ['load', 'load']],
  'by Page, with an onShow beside a behavior’s': ["Page({ behaviors: [Behavior({ methods: { onShow() { said.push('shared'); } } })], onShow() { said.push('own'); } });", ['own', 'own']],
  'by Page, with a behavior within a behavior': ["Page({ behaviors: [Behavior({ behaviors: [Behavior({ methods: { onShow() { said.push('inner'); } } })] })] });", ['inner', 'inner']],
  'by Component, with an onShow': ["Component({ methods: { onShow() { said.push('own'); } } });", ['own', 'own']],
  'by Component, with a behavior’s onShow': ["Component({ behaviors: ['wx://form-field', Behavior({ methods: { onShow() { said.push('shared'); } } })], methods: { paid() {} } });", ['shared', 'shared']],
  'by Component, without any method of a page': ["Component({ lifetimes: { attached() { said.push('attached'); } } });", ['attached', 'attached']],
};

for (const [how, [code, said]] of Object.entries(DEFINED)) {
  for (const [what, more] of [['by the platform’s events', {}], ['before there were any', OLD]]) {
    test(`a page ${how} is told, ${what}, and its methods run as they would`, async () => {
      const told = await opened(code, more);
      assert.deepEqual(told.said, said);
      assert.deepEqual(told.routes, VISITED);
    });
  }
}

test('a page that a plugin’s behavior may show has none of our methods, and is told by the platform’s events', async () => {
  const told = await opened("Page({ behaviors: ['plugin-behavior'], onReady() { said.push(typeof this.onShow); } });");
  assert.deepEqual(told.said, ['undefined', 'undefined']);
  assert.deepEqual(told.routes, VISITED);
});

test('a component with methods of a page’s names is no page', async () => {
  const app = await lay('wechat');
  await writeFile(join(app, 'pages/home/home.json'), JSON.stringify({ usingComponents: { card: '/pages/card' } }));
  await writeFile(join(app, 'pages/card.js'), 'Component({ methods: { onLoad() { return 1; }, onShow() { return 2; } } });');
  const { phone, intake } = await phoneFor('wechat', { app });
  const running = await phone.launch();
  const card = running.component('card');
  assert.deepEqual([card.onLoad(), card.onShow()], [1, 2]);
  await running.advance(8_000);
  await running.hide();
  await running.advance(2_000);
  assert.deepEqual(intake.events.filter(({ kind }) => kind == 'route_change'), []);
  assert.deepEqual(intake.events.filter(({ kind }) => kind == 'page_load').map(({ page }) => page), ['miniprogram://wechat/pages/home/home']);
});

/** Where an application may set its own listener of updates. */
const LISTEN = "this.setUpdatePerformanceListener({ withDataPaths: false }, (update) => said.push(typeof update.dataPaths));";
const PAID = 'methods: { onLoad() {}, paid() { this.setData({ amount: 1 }); } }';
const SET = {
  'in created': `Component({ lifetimes: { created() { ${LISTEN} } }, ${PAID} });`,
  'in attached': `Component({ lifetimes: { attached() { ${LISTEN} } }, ${PAID} });`,
  'in a behavior’s created': `Component({ behaviors: [Behavior({ lifetimes: { created() { ${LISTEN} } } })], ${PAID} });`,
  'in a behavior’s attached': `Component({ behaviors: [Behavior({ lifetimes: { attached() { ${LISTEN} } } })], ${PAID} });`,
  'in the attached of a behavior’s behavior, the old way': `Component({ behaviors: [Behavior({ behaviors: [Behavior({ attached() { ${LISTEN} } })] })], ${PAID} });`,
  'in a page’s behavior': `Page({ behaviors: [Behavior({ attached() { ${LISTEN} } })], paid() { this.setData({ amount: 1 }); } });`,
  'in onLoad': `Page({ onLoad() { ${LISTEN} }, paid() { this.setData({ amount: 1 }); } });`,
};

for (const [where, code] of Object.entries(SET)) {
  test(`a listener of updates that the application sets ${where} is called, and so is ours`, async () => {
    const { said, updates } = await opened(code);
    assert.deepEqual(said, ['undefined'], 'without the paths, for which it has not asked');
    assert.deepEqual(updates.map((update) => [update.count ?? 1, update['component.path']]), [[1, 'pages/pay/pay']]);
  });
}

test('a listener that the application takes away leaves ours', async () => {
  const { said, updates } = await opened(`Page({ onLoad() { ${LISTEN} this.setUpdatePerformanceListener({}, null); }, paid() { this.setData({ amount: 1 }); } });`);
  assert.deepEqual(said, []);
  assert.deepEqual(updates.map((update) => update['data.paths']), ['amount']);
});
