// What the SDK costs a page while it loads, with nothing cached: CPU time of the main thread
// from before the navigation until 3 s after `load`, and the memory that it then holds.

import { setTimeout as sleep } from 'node:timers/promises';
import { beginRun } from '../run.js';
import { counters, countedSession, undebugged } from '../browser.js';

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

/** What JavaScript holds after everything that can go has gone. */
async function heapBytes(session) {
  // Twice: what finalizers of the first let go, the second collects.
  for (let i = 0; i < 2; i++) await session.send('HeapProfiler.collectGarbage');
  return (await counters(session)).JSHeapUsedSize;
}

/** Bytes of all Wasm memories, which the heap's size does not hold; found without any hook. */
async function wasmBytes(session) {
  const expression = 'WebAssembly.Memory.prototype';
  const { result } = await session.send('Runtime.evaluate', { expression });
  const found = await session.send('Runtime.queryObjects', { prototypeObjectId: result.objectId });
  const { result: bytes } = await session.send('Runtime.callFunctionOn', {
    objectId: found.objects.objectId,
    functionDeclaration: 'function () { return this.reduce((sum, it) => sum + it.buffer.byteLength, 0); }',
    returnByValue: true,
  });
  return bytes.value;
}
