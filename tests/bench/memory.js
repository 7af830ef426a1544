// What a page holds in memory.

import { counters } from './browser.js';

/** Bytes that JavaScript holds after everything that can go has gone. */
export async function heapBytes(session) {
  // Twice: what finalizers of the first let go, the second collects.
  for (let i = 0; i < 2; i++) await session.send('HeapProfiler.collectGarbage');
  return (await counters(session)).JSHeapUsedSize;
}

/** Bytes of all Wasm memories, which the heap's size does not hold; found without any hook. */
export async function wasmBytes(session) {
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
