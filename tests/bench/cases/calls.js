// What one instrumented fetch costs: CPU time of the main thread over that of the same calls in
// a page without SDK, with all that follows from them in the next 2.5 s, and the time on the
// wall that fetch() itself takes before it returns.

import { setTimeout as sleep } from 'node:timers/promises';
import { counters, countedSession, undebugged } from '../browser.js';
import { beginRun } from '../run.js';

const CALLS = 500;
/** For the compiler: what is measured is a page that has made calls before. */
const WARM_UP = 50;
const START_MS = 2500;
/** Of it the part in which the page and SDKs work; then another turn may. */
const BUSY_MS = 800;
/** Ours sends 2 s after the event; the others sooner, or not before the page is left. */
const SETTLE_MS = 2500;

export const calls = {
  name: 'fetch',
  title: `Fetch: µs an instrumented call, of ${CALLS}`,
  turns: 7,
  gapMs: 0,
  together: 6,
  applies: () => true,
  measure: async (bench, peer) => {
    const run = await beginRun(bench, peer);
    try {
      const page = await run.context.newPage();
      const session = await countedSession(page);
      await bench.alone(async () => {
        await page.goto(run.address(), { waitUntil: 'load' });
        await undebugged(page);
        await sleep(BUSY_MS);
      });
      await sleep(START_MS - BUSY_MS);
      await bench.alone(() => page.evaluate((count) => bench.calls(count, '/api/ok'), WARM_UP));
      await sleep(SETTLE_MS);
      const before = await counters(session);
      const inCall = await bench.alone(() => page.evaluate((count) => bench.calls(count, '/api/ok'), CALLS));
      await sleep(SETTLE_MS);
      const after = await counters(session);
      const cpu = (after.TaskDuration - before.TaskDuration) * 1e6;
      return { cpu: cpu / CALLS, inCall: (inCall * 1000) / CALLS };
    } finally {
      await run.end();
    }
  },
  figures: [
    { key: 'fetch_cpu_us', from: 'cpu', title: 'CPU a call over none, µs', overBase: true },
    { key: 'fetch_sync_us', from: 'inCall', title: 'inside fetch() over none, µs', overBase: true },
  ],
};
