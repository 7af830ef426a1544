// Pages that are not there: told, and shown by the platform as without the SDK.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lay, phoneFor } from './visit/visit.js';

/** A phone whose application defines `App` so. */
async function phoneWith(definition, { platform = 'wechat', ...more } = {}) {
  const app = await lay(platform);
  await writeFile(join(app, 'app.js'), `require('dna-mini').init(require('./options'));\n${definition}`);
  return phoneFor(platform, { app, ...more });
}

/** The pages of which it was told that they are not there. */
async function told({ intake }, running) {
  await running.advance(8_000);
  await running.hide();
  await running.advance(2_000);
  assert.deepEqual(running.refused, []);
  return intake.events.filter(({ kind }) => kind == 'resource_failure').map(({ url }) => url);
}

test('wechat: at a launch, cold and warm, the platform shows its own page, and each is told once', async () => {
  const seen = await phoneWith('App({});');
  const running = await seen.phone.launch({ path: 'pages/gone/index', query: { card: '6222020202020208' } });
  await running.advance(1_000);
  await running.hide();
  await running.show({ path: 'pages/old/index' });
  assert.deepEqual(running.notFound, ['pages/gone/index', 'pages/old/index']);
  assert.deepEqual(await told(seen, running), ['pages/gone/index', 'pages/old/index']);
});

test('wechat: where the application leads elsewhere it is told once, and the platform shows nothing', async () => {
  for (const sdkVersion of ['3.5.5', '2.20.0']) {
    for (const code of ["App({ onPageNotFound() { wx.redirectTo({ url: '/pages/home/home' }); } });", "App({}); wx.onPageNotFound(() => wx.redirectTo({ url: '/pages/home/home' }));"]) {
      const seen = await phoneWith(code, { sdkVersion });
      const running = await seen.phone.launch({ path: 'pages/gone/index' });
      await running.advance(1_000);
      assert.deepEqual([running.notFound, running.page.route], [[], 'pages/home/home']);
      assert.deepEqual(await told(seen, running), ['pages/gone/index'], `${sdkVersion} ${code}`);
    }
  }
});

test('wechat: an application that listens in both ways has each told once, the same page again too', async () => {
  const lead = "() => wx.redirectTo({ url: '/pages/home/home' })";
  for (const sdkVersion of ['3.5.5', '2.20.0']) {
    const seen = await phoneWith(`App({ onPageNotFound: ${lead} }); wx.onPageNotFound(() => {}); wx.onPageNotFound(() => {});`, { sdkVersion });
    const running = await seen.phone.launch({ path: 'pages/gone/index' });
    for (const path of ['pages/gone/index', 'pages/old/index', 'pages/gone/index']) {
      await running.advance(100);
      await running.hide();
      await running.show({ path });
    }
    assert.deepEqual(await told(seen, running), ['gone', 'gone', 'old', 'gone'].map((name) => `pages/${name}/index`), sdkVersion);
  }
});

test('an application that listens no more has the platform’s own page again', async () => {
  const seen = await phoneWith('const listener = () => {}; App({}); wx.onPageNotFound(listener); wx.offPageNotFound(listener);', { sdkVersion: '2.20.0' });
  const running = await seen.phone.launch({ path: 'pages/gone/index' });
  assert.deepEqual(running.notFound, ['pages/gone/index']);
});

for (const platform of ['wechat', 'alipay', 'douyin', 'qq', 'baidu']) {
  test(`${platform}: a call that leads nowhere is told, fails as before, and its rejection stays the application's`, async () => {
    const seen = await phoneWith('App({ said: [] });', { platform });
    const running = await seen.phone.launch();
    await running.advance(1_000);
    const object = seen.phone.platform.global;
    running.realm.run(`${object}.navigateTo({ url: '/pages/gone/index?card=6222020202020208', fail: () => getApp().said.push('failed') })`);
    await running.advance(100);
    running.realm.run(`{ const done = ${object}.redirectTo({ url: '/pages/old/index' }); if (done) done.catch(() => getApp().said.push('rejected')); }`);
    await running.advance(1_000);
    const promises = ['wechat', 'alipay'].includes(platform);
    assert.deepEqual([...running.app.said], promises ? ['failed', 'rejected'] : ['failed']);
    assert.deepEqual([running.notFound, running.page.route], [[], 'pages/home/home']);
    // QQ and Baidu do not say whether such a call gives a promise, so nothing is added to it there.
    const unheard = ['qq', 'baidu'].includes(platform);
    assert.deepEqual(await told(seen, running), unheard ? ['pages/gone/index'] : ['pages/gone/index', 'pages/old/index']);
  });
}
