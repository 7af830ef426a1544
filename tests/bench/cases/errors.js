// What one error costs: CPU time of the main thread over that of the same errors in a page
// without SDK, with all that follows in the next 6.5 s, and the time on the wall for which
// reportError holds the page up.

import { beginRun } from '../run.js';
import { costOf, started } from './started.js';

const ERRORS = 200;

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
      const { page, session } = await started(bench, run);
      const texts = Array.from({ length: ERRORS }, (_, number) => run.marker(number));
      return await costOf(bench, session, ERRORS, () => page.evaluate((all) => bench.errors(all), texts));
    } finally {
      await run.end();
    }
  },
  figures: [
    { key: 'error_cpu_us', from: 'cpu', title: 'CPU an error over none, µs', overBase: true },
    { key: 'error_sync_us', from: 'inCall', title: 'inside reportError over none, µs', overBase: true },
  ],
};
