// Whether a slow phone is held up: long tasks (W3C, 50 ms and more) while the page loads on a CPU that
// is 4 times slower than this one, and the longest that a script of the SDK ran in one go.

import { setTimeout as sleep } from 'node:timers/promises';
import { beginRun } from '../run.js';

const SLOWER = 4;
const AFTER_LOAD_MS = 4000;

/** In the page, before anything else. */
const watch = () => {
  window.slow = { tasks: 0, longest: 0 };
  new PerformanceObserver((list) => (window.slow.tasks += list.getEntries().length)).observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((list) => {
    for (const { scripts } of list.getEntries()) {
      for (const { sourceURL, duration } of scripts) {
        if (sourceURL.includes('/sdk/')) window.slow.longest = Math.max(window.slow.longest, duration);
      }
    }
  }).observe({ type: 'long-animation-frame', buffered: true });
};

export const slowed = {
  name: 'slowed',
  title: 'Long tasks while loading, on a CPU 4 times slower',
  turns: 7,
  gapMs: 0,
  together: 2,
  applies: () => true,
  measure: async (bench, peer) => {
    const run = await beginRun(bench, peer);
    try {
      const page = await run.context.newPage();
      await page.emulateCPUThrottling(SLOWER);
      await page.evaluateOnNewDocument(watch);
      // Time on the wall is what counts here, so nobody else may work meanwhile.
      await bench.alone(async () => {
        await page.goto(run.address(), { waitUntil: 'load' });
        await sleep(AFTER_LOAD_MS);
      });
      return await page.evaluate(() => window.slow);
    } finally {
      await run.end();
    }
  },
  figures: [
    { key: 'long_tasks', from: 'tasks', title: 'long tasks over none', overBase: true },
    { key: 'long_script_ms', from: 'longest', title: 'longest script of the SDK in one, ms' },
  ],
};
