// Alipay's core in its Worker: the same is told, and when the Worker ends, fails or is wanted by the application,
// the core goes on in the logic layer.

import assert from 'node:assert/strict';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { SECRETS, STEPS, comparable, layWorker, phoneFor, told, visit } from './visit/visit.js';

const SCRIPT = 'node_modules/dna-mini/dna-wasm2js.js';

let expected;
before(async () => {
  const { phone, intake } = await phoneFor('alipay');
  await visit(phone);
  expected = told('alipay', intake);
});

const phoneWith = async (prepare, more) => {
  const app = await layWorker();
  await prepare?.(app);
  return phoneFor('alipay', { app, ...more });
};

/** No script in the logic layer: what is told can have come from the Worker only. */
const withoutScript = (app) => rm(join(app, SCRIPT));

for (const [system, wasmShape] of [['android', 'both'], ['ios', 'both'], ['ios', 'instance']]) {
  test(`${system}, given ${wasmShape}: the Wasm in the Worker tells what the script in the logic layer tells`, async () => {
    const { phone, intake } = await phoneWith(withoutScript, { system, wasmShape });
    const running = await visit(phone);
    assert.deepEqual(running.refused, []);
    assert.deepEqual(running.printed, []);
    assert.deepEqual(told('alipay', intake), expected);
    const keys = Object.keys(phone.storage.texts).filter((key) => key.startsWith('dna.'));
    assert.deepEqual(keys, ['dna.s'], 'what was acknowledged is not kept');
    const left = JSON.stringify([intake.taken, phone.storage.texts]);
    for (const secret of Object.values(SECRETS)) assert.ok(!left.includes(secret), secret);
  });
}

const FAILURES = {
  'app.json does not name it': (app) => writeFile(join(app, 'app.json'), JSON.stringify({ pages: ['pages/home/home', 'pages/pay/pay'] })),
  'its script is not there': (app) => rm(join(app, 'workers/dna-worker.js')),
  'its script throws': (app) => writeFile(join(app, 'workers/dna-worker.js'), 'throw new Error("no");'),
  'its script says nothing': (app) => writeFile(join(app, 'workers/dna-worker.js'), 'worker.onMessage(() => {});'),
  'it has no Wasm': (app) => Promise.all(['dna.wasm', 'dna.wasm.br'].map((name) => rm(join(app, 'workers', name)))),
  'its Wasm is cut off': (app) => Promise.all(['dna.wasm', 'dna.wasm.br'].map((name) => truncate(join(app, 'workers', name), 1000))),
};

for (const [what, spoil] of Object.entries(FAILURES)) {
  test(`${what}: the core starts in the logic layer, and nothing of the visit is lost`, async () => {
    const { phone, intake } = await phoneWith(spoil);
    const running = await visit(phone);
    await running.show();
    await running.advance(30_000);
    const kinds = new Set(intake.events.map(({ kind }) => kind));
    for (const line of expected) assert.ok(kinds.has(JSON.parse(line)[0]), line);
  });
}

const ENDS = {
  'the system ends it': (phone) => phone.worker.end(),
  'it falls silent': (phone) => phone.worker.deafen(),
  'the application wants it': (phone, running) => assert.equal(running.realm.run("typeof my.createWorker('workers/dna-worker.js')"), 'object'),
};

for (const [what, end] of Object.entries(ENDS)) {
  test(`${what}: the core goes on in the logic layer, with the user that it knew, and counts nothing twice`, async () => {
    for (let at = 1; at < STEPS.length; at++) {
      const { phone, intake } = await phoneWith();
      const running = await phone.launch();
      for (const [step, act] of STEPS.entries()) {
        if (step == at) await end(phone, running);
        await act(running);
      }
      await running.show();
      await running.tap('throws');
      await running.advance(30_000);
      assert.deepEqual(running.refused, [], `${at}`);
      const failed = intake.events.filter(({ kind, type }) => kind == 'exception' && type == 'RangeError');
      const late = failed.filter(({ message }) => message.includes('is over its limit'));
      assert.ok(late.length >= 1 && late.length <= 2, `${at}: ${late.length}`);
      const last = intake.frames.at(-1);
      assert.equal(last['session.id'], intake.frames[0]['session.id'], `${at}: one session`);
      const users = intake.events.filter(({ kind, id }) => kind == 'identity' && id);
      assert.ok(users.length >= 1, `${at}: the user is told`);
      assert.deepEqual(Object.keys(phone.storage.texts).filter((key) => key.startsWith('dna.f.')), [], `${at}`);
    }
  });
}

