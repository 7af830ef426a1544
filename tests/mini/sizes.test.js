// What dna-mini costs a package and a launch, within what we promise. `cargo xtask bench mini` shows it
// beside the others.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PEERS } from './bench/peers.js';
import { sizes } from './bench/sizes.js';
import { starts } from './bench/start.js';

const [ours] = PEERS;

test('at most 12 KB of JavaScript at the start, gzip, and 40 KB of packed Wasm', async () => {
  const { js_gzip_bytes, wasm_br_bytes } = await sizes(ours);
  assert.ok(js_gzip_bytes > 1024 && js_gzip_bytes <= 12 * 1024, `${js_gzip_bytes} bytes`);
  assert.ok(wasm_br_bytes > 1024 && wasm_br_bytes <= 40 * 1024, `${wasm_br_bytes} bytes`);
});

test('the line at the start takes at most 5 ms of CPU', async () => {
  const { samples, failed } = await starts([ours], 15);
  assert.deepEqual(failed, {});
  // The quickest: what else the machine does makes the others slower.
  const best = Math.min(...samples[ours.name]);
  assert.ok(best <= 5, `${samples[ours.name].map((ms) => ms.toFixed(1)).join(' ')} ms`);
});
