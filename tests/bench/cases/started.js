// A page that has been there for a while: SDK and page have started and come to rest.

import { setTimeout as sleep } from 'node:timers/promises';
import { counters, countedSession, undebugged } from '../browser.js';

const START_MS = 6500;
/** Of it the part in which the page and SDKs work; then another turn may. */
const BUSY_MS = 800;
/** Ours sends 5 s after the event; the others sooner, or not before the page is left. */
const SETTLE_MS = 6500;

/** Opens the page of a run. */
export async function started(bench, run) {
  const page = await run.context.newPage();
  const session = await countedSession(page);
  await bench.alone(async () => {
    await page.goto(run.address(), { waitUntil: 'load' });
    await undebugged(page);
    await sleep(BUSY_MS);
  });
  await sleep(START_MS - BUSY_MS);
  return { page, session };
}

/** Until what followed from something has ended. */
export const settled = () => sleep(SETTLE_MS);

/**
 * What each of `count` pieces of work costs, in µs: CPU time of the main thread with all that
 * follows in the time until it is settled, and `inCall`, the milliseconds that `act` gives back.
 */
export async function costOf(bench, session, count, act) {
  const before = await counters(session);
  const inCall = await bench.alone(act);
  await settled();
  const after = await counters(session);
  return { cpu: ((after.TaskDuration - before.TaskDuration) * 1e6) / count, inCall: (inCall * 1000) / count };
}
