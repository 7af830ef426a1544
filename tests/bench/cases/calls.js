// What one instrumented fetch costs: CPU time of the main thread over that of the same calls in
// a page without SDK, with all that follows from them in the next 2.5 s, and the time on the
// wall that fetch() itself takes before it returns.

import { setTimeout as sleep } from 'node:timers/promises';
import { counters, countedSession } from '../browser.js';
import { beginRun } from '../run.js';

const CALLS = 500;
/** For the compiler: what is measured is a page that has made calls before. */
const WARM_UP = 50;
const START_MS = 1500;
/** Ours sends 2 s after the event; the others sooner, or not before the page is left. */
const SETTLE_MS = 2500;

export const calls = {
  name: 'fetch',
  title: `Fetch: µs an instrumented call, of ${CALLS}`,
  turns: 7,
  // The calls keep both cores busy for a second.
  gapMs: 2500,
  together: 3,
  applies: () => true,
  measure: async (bench, peer) => {
    const run = await beginRun(bench, peer);
    try {
      const page = await run.context.newPage();
      const session = await countedSession(page);
      await page.goto(run.address(), { waitUntil: 'load' });
      await sleep(START_MS);
      await page.evaluate((count) => bench.calls(count, '/api/ok'), WARM_UP);
      await sleep(SETTLE_MS);
      const before = await counters(session);
      const inCall = await page.evaluate((count) => bench.calls(count, '/api/ok'), CALLS);
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
