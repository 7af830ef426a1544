// Calls of the application's lead through ours: what they are made with, give back and tell stays as it was, and is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PLATFORMS } from './container/phone.js';
import { API } from './visit/intake.js';
import { phoneFor } from './visit/visit.js';

/** Runs `code` in a mini program that is open, whose `said` collects; gives back what was said and the calls that we were told. */
async function called(code, { platform = 'wechat', online = true, ...more } = {}) {
  const { phone, intake } = await phoneFor(platform, more);
  phone.files['file://a'] = 'a';
  const running = await phone.launch();
  await running.advance(1_000);
  phone.online = online;
  running.realm.run(`var said = [], host = ${phone.platform.global}; ${code}`);
  await running.advance(1_000);
  phone.online = true;
  await running.advance(6_000);
  await running.hide();
  await running.advance(2_000);
  const told = intake.events.filter(({ kind }) => kind == 'api_call').map(({ initiator, url, status, error }) => [initiator, url, status, error].filter((one) => one !== undefined).join(' '));
  return { said: JSON.parse(JSON.stringify(running.realm.run('said'))), told, refused: running.refused };
}

const OPTIONS = {
  request: `{ url: '${API}/a' }`,
  uploadFile: `{ url: '${API}/a', filePath: 'file://a', name: 'a', fileType: 'image' }`,
  downloadFile: `{ url: '${API}/a' }`,
};

for (const [name, options] of Object.entries(OPTIONS)) {
  test(`alipay: ${name} gives a promise that is a task too, and is told`, async () => {
    const good = await called(`const task = host.${name}(${options}); said.push(task instanceof Promise, typeof task.abort, typeof task.onHeadersReceived);
      task.then(({ header }) => said.push(typeof header));`, { platform: 'alipay' });
    assert.deepEqual(good, { said: [true, 'function', 'function', 'object'], told: [`${name} ${API}/a 200`], refused: [] });

    const ended = await called(`const task = host.${name}(${options}); task.abort(); task.catch(({ error }) => said.push(error));`, { platform: 'alipay' });
    assert.deepEqual(ended, { said: [9], told: [`${name} ${API}/a abort`], refused: [] });
  });
}

test('alipay: a promise that nobody has caught is the application’s own rejection, once', async () => {
  const { said, told, refused } = await called(`host.onUnhandledRejection(({ reason }) => said.push(reason.errorMessage)); host.request({ url: '${API}/a' });`, { platform: 'alipay', online: false });
  assert.equal(said.length, 1, said);
  assert.match(said[0], /^network/);
  assert.deepEqual([told, refused], [[`request ${API}/a network`], []]);
});

for (const platform of Object.keys(PLATFORMS)) {
  test(`${platform}: options that inherit what they say lead where they did, and are told`, async () => {
    const code = `class Call { get url() { return '${API}/inherited' } success() { said.push('success') } }
      const call = Object.assign(new Call(), { method: 'POST' });
      host.request(call);
      const open = Object.create({ url: '/pages/gone/index', fail() { said.push('fail') } });
      host.navigateTo(open); said.push(Object.keys(call).join(), Object.keys(open).join());`;
    const { said, told, refused } = await called(code, { platform });
    assert.deepEqual([said.slice(0, 2), said.slice(2).sort()], [['method', ''], ['fail', 'success']]);
    assert.deepEqual([told, refused], [[`request ${API}/inherited 200`], []]);
  });
}
