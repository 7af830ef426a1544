// The demo bank, as the platforms' packages, with what we ship in it: one visit, told alike everywhere.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { frame } from '../../js-wrapper/test/frames.js';
import { Phone } from './container/phone.js';

const require = createRequire(import.meta.url);
const { port } = require('../../demo-site/miniprogram/port/port.js');

const SDK = new URL('../../js-wrapper/mini/dist', import.meta.url).pathname;
const BOOKS = JSON.parse(readFileSync(new URL('../../demo-site/web/data/books.json', import.meta.url)));
const API = 'https://api.bank.example';
const INGEST = 'https://dna.bank.example';
/** What must be in no storage of ours and in no request of ours. */
const CANARIES = { account: '6222020212345670', payee: 'Zhao Lei', password: 'correct horse', amount: '1250.5', user: 'vip-13800138000' };

const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function installed(platform) {
  const folder = mkdtempSync(join(tmpdir(), 'harbour-mini-'));
  folders.push(folder);
  return port(platform, folder, { api: API, ingest: INGEST, sdk: SDK });
}

/** The bank's services, and an ingest that takes all. */
async function serve({ url, method }) {
  const json = (status, body) => ({ status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) });
  const { pathname } = new URL(url);
  if (pathname === '/api/sign-in') return json(200, { displayName: 'Lin Zhiyuan', displayNameZh: '林致远', tier: 'vip' });
  if (pathname === '/api/accounts') return json(200, { accounts: BOOKS.accounts, payments: [] });
  if (pathname === '/api/transfer') return json(200, { reference: 'HB00000001' });
  if (pathname === '/api/fails') return json(500, { code: 'unavailable' });
  assert.equal(`${method} ${url}`, `POST ${INGEST}/v1/beacon`);
  return json(200, { accepted: 1 });
}

const tap = (dataset, detail) => ({ currentTarget: { dataset }, detail });

/** Agrees, signs in, transfers, meets faults, goes away. */
async function visit(running) {
  const page = () => running.page;
  await running.advance(500);
  page().decide(tap({ state: 'granted' }));
  page().type(tap({ field: 'userId' }, { value: CANARIES.user }));
  page().type(tap({ field: 'password' }, { value: CANARIES.password }));
  page().submit();
  await running.advance(3_000);
  await open(running, '/pages/transfer/index');
  page().type(tap({ field: 'payee' }, { value: CANARIES.payee }));
  page().type(tap({ field: 'payeeAccount' }, { value: CANARIES.account }));
  page().pressed({ detail: { amount: CANARIES.amount } });
  page().submit();
  await running.advance(3_000);
  await open(running, '/pages/more/index');
  page().fails();
  running.realm.run('getCurrentPages().slice(-1)[0].rejects()');
  page().lost();
  await running.advance(8_000);
  await running.hide();
  await running.advance(2_000);
}

/** Opens a tab as the bank's own code does: by `platform.js`. */
async function open(running, url) {
  const object = ['wx', 'my', 'tt'].find((name) => running.realm.run(`typeof ${name} === 'object'`));
  running.realm.run(`${object}.switchTab({ url: '${url}' })`);
  await running.advance(1_000);
}

const beacons = (phone) => phone.sent.filter(({ url }) => url.startsWith(INGEST));

async function told(phone) {
  const frames = await Promise.all(beacons(phone).map(({ body }) => frame({ bytes: Promise.resolve(body) })));
  return frames.flatMap((read) => read.events.map((event) => ({ ...event, page: (read.views?.[event.view ?? 0] ?? read)['url.full'].replace(/^miniprogram:\/\/\w+\//, '') })));
}

/** What is the same on every platform: the rest is what a platform measures more. */
const ALIKE = ['app_launch', 'page_view', 'route_change', 'page_load', 'identity', 'api_call', 'transaction', 'resource_failure', 'unhandled_rejection'];
const line = ({ kind, page, name, url, status, outcome, id }) => [kind, page, kind === 'api_call' || kind === 'resource_failure' ? url : name, status, outcome, id].filter(Boolean).join(' ');

let wechat;
for (const platform of ['wechat', 'alipay', 'douyin']) {
  test(`${platform}: a visit to the bank is told, and nothing of it that is the customer's`, async () => {
    const phone = new Phone({ platform, folder: installed(platform), domains: [API, INGEST], serve });
    const running = await phone.launch();
    await visit(running);
    assert.deepEqual(running.refused, []);
    const events = await told(phone);
    // Where a call without callbacks gives a promise, nobody has handled that it leads nowhere.
    const alike = events.filter(({ kind, message }) => ALIKE.includes(kind) && !/is not found$/.test(message));
    const lines = alike.map(line).sort();
    wechat ??= lines;
    assert.ok(lines.length > 12, lines.join('\n'));
    assert.deepEqual(lines, wechat);

    const identity = events.find(({ kind }) => kind === 'identity');
    const id = `sha256:${createHash('sha256').update(CANARIES.user).digest('hex')}`;
    assert.deepEqual([identity.id, identity.tier], [id, 'vip'], 'a phone number is not told, and ingest makes a pseudonym of this');
    const sent = JSON.stringify(events);
    const ours = phone.storage.keys().filter((key) => key.startsWith('dna.')).map((key) => Buffer.from(String(phone.storage.get(key)), 'base64').toString('latin1'));
    for (const [what, canary] of Object.entries(CANARIES)) {
      assert.ok(!sent.includes(canary), `${what} in a request`);
      assert.ok(!ours.join().includes(canary), `${what} in the storage`);
    }
    const traced = phone.sent.filter(({ url }) => url.startsWith(API));
    assert.ok(traced.every(({ headers }) => /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(headers.traceparent)), 'the bank’s services are told the trace');
  });
}

test('before the customer has agreed nothing is stored or sent', async () => {
  const phone = new Phone({ platform: 'wechat', folder: installed('wechat'), domains: [API, INGEST], serve });
  const running = await phone.launch();
  await running.advance(60_000);
  await running.hide();
  assert.deepEqual(beacons(phone), []);
  assert.deepEqual(phone.storage.keys().filter((key) => key.startsWith('dna.')), []);
  assert.deepEqual(running.refused, []);
});
