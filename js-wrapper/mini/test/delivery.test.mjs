/** What is seen reaches the server once: whenever the mini program is suspended or killed, and whatever fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frame } from '../../test/frames.js';
import { Device, PLATFORMS, settled } from './container.mjs';
import { events, everything, visit } from './visit.mjs';

const names = async (device) => (await events(device)).filter(({ kind }) => kind === 'custom').map(({ name }) => name);
const frames = (device) => [...device.storage.keys()].filter((key) => key.startsWith('dna.f.'));

test('a frame is stored before it is sent, and goes again under the same number after a kill', async () => {
  const device = new Device();
  device.online = false;
  const first = device.launch();
  first.dna.event('paid');
  await first.pass(6_000);
  assert.equal(device.sent.length, 1);
  assert.equal(frames(device).length, 1);
  first.kill();
  device.online = true;
  device.now += 60_000;
  const second = device.launch();
  await second.pass(1_000);
  assert.equal(device.sent.length, 2);
  const [before, after] = await Promise.all(device.sent.map(frame));
  assert.equal(after.sequence, before.sequence);
  assert.equal(after['session.id'], before['session.id']);
  assert.deepEqual(after.events, before.events);
  assert.deepEqual(frames(device), [], 'acknowledged');
});

test('going away sends and stores what waits', async () => {
  const device = new Device();
  device.online = false;
  const launch = device.launch();
  await settled();
  launch.dna.event('last');
  await launch.pass(100);
  assert.equal(device.sent.length, 0);
  launch.tell('onAppHide');
  assert.equal(device.sent.length, 1, 'at once');
  assert.equal(frames(device).length, 1, 'and stored');
  launch.kill();
  device.online = true;
  await device.launch().pass(1_000);
  assert.deepEqual([...new Set(await names(device))], ['last']);
});

/**
 * A visit that is killed when it makes its call number `at` of the storage or the network: before the call, and in
 * a second run behind it. Gives back how many calls there were.
 */
async function killed(at, behind) {
  const device = new Device();
  let [made, launch] = [0, undefined];
  const step = (act) =>
    function (...values) {
      const last = made++ === at;
      if (last && !behind) launch.kill();
      if (launch && !launch.alive) return undefined;
      const result = act.apply(this, values);
      if (last) launch.kill();
      return result;
    };
  const apis = ['request', 'getStorageSync', 'setStorageSync', 'removeStorageSync', 'getStorageInfoSync'];
  launch = device.launch({}, (api) => Object.fromEntries(apis.map((name) => [name, step(api[name])])));
  for (let round = 0; round < 3 && launch.alive; round++) {
    launch.dna.event(`e${round}`);
    // The second is under way while the third comes.
    device.online = round !== 1;
    await launch.pass(6_000);
  }
  launch.kill();
  const [left, before] = [frames(device), device.sent.length];
  device.online = true;
  await device.launch().pass(4_000);
  assert.equal(device.sent.length - before, left.length, 'what was stored is sent');
  assert.deepEqual(frames(device), [], 'and then forgotten');
  const counted = await names(device);
  assert.deepEqual(counted, [...new Set(counted)], 'counted once');
  return made;
}

test('killed at any call of the storage or the network: what was stored arrives, and is counted once', async () => {
  const calls = await killed(Infinity, false);
  assert.ok(calls > 8, `${calls} calls`);
  for (let at = 0; at < calls; at++) for (const behind of [false, true]) await killed(at, behind);
});

test('an error on the line after init is delivered once', async () => {
  const device = new Device();
  const launch = device.launch();
  launch.tell('onError', 'boom', '');
  await launch.pass(60_000);
  const errors = (await events(device)).filter(({ kind }) => kind === 'exception');
  assert.deepEqual(errors.map(({ message }) => message), ['boom']);
});

test('without an answer it is tried again, ever more seldom, and nothing is lost', async () => {
  const device = new Device();
  const launch = device.launch();
  device.answers = 503;
  launch.dna.event('a');
  await launch.pass(60_000);
  const tries = device.sent.length;
  assert.ok(tries >= 3 && tries < 12, `${tries} tries in a minute`);
  device.answers = 0;
  launch.dna.event('b');
  await launch.pass(60_000);
  device.answers = 200;
  await launch.pass(240_000);
  assert.deepEqual((await names(device)).sort(), ['a', 'b']);
  assert.deepEqual(frames(device), []);
});

test('one request of ours is under way at a time, whatever waits', async () => {
  const device = new Device();
  device.online = false;
  const launch = device.launch();
  await settled();
  for (let at = 0; at < 30; at++) launch.dna.event('big', Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`a${n}`, `word ${at} `.repeat(60)])));
  await launch.pass(10_000);
  assert.equal(device.sent.length, 1);
  assert.ok(frames(device).length > 5);
  device.online = true;
  await launch.pass(30_000);
  assert.equal(launch.atOnce, 1);
  assert.equal((await names(device)).length, 30);
});

