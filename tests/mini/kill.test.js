// A visit killed at every instant at which the world could tell the difference: what was acknowledged
// or stored is counted once, and what is lost is no older than the core says.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { nameOf } from './visit/intake.js';
import { comparable, lay, layWorker, phoneFor, visit } from './visit/visit.js';

/** What happened so shortly before a kill may be in no frame yet (docs/decisions/0029). */
const UNSTORED_MS = 5000;

const WORKER = 'alipay, in its Worker';
const STATES = ['well', 'deaf', 'busy'];
/** By platform, the intakes before which it is killed: the core as Wasm, as a script, which takes longer, and in Alipay's Worker; with `DNA_SOAK` all. */
const runs = process.env.DNA_SOAK === '1'
  ? Object.fromEntries(['wechat', 'alipay', WORKER, 'douyin', 'qq', 'baidu'].map((platform) => [platform, STATES]))
  : { wechat: STATES, alipay: ['deaf'], [WORKER]: ['deaf'] };
const NOW = 1_795_478_400_000;

const apps = {};
before(async () => {
  for (const platform of Object.keys(runs)) apps[platform] = platform == WORKER ? await layWorker() : await lay(platform);
});

/** The events of frames, each once with the time that it happened at. */
const events = (frames) =>
  frames.flatMap((read) => {
    const pageOf = ({ view }) => (read.views?.[view ?? 0] ?? read)['url.full'];
    return read.events.map((event) => ({ at: read.time_base_ms + event.time, session: read['session.id'], kind: event.kind, text: comparable({ ...event, page: pageOf(event) }) }));
  });

const keyOf = ({ at, session, text }) => `${session} ${at} ${text}`;

/** A visit that is killed at the instant of number `dieAt`, before an intake in `state`, and a launch after it. */
async function killed(platform, state, dieAt) {
  const { phone, intake } = await phoneFor(platform.split(',')[0], { app: apps[platform], now: NOW });
  intake.state = state;
  const running = await visit(phone, { dieAt });
  const { alive, instants } = running.life;
  running.kill();
  const died = running.now;
  const stored = frames(phone);
  const first = intake.taken.length;
  intake.state = 'well';
  const again = await phone.launch();
  await again.advance(60_000);
  return { alive, instants, died, stored, left: frames(phone), first: intake.taken.slice(0, first), all: intake.taken, counted: intake.frames };
}

/** The keys of the frames that lie on the phone. */
const frames = (phone) => Object.keys(phone.storage.texts).filter((key) => key.startsWith('dna.f.'));

/** What must hold of a killed visit, compared with `whole`, the events of one that was not. */
function check({ died, stored, left, all, counted }, whole, what) {
  assert.deepEqual(left, [], `${what}: what was stored has been sent`);
  const copies = new Map();
  for (const read of all) copies.set(nameOf(read), [...(copies.get(nameOf(read)) ?? []), read]);
  for (const [name, [original, ...later]] of copies) {
    const had = new Set(events([original]).map(keyOf));
    for (const copy of later) for (const event of events([copy])) assert.ok(had.has(keyOf(event)), `${what}: ${name} came again with another event ${keyOf(event)}`);
  }
  const keys = events(counted).map(keyOf);
  assert.deepEqual(keys, [...new Set(keys)], `${what}: each is counted once`);
  const told = new Set(keys);
  for (const event of whole) {
    // Whose user it was is never stored.
    if (event.at < died - UNSTORED_MS && event.kind != 'identity') assert.ok(told.has(keyOf(event)), `${what}: lost ${keyOf(event)}`);
  }
  assert.ok(stored.length <= all.length, what);
}

for (const [platform, states] of Object.entries(runs)) {
  for (const state of states) {
    test(`${platform}: killed at every instant, the intake being ${state}`, async (test) => {
      const reference = await killed(platform, state, Infinity);
      const whole = events(reference.counted).filter(({ session }) => session == reference.counted[0]['session.id']);
      assert.ok(reference.alive && whole.length > 10, `${whole.length} events`);
      check(reference, whole, 'not killed');
      for (let dieAt = 0; dieAt < reference.instants.length; dieAt++) {
        const run = await killed(platform, state, dieAt);
        assert.ok(!run.alive);
        check(run, whole, `killed before ${reference.instants[dieAt]}, instant ${dieAt}`);
      }
      test.diagnostic(`counted: ${test.name}: ${reference.instants.length} kills`);
    });
  }
}