/** What is told when the platform has measured more, and may still be waited for when the Worker is ended. */
const waitedFor = (line) => ['page_load', 'data_update', 'app_launch'].includes(JSON.parse(line)[0]);

/** A visit whose Worker is ended before its instant number `at`; gives back how many there were, and what was told. */
async function endedAt(app, at, state) {
  const { phone, intake } = await phoneFor('alipay', { app, now: 1_795_478_400_000 });
  Object.assign(phone, { workerDiesAt: at });
  intake.state = state;
  const running = await visit(phone);
  intake.state = 'well';
  await running.show();
  await running.advance(60_000);
  assert.deepEqual(running.refused, [], `${at}`);
  assert.deepEqual(Object.keys(phone.storage.texts).filter((key) => key.startsWith('dna.f.')), [], `${at}`);
  const lines = intake.events.map(comparable);
  const updates = intake.events.reduce((sum, { kind, count }) => sum + (kind == 'data_update' ? count : 0), 0);
  return [phone.workerInstants, lines.filter((line) => !waitedFor(line)), [...lines.filter(waitedFor), ...Array(updates).fill('an update of data')]];
}

/** How often each is told; whose user it is may be said again, on any page. */
const counts = (lines) => {
  const often = {};
  for (const line of lines) {
    const [kind, , fields] = line.startsWith('[') ? JSON.parse(line) : [];
    if (kind == 'identity') often[JSON.stringify([kind, fields])] = 1;
    // How they are grouped is no matter.
    else if (kind != 'data_update') often[line] = (often[line] ?? 0) + 1;
  }
  return often;
};

for (const state of ['well', 'deaf']) {
  test(`ended at every instant, the intake being ${state}: each record is told once, in a frame of the Worker's or of the core that takes over`, async () => {
    const app = await layWorker();
    const [instants, whole, waited] = await endedAt(app, Infinity, state);
    assert.ok(instants > 50 && whole.length > 10 && waited.length > 2, `${instants} instants, ${whole.length} and ${waited.length} events`);
    for (let at = 0; at < instants; at++) {
      const [, told, alsoTold] = await endedAt(app, at, state);
      assert.deepEqual(counts(told), counts(whole), `${at} of ${instants}`);
      for (const [line, often] of Object.entries(counts(alsoTold))) assert.ok(often <= (counts(waited)[line] ?? 0), `${at} of ${instants}: ${line}`);
    }
  });
}

/** A visit in which consent is taken back when the Worker has posted its message number `at`; gives back how many it posts. */
async function revoked(state, at) {
  const { phone, intake } = await phoneWith(withoutScript);
  const running = await phone.launch({ settle: false });
  let [posts, sent] = [0, undefined];
  const late = [];
  const set = phone.storage.set.bind(phone.storage);
  phone.storage.set = (key, value) => {
    if (state == 'denied' && sent !== undefined && key.startsWith('dna.')) late.push(key);
    set(key, value);
  };
  const posted = () => {
    if (posts++ != at) return;
    // It wanted something while nobody had said no.
    running.app.dna.consent(state);
    sent = phone.sent.length;
  };
  const watch = setInterval(() => phone.worker && (phone.worker.posted ??= posted), 0);
  await running.settle();
  clearInterval(watch);
  phone.worker.posted = posted;
  for (const step of STEPS) await step(running);
  await running.show();
  await running.advance(30_000);
  const ours = () => phone.sent.slice(sent).filter(({ url }) => url.startsWith('https://dna.'));
  const stored = Object.keys(phone.storage.texts).filter((key) => key.startsWith('dna.'));
  assert.deepEqual(late, [], `stored after it was ${state} at ${at}`);
  if (sent !== undefined) assert.deepEqual(ours(), [], `${state} at ${at}`);
  if (sent !== undefined && state == 'denied') assert.deepEqual(stored, [], `${state} at ${at}`);
  return [posts, intake.taken.length];
}

test('consent taken back is obeyed at once, whatever the Worker wanted before it knew', async () => {
  const [posts, frames] = await revoked('denied', Infinity);
  assert.ok(posts > 8 && frames > 2, `${posts} messages, ${frames} frames`);
  for (const state of ['denied', 'pending']) for (let at = 0; at < posts; at++) await revoked(state, at);
});