test('what finds no room before the core is there is counted by its reason', async () => {
  const device = new Device();
  const launch = device.launch();
  const made = 300;
  for (let at = 0; at < made; at++) launch.dna.event(`e${at}`);
  await launch.pass(12_000);
  const told = await names(device);
  assert.deepEqual(told, Array.from({ length: 200 }, (_, at) => `e${at}`), 'the first have come');
  const read = await Promise.all(device.sent.map(frame));
  const lost = read.map((one) => one['dropped.queue_full']).filter(Boolean);
  assert.deepEqual(lost, [made - told.length], 'once');
  for (const other of ['dropped.rate_limited', 'dropped.filtered']) assert.ok(read.every((one) => one[other] === undefined), other);
});

test('measurements that find no room before the core is there are counted too', async () => {
  const device = new Device();
  const createObserver = (listener) => ({ observe: () => listener(Array.from({ length: 500 }, (_, at) => ({ name: 'evaluateScript', moduleName: `m${at}`, startTime: device.now, duration: 1 }))) });
  const launch = device.launch({}, () => ({ getPerformance: () => ({ createObserver }) }));
  launch.dna.event('kept');
  await launch.pass(12_000);
  const read = await Promise.all(device.sent.map(frame));
  const code = read.flatMap((one) => one.events).filter(({ kind }) => kind == 'code_load').length;
  const limited = read.reduce((sum, one) => sum + (one['dropped.rate_limited'] ?? 0), 0);
  const full = read.reduce((sum, one) => sum + (one['dropped.queue_full'] ?? 0), 0);
  // One entry said that there are any.
  assert.deepEqual([code + limited, full], [119, 381]);
  assert.deepEqual(await names(device), ['kept']);
});

for (const platform of Object.keys(PLATFORMS)) {
  test(`${platform}: a request that is given up is aborted before the next goes out, and its late answer counts for nothing`, async () => {
    const device = new Device(platform);
    device.online = false;
    const launch = device.launch();
    launch.dna.event('a');
    await launch.pass(6_000);
    assert.deepEqual(device.sent.map(({ aborted }) => aborted), [false]);
    await launch.pass(25_000);
    const aborted = device.sent.map(({ aborted }) => aborted);
    assert.ok(aborted.length > 1, `${aborted}`);
    assert.deepEqual(aborted, [...aborted.slice(1).map(() => true), false], 'all but the last');
    assert.equal(launch.atOnce, 1);
    const stored = frames(device);
    assert.equal(stored.length, 1);
    device.sent[0].success({ statusCode: 200, status: 200, data: '' });
    await launch.pass(10);
    assert.deepEqual(frames(device), stored, 'not acknowledged by that');
    // Nor is it left under way when consent is taken back.
    launch.dna.consent('denied');
    assert.ok(device.sent.every(({ aborted }) => aborted));
    assert.deepEqual(frames(device), []);
  });
}

test('what finds no room in the storage goes, the oldest without a failure first, and is counted', async () => {
  const device = new Device();
  device.online = false;
  const launch = device.launch({ sampleRate: 1 });
  await settled();
  launch.tell('onError', 'kept', '');
  await launch.pass(2_000);
  const big = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`a${n}`, 'x'.repeat(500)]));
  for (let round = 0; round < 60; round++) {
    launch.dna.event('big', big);
    launch.dna.event('big', big);
    await launch.pass(5_500);
  }
  const bytes = [...device.storage].reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  assert.ok(bytes < 1024 * 1024, `${bytes} bytes`);
  for (const value of device.storage.values()) assert.ok(value.length <= 180 * 1024);
  launch.kill();
  device.online = true;
  device.sent.length = 0;
  const again = device.launch();
  await again.pass(60_000);
  again.dna.event('after');
  await again.pass(6_000);
  const told = await events(device);
  assert.ok(told.some(({ message }) => message === 'kept'));
});

test('what was stored has no user, and no card number', async () => {
  const device = new Device();
  device.online = false;
  const launch = device.launch();
  await settled();
  launch.dna.setUser('openid-o6zAJs5tG');
  launch.dna.event('paid from 6222 0202 0202 0208 by 13800138000');
  launch.tell('onAppHide');
  await launch.pass(10_000);
  const stored = [...device.storage.values()].map((value) => Buffer.from(value, 'base64').toString('latin1')).join();
  assert.ok(frames(device).length > 0);
  for (const secret of ['o6zAJs5tG', '0202', '13800138000']) assert.ok(!stored.includes(secret), secret);
  assert.ok(!(await everything(device)).includes('0202'));
});

test('the options say what is wrong, and nothing is sent', async () => {
  const device = new Device();
  const launch = device.launch({ key: '' });
  launch.dna.event('a');
  visit(launch);
  await launch.pass(20_000);
  assert.match(launch.warnings[0], /dna: key is missing/);
  assert.equal(device.sent.length, 0);
});
