// The demo bank as a mini program in the strict container, with its real services and the real ingest.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventsOf, startBank, startIngest } from '../browser/harness/servers.js';
import { compile } from './compilers/wechat.js';
import { Phone } from './container/phone.js';
import { overHttp } from './container/requests.js';
import { layBank, portBank } from './bank.js';

const API = 'https://api.bank.example';
const DNA = 'https://dna.bank.example';
const CARD = '6222020202020208';
const GIVEN = { api: API, ingest: DNA, key: 'bank-mini' };

let ingest;
let bank;
before(async () => {
  ingest = await startIngest({ keys: ['bank-mini'] });
  bank = await startBank(ingest.url);
});
after(async () => {
  await bank?.stop();
  await ingest?.stop();
});

/** The bank's folder as each platform runs it: WeChat's is what WeChat's own compiler makes. */
async function folderFor(platform) {
  if (platform != 'wechat') return portBank(platform, GIVEN);
  const app = await layBank(GIVEN);
  const out = join(app, '..', 'out');
  const { errors } = await compile(app, out, [{ compiler: 'original', setting: { es6: true, enhance: true } }]);
  assert.deepEqual(errors, [null]);
  return join(out, '0');
}

const event = (value, dataset = {}) => ({ detail: { value }, currentTarget: { dataset } });

/** Signs in as `user`, looks at accounts, transfers, has a slow call and an error. */
async function use(running, user) {
  await running.tap('decide', event('', { state: 'granted' }));
  await running.tap('type', event(user, { field: 'userId' }));
  await running.tap('type', event('secret', { field: 'password' }));
  await running.tap('submit');
  assert.equal(running.page.route, 'pages/accounts/index');
  assert.ok(running.page.data.accounts.length > 0);
  await running.tap('open', event('', { to: '/pages/transfer/index' }));
  await running.tap('type', event('Li Hua', { field: 'payee' }));
  await running.tap('type', event(CARD, { field: 'payeeAccount' }));
  await running.tap('pressed', { detail: { amount: '12.50' } });
  await running.tap('submit');
  assert.equal(running.page.data.good, true, running.page.data.result);
  running.realm.run('getCurrentPages()');
  await running.advance(2000);
}

for (const platform of ['wechat', 'alipay', 'douyin']) {
  test(`${platform}: what a customer does is in the buffer, by a pseudonym and without secrets`, async () => {
    const seen = (await ingest.entries()).length;
    const phone = new Phone({ platform, folder: await folderFor(platform), domains: [API, DNA], serve: overHttp({ [API]: bank.url, [DNA]: ingest.url }) });
    const running = await phone.launch();
    const user = `o6zAJs5tGhK_LQz1xF4pPq0w${platform.slice(0, 4)}`;
    await use(running, user);
    await running.hide();
    await running.advance(4000);
    assert.deepEqual(running.refused, []);
    assert.deepEqual(running.thrown, []);
    const entries = (await ingest.entries()).slice(seen);
    const events = eventsOf(entries);
    const has = (kind, field, value) => events.some((found) => found.kind == kind && (field === undefined || found.body[field] === value));
    const kinds = events.map(({ kind }) => kind).join();
    assert.match(events.find(({ kind }) => kind == 'identity').body['user.hash'], /^[0-9a-f]{64}$/);
    assert.ok(has('transaction', 'transaction.name', 'transfer'), kinds);
    assert.ok(has('api_call', 'url.full', `${API}/api/transfer`), kinds);
    assert.ok(events.some(({ frame }) => frame['url.full'] == `miniprogram://${platform}/pages/accounts/index`), kinds);
    const all = JSON.stringify(entries);
    for (const secret of [CARD, user, 'secret', 'Li Hua']) assert.ok(!all.includes(secret), secret);
  });
}
