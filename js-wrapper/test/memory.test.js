/** How much of the Wasm's stack is used: `xtask/src/wasm/compile.rs` says how long it is. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Page } from './browser-double.js';

const STACK_BYTES = 32 * 1024;

let page;
const { Instance } = WebAssembly;
afterEach(() => {
  WebAssembly.Instance = Instance;
  page?.close();
});

/** The memory of the next core that starts. */
function memoryOfNext() {
  const found = {};
  WebAssembly.Instance = function (module, imports) {
    const instance = new Instance(module, imports);
    found.memory = Object.values(instance.exports).find((it) => it instanceof WebAssembly.Memory);
    return instance;
  };
  return found;
}

/** Bytes at the stack's end that nothing was ever written to: it grows down to address 0. */
function untouched({ memory }) {
  return new Uint8Array(memory.buffer).findIndex((byte) => byte !== 0);
}

test('a visit with the deepest calls and longest texts uses a quarter of the stack', async () => {
  const found = memoryOfNext();
  page = new Page().tag();
  await page.ready();
  assert.ok(found.memory, 'the core has a memory');
  const long = 'https://bank/a/6222020200012345678?x=1 13800138000 a@bank.example '.repeat(200);
  let cause;
  for (let depth = 0; depth < 10; depth++) cause = new Error(long, { cause });
  const attributes = Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`name${at}`, long]));
  page.measures(page.entry);
  for (let round = 0; round < 30; round++) {
    page.throws(cause);
    dna('setUser', `u-${round}`, { tier: 'vip', ...attributes });
    dna('event', long, attributes);
    dna('transaction', `t${round % 20}`, attributes);
    dna('error', cause);
    await fetch(`https://bank/api/${round}/${long}`).catch(() => {});
  }
  await page.pass(5000);
  const used = STACK_BYTES - untouched(found);
  assert.ok(used > 500, `the stack is where it is looked for: ${used} bytes`);
  assert.ok(used < STACK_BYTES / 4, `${used} bytes of ${STACK_BYTES}`);
});
