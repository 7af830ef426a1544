// What the SDK costs a page while it loads, with nothing cached: CPU time of the main thread
// from before the navigation until 3 s after `load`, and the memory that it then holds.

import { setTimeout as sleep } from 'node:timers/promises';
import { beginRun } from '../run.js';
import { counters, countedSession, undebugged } from '../browser.js';
import { heapBytes, wasmBytes } from '../memory.js';

const AFTER_LOAD_MS = 3000;
/** Of it the part in which SDKs work; then the next page may start. */
const BUSY_MS = 800;

export const load = {
  name: 'load',
  title: 'Load: main-thread CPU until 3 s after load, and memory then',
  turns: 15,
  gapMs: 0,
  together: 4,
  applies: () => true,
  measure: async (bench, peer) => {
    const run = await beginRun(bench, peer);
    try {
      const page = await run.context.newPage();
      const session = await countedSession(page);
      await undebugged(page);
      const before = await counters(session);
      await bench.alone(async () => {
        await page.goto(run.address(), { waitUntil: 'load' });
        await sleep(BUSY_MS);
      });
      await sleep(AFTER_LOAD_MS - BUSY_MS);
      const after = await counters(session);
      const heap = await heapBytes(session);
      return {
        cpu: (after.TaskDuration - before.TaskDuration) * 1000,
        process: (after.ProcessTime - before.ProcessTime) * 1000,
        script: (after.ScriptDuration - before.ScriptDuration) * 1000,
        heap,
        wasm: await wasmBytes(session),
      };
    } finally {
      await run.end();
    }
  },
  figures: [
    { key: 'load_cpu_ms', from: 'cpu', title: 'CPU over none, ms', digits: 1, overBase: true },
    { key: 'load_script_ms', from: 'script', title: 'of it script', digits: 1, overBase: true },
    { key: 'load_process_cpu_ms', from: 'process', title: 'all threads of the renderer, ms', overBase: true },
    { key: 'heap_bytes', from: 'heap', title: 'JS heap over none, bytes', overBase: true },
    { key: 'wasm_memory_bytes', from: 'wasm', title: 'Wasm memory, bytes' },
  ],
};
