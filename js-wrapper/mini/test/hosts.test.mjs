/** The contract that each platform's row of `hosts.ts` keeps: the same visit tells the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frame } from '../../test/frames.js';
import { Device, PLATFORMS, SHAPES } from './container.mjs';
import { events, everything, visit } from './visit.mjs';

const told = (event) => `${event.kind} ${event.name ?? event.message ?? event.url ?? ''} ${event.url}`;

for (const platform of Object.keys(PLATFORMS)) {
  test(`${platform}: a visit is told whole, once, and to whom it belongs`, async () => {
    const device = new Device(platform);
    const launch = device.launch({ release: '1.2.3' });
    await visit(launch);
    assert.deepEqual(launch.warnings, []);
    const page = (path) => `miniprogram://${platform}/pages/${path}/index`;
    const [signIn, accounts] = [page('sign-in'), page('accounts')];
    assert.deepEqual((await events(device)).map(told), [
      `exception early is not defined ${signIn}`,
      `page_view ${signIn} ${signIn}`,
      `identity ${signIn} ${signIn}`,
      'api_call https://api.bank/accounts https://api.bank/accounts',
      `app_launch ${signIn} ${signIn}`,
      `route_change ${accounts} ${accounts}`,
      `custom looked ${accounts}`,
      `transaction pay ${accounts}`,
      `unhandled_rejection no card {card} ${accounts}`,
      `visibility ${accounts} ${accounts}`,
      `visibility ${accounts} ${accounts}`,
      `app_launch ${accounts} ${accounts}`,
      `mark back ${accounts}`,
    ]);
    const first = await frame(device.sent[0]);
    assert.equal(first['miniprogram.platform'], platform);
    assert.equal(first['telemetry.sdk.name'], 'dna-mini');
    assert.equal(first['service.version'], '1.2.3');
    assert.equal(launch.atOnce, 1, 'requests of ours at a time');
    for (const { url, method, dataType, ...request } of device.sent) {
      assert.equal(`${method} ${url} ${dataType}`, 'POST https://dna.bank/v1/beacon text');
      const { header, text } = PLATFORMS[platform];
      assert.equal(typeof request.data, text ? 'string' : 'object');
      assert.deepEqual({ ...request[header] }, { 'content-type': text ? 'text/plain' : 'application/cbor' });
    }
    const all = await everything(device);
    assert.ok(!all.includes('6222'), 'a card number');
    assert.deepEqual([...device.storage.keys()], ['dna.s'], 'what is acknowledged is not kept');
  });
}

const FOLDER = '/miniprogram_npm/dna-mini/';

test('the core as JavaScript sends what the Wasm sends, byte for byte, each without the others', async () => {
  const sent = async (file, shape, platform) => {
    const device = new Device(platform);
    device.wasmShape = shape;
    for (const name of ['dna.wasm', 'dna.wasm.br', 'dna-wasm2js.js']) if (name != file) device.files.delete(FOLDER + name);
    await visit(device.launch());
    return Promise.all(device.sent.map(async ({ bytes }) => Buffer.from(await bytes).toString('hex')));
  };
  for (const platform of ['wechat', 'douyin']) {
    const expected = await sent('dna-wasm2js.js', undefined, platform);
    assert.ok(expected.length > 2);
    for (const [name, shape] of Object.entries(SHAPES)) {
      for (const file of ['dna.wasm', 'dna.wasm.br']) assert.deepEqual(await sent(file, shape, platform), expected, `${platform} ${file} ${name}`);
    }
  }
});

test('the events and texts are those of the application', async () => {
  const device = new Device('douyin');
  await visit(device.launch());
  const all = await events(device);
  const find = (kind) => all.find((event) => event.kind === kind);
  assert.equal(find('exception').type, 'ReferenceError');
  assert.match(find('exception').stack, /app\.js:2:1/);
  assert.equal(find('custom').attributes.text, 'é 账户 😀 \ufffd');
  assert.equal(find('custom').attributes.amount, 12.5);
  const { method, status, initiator } = find('api_call');
  assert.deepEqual([method, status, initiator], ['GET', 200, 'request']);
  const { duration, outcome, attributes } = find('transaction');
  assert.deepEqual([duration, outcome], [2500, 'ok']);
  assert.deepEqual(attributes, { ok: true, kind: 'qr' });
  assert.deepEqual([find('identity').id, find('identity').tier], ['openid-o6zAJs5tG', 'vip']);
});
