// What one error costs: CPU time of the main thread over that of the same errors in a page
// without SDK, with all that follows in the next 2.5 s, and the time on the wall for which
// reportError holds the page up.

import { setTimeout as sleep } from 'node:timers/promises';
import { counters, countedSession, undebugged } from '../browser.js';
import { beginRun } from '../run.js';

const ERRORS = 200;
const START_MS = 2500;
/** Of it the part in which the page and SDKs work; then another turn may. */
const BUSY_MS = 800;
const SETTLE_MS = 2500;

export const errors = {
  name: 'error',
  title: `Error: µs an error, of ${ERRORS} distinct ones in one task`,
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
      const texts = Array.from({ length: ERRORS }, (_, number) => run.marker(number));
      const before = await counters(session);
      const inCall = await bench.alone(() => page.evaluate((all) => bench.errors(all), texts));
      await sleep(SETTLE_MS);
      const after = await counters(session);
      const cpu = (after.TaskDuration - before.TaskDuration) * 1e6;
      return { cpu: cpu / ERRORS, inCall: (inCall * 1000) / ERRORS };
    } finally {
      await run.end();
    }
  },
  figures: [
    { key: 'error_cpu_us', from: 'cpu', title: 'CPU an error over none, µs', overBase: true },
    { key: 'error_sync_us', from: 'inCall', title: 'inside reportError over none, µs', overBase: true },
  ],
};
