// Whether memory stays as it is when a single-page application shows one route after the other.

import { heapBytes, wasmBytes } from '../memory.js';
import { BASE, OURS } from '../peers/index.js';
import { beginRun } from '../run.js';
import { settled, started } from './started.js';

const ROUTES = 10_000;
/** Before the first look: what is kept once, and what the compiler keeps, is no growth. */
const WARM_UP = 500;

export const routes = {
  name: 'routes',
  title: 'Memory: what 10,000 changes of route leave behind',
  turns: 3,
  gapMs: 0,
  together: 4,
  limitMs: 240_000,
  // A browser takes some milliseconds a route, so this is for ours, not for a comparison.
  applies: ({ name }) => [BASE, OURS].includes(name),
  measure: async (bench, peer) => {
    const run = await beginRun(bench, peer);
    try {
      const { page, session } = await started(bench, run);
      const show = (count) => bench.alone(() => page.evaluate((count) => bench.routes(count), count));
      await show(WARM_UP);
      await settled();
      const before = { heap: await heapBytes(session), wasm: await wasmBytes(session) };
      const shown = await show(ROUTES);
      if (shown !== ROUTES) throw new Error(`the browser has shown ${shown} of ${ROUTES} routes`);
      await settled();
      return { heap: (await heapBytes(session)) - before.heap, wasm: (await wasmBytes(session)) - before.wasm };
    } finally {
      await run.end();
    }
  },
  figures: [
    { key: 'routes_heap_bytes', from: 'heap', title: 'JS heap grown over none, bytes', overBase: true },
    { key: 'routes_wasm_bytes', from: 'wasm', title: 'Wasm memory grown, bytes' },
  ],
};
