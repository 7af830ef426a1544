/** Which sessions are kept, who is always kept, and what stays in addresses: options that the core reads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frame } from '../../test/frames.js';
import { Device } from './container.mjs';
import { events } from './visit.mjs';

/** A visit by a customer of a `tier`, in which something fails or not; the device and what was told. */
async function visited(options, { tier, fails } = {}) {
  const device = new Device();
  const launch = device.launch(options);
  launch.show('pages/sign-in/index');
  launch.dna.event('before');
  await launch.pass(7_000);
  if (tier) launch.dna.setUser('u-1', { tier });
  if (fails) launch.tell('onError', 'Error: failed\n    at a.js:1:1');
  launch.api.request({ url: 'https://api.bank/pay?lang=zh&card=6222020202020208', success() {} });
  await launch.pass(7_000);
  const headers = await Promise.all(device.sent.map(frame));
  return { device, headers, told: await events(device) };
}

test('a session that is not among the share sends and stores no frame', async () => {
  const { device, headers } = await visited({ sampleRate: 0 });
  assert.deepEqual(headers, []);
  assert.deepEqual([...device.storage.keys()].filter((key) => key.startsWith('dna.f.')), []);
});

for (const [what, options, visit, reason] of [
  ['a customer of the tier vip is kept', {}, { tier: 'vip' }, 'vip'],
  ['a customer of a tier that is named is kept', { vipTiers: 'gold, platinum' }, { tier: 'platinum' }, 'vip'],
  ['a session in which something fails is kept', {}, { fails: true }, 'error'],
]) {
  test(`${what} whatever the share is, with what was before, and the frames say why`, async () => {
    const { headers, told } = await visited({ sampleRate: 0, ...options }, visit);
    assert.ok(headers.length > 0);
    assert.deepEqual(new Set(headers.map((header) => header['sampling.reason'])), new Set([reason]));
    assert.ok(told.some(({ name }) => name == 'before'));
  });
}

test('a customer of another tier is not', async () => {
  assert.deepEqual((await visited({ sampleRate: 0, vipTiers: 'gold' }, { tier: 'vip' })).headers, []);
});

test('half of many sessions are kept, and say so', async () => {
  let kept = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const device = new Device();
    device.seed = seed * 7919;
    device.now += seed * 61_000;
    const launch = device.launch({ sampleRate: 0.5 });
    launch.show('pages/a/index');
    await launch.pass(7_000);
    if (!device.sent.length) continue;
    kept += 1;
    assert.equal((await frame(device.sent[0])).sample_percent, 50);
  }
  assert.ok(kept > 8 && kept < 32, `${kept} of 40`);
});

test('parameters that are named stay in addresses, others go', async () => {
  const { told } = await visited({ urlParams: 'lang' });
  assert.equal(told.find(({ kind }) => kind == 'api_call').url, 'https://api.bank/pay?lang=zh');
});
