/** Without consent nothing is stored or sent; revoking erases. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Device, settled } from './container.mjs';
import { events, visit } from './visit.mjs';

test('pending, nothing is stored or sent; granted, what waited is', async () => {
  const device = new Device();
  const launch = device.launch({ consent: 'pending' });
  await visit(launch);
  assert.equal(device.sent.length, 0);
  assert.equal(device.storage.size, 0);
  launch.dna.consent('granted');
  await launch.pass(7_000);
  assert.ok((await events(device)).length > 8);
  assert.deepEqual([...device.storage.keys()], ['dna.s']);
});

for (const [what, deny] of [
  ['after stop', async (device) => {
    const launch = device.launch({ consent: 'granted' });
    launch.dna.event('a');
    await settled();
    launch.dna.stop();
    launch.dna.consent('denied');
    assert.ok(device.sent.at(-1).aborted);
  }],
  ['without a core', async (device) => {
    for (const name of ['dna.wasm', 'dna.wasm.br', 'dna-wasm2js.js']) device.files.delete('/miniprogram_npm/dna-mini/' + name);
    const launch = device.launch({ consent: 'granted' });
    await settled();
    launch.dna.consent('denied');
  }],
  ['by init without a core', async (device) => {
    for (const name of ['dna.wasm', 'dna.wasm.br', 'dna-wasm2js.js']) device.files.delete('/miniprogram_npm/dna-mini/' + name);
    device.launch({ consent: 'denied' });
    await settled();
  }],
]) {
  test(`denied ${what}, what was stored is erased`, async () => {
    const device = new Device();
    device.storage.set('mine', 'the application\'s');
    device.online = false;
    const launch = device.launch({ consent: 'granted' });
    await visit(launch);
    assert.ok(device.storage.size > 1);
    launch.kill();
    await deny(device);
    assert.deepEqual([...device.storage.keys()], ['mine']);
  });
}

test('denied, nothing is stored or sent, and what was stored is erased', async () => {
  const device = new Device();
  device.storage.set('mine', 'the application\'s');
  device.online = false;
  const launch = device.launch({ consent: 'granted', visitor: true });
  await visit(launch);
  assert.ok(device.storage.size > 3);
  const sent = device.sent.length;
  launch.dna.consent('denied');
  await visit(launch);
  assert.deepEqual([...device.storage.keys()], ['mine']);
  assert.equal(device.sent.length, sent);
  assert.ok(device.sent.at(-1).aborted);
  launch.kill();
  const again = device.launch({ consent: 'denied' });
  await visit(again);
  assert.deepEqual([...device.storage.keys()], ['mine']);
  assert.equal(device.sent.length, sent);
});

test('where nothing was said it is pending', async () => {
  const device = new Device();
  const launch = device.launch({ consent: undefined });
  await visit(launch);
  assert.deepEqual([device.sent.length, device.storage.size], [0, 0]);
  launch.dna.consent('granted');
  await launch.pass(7_000);
  assert.ok((await events(device)).length > 8);
});

for (const state of ['denied', 'pending']) {
  test(`granted, but ${state} before the core is there, what the last launch has left is not sent`, async () => {
    const device = new Device();
    device.online = false;
    const launch = device.launch();
    await visit(launch);
    launch.kill();
    device.online = true;
    const [sent, stored] = [device.sent.length, device.storage.size];
    assert.ok(stored > 0);
    const again = device.launch();
    again.dna.consent(state);
    await again.pass(20_000);
    assert.equal(device.sent.length, sent);
    if (state == 'denied') assert.equal(device.storage.size, 0);
  });
}

test('only a user who has agreed has calls traced', async () => {
  const device = new Device();
  const launch = device.launch({ consent: 'pending', traceOrigins: 'https://api.bank' });
  const traced = () => {
    let header;
    launch.api.request({ url: 'https://api.bank/accounts', success: () => {} });
    ({ header } = launch.open.at(-1));
    return !!header?.traceparent;
  };
  await settled();
  const seen = [];
  for (const state of ['pending', 'granted', 'denied', 'granted']) {
    launch.dna.consent(state);
    seen.push(traced());
  }
  launch.dna.stop();
  seen.push(traced());
  assert.deepEqual(seen, [false, true, false, true, false]);
});

test('stopped, what waits is sent, one frame after the other; denied after that, nothing more', async () => {
  for (const denied of [false, true]) {
    const device = new Device();
    device.online = false;
    const launch = device.launch();
    await settled();
    for (let at = 0; at < 300; at++) launch.dna.event(`${at} ${'word '.repeat(25)}`);
    launch.dna.stop();
    launch.dna.event('late');
    const sent = device.sent.length;
    if (denied) launch.dna.consent('denied');
    device.online = true;
    await launch.pass(20_000);
    const told = (await events(device)).filter(({ kind }) => kind === 'custom');
    if (denied) assert.deepEqual([device.sent.length, device.storage.size], [sent, 0]);
    else assert.deepEqual([told.length, launch.atOnce, [...device.storage.keys()]], [300, 1, ['dna.s']]);
  }
});

test('denied or stopped, the platform is asked for nothing more', async () => {
  const asked = [];
  const ask = (name, answer) => (options) => {
    asked.push(name);
    options.success(answer);
  };
  const request = ({ url, enableProfile }) => url.startsWith('https://api.') && void asked.push(enableProfile);
  const questions = () => ({ getSystemInfo: ask('system', {}), getNetworkType: ask('network', { networkType: 'wifi' }), request });
  for (const [consent, then, expected] of [
    ['granted', () => {}, [true, 'system', 'network']],
    ['pending', () => {}, [true, 'system', 'network']],
    ['denied', () => {}, [undefined]],
    ['granted', (dna) => dna.consent('denied'), [undefined]],
    ['denied', (dna) => dna.consent('granted'), [true, 'system', 'network']],
    ['granted', (dna) => dna.stop(), [undefined]],
  ]) {
    asked.length = 0;
    const launch = new Device().launch({ consent }, questions);
    then(launch.dna);
    launch.api.request({ url: 'https://api.bank/' });
    await launch.pass(1_000);
    assert.deepEqual(asked, expected, `${consent} ${then}`);
  }
  // What was denied between the two questions.
  asked.length = 0;
  const device = new Device();
  const launch = device.launch({}, () => ({ ...questions(), getSystemInfo: ({ success }) => { launch.dna.consent('denied'); success({}); } }));
  await launch.pass(1_000);
  assert.deepEqual(asked, []);
});
