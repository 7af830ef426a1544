// What one instrumented fetch costs: CPU time of the main thread over that of the same calls in
// a page without SDK, with all that follows from them in the next 6.5 s, and the time on the
// wall that fetch() itself takes before it returns.

import { beginRun } from '../run.js';
import { costOf, settled, started } from './started.js';

const CALLS = 500;
/** For the compiler: what is measured is a page that has made calls before. */
const WARM_UP = 50;

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
      const { page, session } = await started(bench, run);
      await bench.alone(() => page.evaluate((count) => bench.calls(count, '/api/ok'), WARM_UP));
      await settled();
      return await costOf(bench, session, CALLS, () => page.evaluate((count) => bench.calls(count, '/api/ok'), CALLS));
    } finally {
      await run.end();
    }
  },
  figures: [
    { key: 'fetch_cpu_us', from: 'cpu', title: 'CPU a call over none, µs', overBase: true },
    { key: 'fetch_sync_us', from: 'inCall', title: 'inside fetch() over none, µs', overBase: true },
  ],
};
