/** A mini program's visit through the real ingest into the buffer, and what is left of it when it is killed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Device } from '../../js-wrapper/mini/test/container.mjs';
import { visit } from '../../js-wrapper/mini/test/visit.mjs';
import { startIngest } from '../browser/harness/servers.js';

/** What each platform writes into `Referer`, whatever a mini program says. */
const REFERERS = {
  wechat: 'https://servicewechat.com/wx1234567890abcdef/1/page-frame.html',
  alipay: 'https://2021001140664847.hybrid.alipay-eco.com/2021001140664847/0.2.1/index.html#pages/sign-in/index',
  douyin: 'https://tmaservice.developer.toutiao.com/?appid=tt1234567890abcdef&version=1.0.0',
};

let ingest;
before(async () => (ingest = await startIngest({ keys: ['bank-mini'] })));
after(() => ingest.stop());

/** Brings what a device has sent since to ingest; gives back the statuses of its answers. */
async function bring(device) {
  const statuses = [];
  for (const { url, method, bytes, header, headers } of device.sent.splice(0)) {
    const response = await fetch(url.replace('https://dna.bank', ingest.url), {
      method,
      body: await bytes,
      headers: { ...(header ?? headers), referer: REFERERS[device.platform] },
    });
    statuses.push(response.status);
  }
  return statuses;
}

/** The frames in the buffer, but those of the sessions `before`. */
async function kept(before = new Set()) {
  const frames = (await ingest.entries()).map(({ frame }) => frame);
  return frames.filter((frame) => !before.has(frame['session.id']));
}

for (const platform of Object.keys(REFERERS)) {
  test(`${platform}: what was seen is in the buffer, with a pseudonym and no secret`, async () => {
    const before = new Set((await kept()).map((frame) => frame['session.id']));
    const device = new Device(platform);
    device.now = Date.now();
    await visit(device.launch({ release: '1.2.3' }));
    const statuses = await bring(device);
    assert.ok(statuses.length > 2 && statuses.every((status) => status === 200), statuses.join());
    const frames = await kept(before);
    assert.ok(frames.every((frame) => frame['miniprogram.platform'] === platform && frame['service.version'] === '1.2.3'));
    const events = frames.flatMap((frame) => frame.events);
    assert.equal(events.length, 13);
    assert.match(events.find(({ kind }) => kind === 'identity').body['user.hash'], /^[0-9a-f]{64}$/);
    const all = JSON.stringify(frames);
    for (const secret of ['o6zAJs5tG', '6222', '0208']) assert.ok(!all.includes(secret), secret);
  });
}

test('killed after the server took a frame and before the answer came, it is counted once', async () => {
  const device = new Device();
  device.now = Date.now();
  device.online = false;
  const launch = device.launch();
  launch.dna.event('paid');
  await launch.pass(6_000);
  assert.deepEqual(await bring(device), [200]);
  launch.kill();
  device.online = true;
  const again = device.launch();
  await again.pass(1_000);
  assert.deepEqual(await bring(device), [200]);
  const paid = (await kept()).filter(({ events }) => events.some(({ body }) => body['event.name'] === 'paid'));
  assert.equal(paid.length, 1);
});
