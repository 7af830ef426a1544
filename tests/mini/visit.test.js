// One visit, made alike on all platforms in the strict container: what it tells, and what it does not.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { PLATFORMS } from './container/phone.js';
import { SECRETS, lay, phoneFor, told, visit } from './visit/visit.js';

const THROWN = ['the line after init', `card ${SECRETS.card} of ${SECRETS.phone}, ${SECRETS.openid}, is over its limit`];

let expected;
before(async () => {
  const { phone, intake } = await phoneFor('wechat');
  await visit(phone);
  expected = told('wechat', intake);
});

test('the visit tells its errors, its pages, its calls, its user', () => {
  const kinds = expected.map((line) => JSON.parse(line)[0]);
  for (const kind of ['exception', 'page_view', 'identity', 'route_change', 'api_call', 'transaction', 'custom', 'unhandled_rejection', 'visibility']) {
    assert.ok(kinds.includes(kind), `${kind} in ${kinds}`);
  }
});

for (const platform of Object.keys(PLATFORMS)) {
  test(`${platform}: tells the same as the others, and uses nothing that the platform has not`, async () => {
    const { phone, intake } = await phoneFor(platform);
    const running = await visit(phone);
    assert.deepEqual(running.refused, []);
    assert.deepEqual(running.printed, []);
    assert.deepEqual(running.thrown.map(({ message }) => message), THROWN);
    assert.deepEqual(told(platform, intake), expected);
    assert.ok(intake.frames.every((read) => read['miniprogram.platform'] == platform));
    const launches = intake.events.filter(({ kind }) => kind == 'app_launch').map((launch) => launch['app.launch.type']);
    assert.deepEqual(launches, ['cold', 'warm']);
    const pages = intake.events.filter(({ kind }) => kind == 'page_load').map(({ page }) => page.split('/pages/')[1]);
    assert.deepEqual(pages, ['home/home', 'pay/pay']);
  });

  test(`${platform}: no card, phone or openid in what is stored or sent`, async () => {
    const { phone, intake } = await phoneFor(platform);
    const seen = [];
    const watched = () => seen.push(...Object.entries(phone.storage.texts).filter(([key]) => key != 'bank').map(([key, text]) => `${key} ${text} ${unpackedText(text)}`));
    phone.serve = async (request) => {
      watched();
      return intake.serve(request);
    };
    await visit(phone);
    watched();
    // All of each request, who the user is among it.
    const ours = phone.sent.filter(({ url }) => url.startsWith('https://dna.')).map(({ url, headers, body }) => `${url} ${JSON.stringify(headers)} ${Buffer.from(body).toString('latin1')}`);
    const all = [JSON.stringify(intake.taken), ...ours, ...seen].join('\n');
    assert.ok(seen.some((text) => text.includes('paid')), 'what is stored can be read here');
    assert.ok(all.includes('openid%3D{openid}') && all.includes('/users/%22{openid}%22/transfers') && all.includes('tel%3A{phone}'), 'behind what stands for a sign too');
    assert.ok(all.includes('paid by {openid}') && all.includes('user-{openid}'), 'what the application said of it is told');
    const users = intake.events.filter(({ kind }) => kind == 'identity').map(({ id }) => id);
    assert.deepEqual(new Set(users), new Set([`sha256:${createHash('sha256').update(SECRETS.openid).digest('hex')}`]));
    for (const [name, secret] of Object.entries(SECRETS)) assert.ok(!all.includes(secret), `${name} in ${all}`);
  });

  test(`${platform}: an error on the line after init is told once, killed after or not`, async () => {
    const { phone, intake } = await phoneFor(platform);
    const running = await phone.launch();
    await running.advance(3000);
    running.kill();
    await (await phone.launch()).advance(10_000);
    const sessions = intake.events.filter(({ message }) => message == THROWN[0]);
    assert.equal(sessions.length, 2, 'once a launch');
  });
}

/** What a stored text may hide: base64 of bytes. */
const unpackedText = (text) => Buffer.from(String(JSON.parse(text).value), 'base64').toString('latin1');

const spoilt = {
  'no Wasm in the package': (folder) => Promise.all(['dna.wasm', 'dna.wasm.br'].map((name) => rm(join(folder, name)))),
  'a Wasm that is cut off': (folder) => Promise.all(['dna.wasm', 'dna.wasm.br'].map((name) => truncate(join(folder, name), 1000))),
  'another Wasm': (folder) => Promise.all(['dna.wasm', 'dna.wasm.br'].map((name) => writeFile(join(folder, name), '\0asm\x01\0\0\0'))),
  'only the packed Wasm cut off': (folder) => truncate(join(folder, 'dna.wasm.br'), 1000),
};

for (const [name, spoil] of Object.entries(spoilt)) {
  test(`${name}: the same is told`, async () => {
    for (const platform of ['wechat', 'douyin']) {
      const app = await lay(platform);
      await spoil(join(app, 'miniprogram_npm/dna-mini'));
      const { phone, intake } = await phoneFor(platform, { app });
      await visit(phone);
      assert.deepEqual(told(platform, intake), expected);
    }
  });
}

test('a Wasm that never loads: the script takes over, and nothing of the visit is lost', async () => {
  const { phone, intake } = await phoneFor('wechat', { wasmShape: 'never' });
  const running = await visit(phone);
  await running.show();
  await running.advance(30_000);
  const kinds = new Set(intake.events.map(({ kind }) => kind));
  for (const line of expected) assert.ok(kinds.has(JSON.parse(line)[0]), line);
});

for (const platform of ['wechat', 'douyin']) {
  for (const [wasmShape, what] of Object.entries({ both: 'a module with its instance', instance: 'an instance alone' })) {
    test(`${platform}: the Wasm as ${what}, with no script in its place, tells the same`, async () => {
      const app = await lay(platform);
      await rm(join(app, 'miniprogram_npm/dna-mini/dna-wasm2js.js'));
      const { phone, intake } = await phoneFor(platform, { app, wasmShape });
      const running = await visit(phone);
      assert.deepEqual([running.refused, running.printed], [[], []]);
      assert.deepEqual(told(platform, intake), expected);
    });
  }
}

test('without consent nothing is stored and nothing sent', async () => {
  for (const consent of ['pending', 'denied']) {
    const { phone, intake } = await phoneFor('wechat', { options: { consent } });
    await visit(phone);
    assert.equal(intake.taken.length, 0);
    assert.deepEqual(Object.keys(phone.storage.texts), ['bank']);
  }
});
