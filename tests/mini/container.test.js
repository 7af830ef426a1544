// The strict container itself: it refuses what the platforms refuse, and allows what they allow.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { PLATFORMS, Phone } from './container/phone.js';
import { folder } from './fixture/lay.js';
import { manyNames, plain, withGlobal } from './fixture/wasm.js';

/** A phone with a mini program of these files, whose one page is `index`, as `index.js` says or an empty one. */
async function phoneWith(files, options = {}) {
  const root = await folder();
  const all = {
    'app.json': JSON.stringify({ pages: ['index'], ...options.config }),
    'app.js': 'App({})',
    'index.js': 'Page({})',
    'index.json': '{}',
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
  return new Phone({ folder: root, domains: ['https://bank.example'], ...options });
}

/** Runs `code` in app.js, whose `say(text)` collects; resolves with what was said and the process. */
async function run(code, { platform = 'wechat', files = {}, ...options } = {}) {
  const { global } = PLATFORMS[platform];
  const phone = await phoneWith({ 'app.js': `const said = [], say = (text) => said.push(text), host = ${global}; App({ said }); ${code}`, ...files }, { platform, ...options });
  const running = await phone.launch();
  return { phone, running, said: [...running.app.said] };
}

const ABSENT = 'TextEncoder TextDecoder URL URLSearchParams fetch XMLHttpRequest WebSocket Blob atob btoa crypto performance process Buffer global window document self navigator location localStorage queueMicrotask structuredClone setImmediate WebAssembly WeakRef BigInt';

for (const platform of Object.keys(PLATFORMS)) {
  test(`${platform}: no global of browsers, of Node or of late engines, no eval`, async () => {
    const names = ABSENT.split(' ');
    const { said } = await run(
      `${names.map((name) => `say('${name} ' + typeof ${name});`).join('')}
       try { eval('1') } catch (error) { say('eval ' + error.name) }
       try { new Function('1') } catch (error) { say('Function ' + error.name) }
       say(typeof [].flat + typeof Object.fromEntries + typeof ''.replaceAll)`,
      { platform },
    );
    assert.deepEqual(said, [...names.map((name) => `${name} undefined`), 'eval EvalError', 'Function EvalError', 'undefinedundefinedundefined']);
  });

  test(`${platform}: callbacks come later, success before complete, and failures are told`, async () => {
    const { said, running } = await run(
      `host.setStorage({ key: 'a', data: 1, success: () => say('success'), complete: () => say('complete') });
       host.request({ url: 'https://elsewhere.example/', fail: (told) => say(told.errMsg || told.errorMessage), complete: () => say('failed') });
       say('returned');`,
      { platform },
    );
    assert.deepEqual(said.slice(0, 3), ['returned', 'success', 'complete']);
    assert.match(said[3], /url not in domain list$/);
    assert.equal(said[4], 'failed');
    assert.deepEqual(running.refused, []);
  });

  test(`${platform}: an unknown option is refused, also where the application catches`, async () => {
    const { running } = await run(`try { host.request({ url: 'https://bank.example/', keepalive: true }) } catch (error) { say(error.message) }`, { platform });
    assert.deepEqual(running.refused, ['request: unknown option keepalive']);
  });

  test(`${platform}: an error of the application reaches those who listen, and the others go on`, async () => {
    const { said, running } = await run(
      `host.onError((message, stack) => say(message.indexOf('boom') >= 0 ? 'told' : message));
       setTimeout(() => { throw new Error('boom') }, 5); setTimeout(() => say('later'), 6);`,
      { platform },
    );
    assert.deepEqual(said, []);
    await running.advance(10);
    assert.deepEqual([...running.app.said], ['told', 'later']);
    assert.deepEqual(running.thrown.map(({ message }) => message), ['boom']);
  });
}

test('storage: a key and the whole have their limits, which outlive the process', async () => {
  const big = (bytes) => `'x'.repeat(${bytes})`;
  const { phone, said } = await run(
    `host.setStorageSync('mega', ${big(1024 * 1024 - 100)});
     try { host.setStorageSync('more', ${big(1024 * 1024)}) } catch (error) { say(error.message) }
     for (let i = 0; i < 12; i++) try { host.setStorageSync('k' + i, ${big(1000 * 1024)}) } catch (error) { say(i + error.message) }
     try { host.setStorageSync('bytes', new ArrayBuffer(2)) } catch (error) { say(error.message) }`,
  );
  assert.match(said[0], /^setStorageSync:fail entry size limit reached/);
  assert.match(said[1], /^9setStorageSync:fail storage size limit reached/);
  assert.match(said.at(-1), /ArrayBuffer cannot be stored/);
  const again = await phone.launch();
  assert.equal(again.realm.run("wx.getStorageInfoSync().keys.join()").slice(0, 12), 'mega,k0,k1,k');

  const alipay = await run(`say(my.setStorageSync({ key: 'a', data: 'x'.repeat(200 * 1024) }).success); say(my.getStorageSync({ key: 'a' }).data)`, { platform: 'alipay' });
  assert.deepEqual(alipay.said, [false, null]);
});

test('require: files of the package only, and none of another sub-package', async () => {
  const { said } = await run(
    `for (const name of ['./inside', '/inside', 'packed', '../outside', 'node:fs', 'loans/part']) try { say(name + ' ' + require(name)) } catch (error) { say(name + ' no') }
     require.async('loans/part').then((part) => say('async ' + part));`,
    {
      config: { subPackages: [{ root: 'loans', pages: [] }] },
      files: { 'inside.js': "module.exports = 'in'", 'miniprogram_npm/packed/index.js': "module.exports = 'npm'", 'loans/part.js': "module.exports = 'part'" },
    },
  );
  assert.deepEqual(said, ['./inside in', '/inside in', 'packed npm', '../outside no', 'node:fs no', 'loans/part no', 'async part']);
});

test('requests: ten at a time, the eleventh waits; a Referer of the platform', async () => {
  const held = [];
  const serve = () => new Promise((resolve) => held.push(() => resolve({ status: 200, headers: {}, body: Buffer.from('{"a":1}') })));
  const phone = await phoneWith(
    { 'app.js': `App({ said: [], go() { for (let i = 0; i < 11; i++) wx.request({ url: 'https://bank.example/' + i, enableProfile: true, success: ({ data, profile }) => this.said.push([i, data.a, typeof profile.peerIP]) }) } })` },
    { serve },
  );
  const running = await phone.launch();
  running.app.go();
  await running.settle({ real: false });
  assert.equal(held.length, 10);
  held.shift()();
  await running.settle({ real: false });
  while (held.length) held.shift()();
  await running.settle();
  assert.deepEqual([...running.app.said].map(([i, a, ip]) => `${i} ${a} ${ip}`).sort((x, y) => parseInt(x) - parseInt(y))[10], '10 1 string');
  assert.equal(phone.sent[0].headers.referer, 'https://servicewechat.com/wx0123456789abcdef/12/page-frame.html');
});

test('bytes are refused where not every version of the platform sends them', async () => {
  const code = "try { host.request({ url: 'https://bank.example/', method: 'POST', data: new ArrayBuffer(2) }) } catch (error) {}";
  const serve = async () => ({ status: 200, headers: {}, body: Buffer.from('{}') });
  const refused = {};
  for (const platform of Object.keys(PLATFORMS)) refused[platform] = (await run(code, { platform, serve })).running.refused.length;
  assert.deepEqual(refused, { wechat: 0, alipay: 1, douyin: 0, qq: 0, baidu: 1 });
});

test('the background: five seconds later requests are interrupted and nothing runs until it is seen again', async () => {
  const phone = await phoneWith(
    { 'app.js': `App({ said: [], onHide() { const say = (text) => this.said.push(text); say('hide'); wx.request({ url: 'https://bank.example/', fail: ({ errMsg }) => say(errMsg) }); setTimeout(() => say('late'), 6000); }, onShow() { this.said.push('show') } })` },
    { serve: () => new Promise(() => {}) },
  );
  const running = await phone.launch();
  await running.hide();
  await running.advance(4999, { real: false });
  assert.deepEqual([...running.app.said], ['show', 'hide']);
  await running.advance(60_000, { real: false });
  assert.deepEqual([...running.app.said].slice(2), ['request:fail interrupted']);
  await running.show();
  assert.deepEqual([...running.app.said].slice(3), ['show', 'late']);
});

test('a kill at any instant: what was done before stays, nothing comes after', async () => {
  const code = `App({ onLaunch() { wx.setStorageSync('a', 1); wx.setStorageSync('b', 1); wx.request({ url: 'https://bank.example/', success() { wx.setStorageSync('c', 1) } }) } })`;
  const states = new Set();
  for (let dieAt = 0; ; dieAt++) {
    const phone = await phoneWith({ 'app.js': code }, { serve: async () => ({ status: 200, headers: {}, body: Buffer.from('ok') }) });
    const running = await phone.launch({ dieAt });
    states.add(`${phone.storage.keys().join('')} ${phone.sent.length}`);
    if (running.life.alive) break;
  }
  assert.deepEqual([...states], [' 0', 'a 0', 'ab 0', 'ab 1', 'abc 1']);
});

test('Wasm: by a path only, in both shapes; what iOS or the typings refuse is refused', async () => {
  const files = { 'a.wasm': plain, 'a.wasm.br': brotliCompressSync(plain), 'many.wasm': manyNames, 'global.wasm': withGlobal };
  const code = (name, path) => `${name}.instantiate(${path}, { host: { tell() {} } }).then((made) => say(Object.keys(made).sort().join() + (made.instance || made).exports.sum(1, 2)), (error) => say(error.message))`;
  const wechat = (path, more) => run(`try { ${code('WXWebAssembly', path)} } catch (error) { say(error.message) }`, { files, ...more });
  assert.deepEqual((await wechat("'a.wasm'")).said, ['instance,module3']);
  assert.deepEqual((await wechat("'/a.wasm.br'", { wasmShape: 'instance' })).said, ['3']);
  assert.match((await wechat('new ArrayBuffer(8)')).said[0], /wants a path/);
  assert.match((await wechat("'none.wasm'")).said[0], /ENOENT/);
  for (const path of ["'many.wasm'", "'global.wasm'"]) assert.equal((await wechat(path)).running.refused.length, 1, path);
  assert.equal((await run(code('TTWebAssembly', "'a.wasm'"), { platform: 'douyin', files })).running.refused.length, 1);
  assert.deepEqual((await run(code('TTWebAssembly', "'/a.wasm'"), { platform: 'douyin', files })).said, ['instance,module3']);
  for (const platform of ['alipay', 'qq', 'baidu']) {
    assert.deepEqual((await run("say(typeof WXWebAssembly + typeof TTWebAssembly + typeof MYWebAssembly)", { platform, files })).said, ['undefinedundefinedundefined']);
  }
});

test('alipay: Wasm in its one Worker, to which only messages lead', async () => {
  const files = {
    'a.wasm': plain,
    'workers/index.js': `worker.onMessage(({ a, b }) => MYWebAssembly.instantiate('/a.wasm', { host: { tell() {} } }).then(({ instance }) => worker.postMessage({ sum: instance.exports.sum(a, b), my: typeof my, page: typeof Page })))`,
  };
  const code = `const made = my.createWorker('workers/index.js'); made.onMessage((told) => say(JSON.stringify(told))); made.postMessage({ a: 2, b: 3, lost() {} });
    try { my.createWorker('workers/index.js') } catch (error) { say(error.message) }`;
  const how = { platform: 'alipay', files, config: { workers: ['workers/index.js'] } };
  const { said, running } = await run(code, how);
  assert.deepEqual(said, ['refused: createWorker: there is one already; terminate it first', '{"sum":5,"my":"undefined","page":"undefined"}']);
  assert.equal(running.refused.length, 1);
  const asked = (path) => `try { say(typeof my.createWorker(${path})) } catch (error) { say(error.message) }`;
  assert.deepEqual((await run(asked("'workers/index.js'"), { ...how, config: {} })).said, ['undefined'], 'app.json does not name it');
  assert.match((await run(asked("'/workers/index.js'"), how)).said[0], /begins with a slash/);
});
