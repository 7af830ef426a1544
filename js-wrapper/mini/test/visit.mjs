/** A visit that every platform's mini program makes alike, and what it tells. */
import { frame } from '../../test/frames.js';
import { settled } from './container.mjs';

/** The events of all frames that were sent, in their order, a frame that came twice once. */
export async function events(device) {
  const frames = new Map();
  for (const request of device.sent) {
    const read = await frame(request);
    frames.set(read['session.id'] + read.sequence, read);
  }
  return [...frames.values()].flatMap((read) => read.events.map((event) => ({ ...event, url: event.url ?? (read.views?.[event.view ?? 0] ?? read)['url.full'] })));
}

/** Everything that left the device or stayed on it, as one text. */
export async function everything(device) {
  const frames = await Promise.all(device.sent.map(async (request) => JSON.stringify(await frame(request))));
  const stored = [...device.storage].map(([key, value]) => `${key} ${value} ${Buffer.from(String(value), 'base64').toString('latin1')}`);
  return [...frames, ...stored].join('\n');
}

/** Signs in, looks at accounts, fails, goes away and comes back. */
export async function visit(launch) {
  const { dna } = launch;
  launch.tell('onError', 'MiniProgramError\nearly is not defined\nReferenceError: early is not defined\n    at app.js:2:1', '');
  launch.show('pages/sign-in/index', { onShow() {} });
  dna.setUser('openid-o6zAJs5tG', { tier: 'vip', branch: '上海', age: 41, staff: false });
  launch.api.request({ url: 'https://api.bank/accounts?card=6222020202020208', method: 'get', success: () => {} });
  await launch.pass(1_000);
  launch.show('pages/accounts/index');
  dna.event('looked', { text: 'é 账户 😀 \ud800', amount: 12.5 });
  const paying = dna.transaction('pay', { kind: 'qr' });
  await launch.pass(2_500);
  paying.end({ ok: true });
  launch.tell('onUnhandledRejection', { reason: Object.assign(new RangeError('no card 6222 0202 0202 0208'), { stack: 'RangeError\n    at b.js:1:1' }), promise: null });
  await launch.pass(7_000);
  launch.tell('onAppHide');
  await launch.pass(4_000);
  launch.tell('onAppShow', {});
  dna.mark('back');
  await launch.pass(7_000);
  await settled();
}
