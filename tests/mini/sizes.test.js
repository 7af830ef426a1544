// What dna-mini costs a package and a launch, within what we promise: bytes, and calls of the platform.
// `cargo xtask bench mini` shows it beside the others, and the time that the line at the start takes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PEERS } from './bench/peers.js';
import { sizes } from './bench/sizes.js';
import { starts } from './bench/start.js';

const [ours] = PEERS;

/**
 * All that the line at the start calls of WeChat, of what it has: listeners, and what is in memory there. Nothing is
 * stored, read or sent, and no synchronous question about the system, which takes tens of milliseconds.
 */
const START = {
  getLaunchOptionsSync: 2,
  getRandomValues: 1,
  getPerformance: 1,
  'Performance.createObserver': 1,
  'Performance.getEntries': 1,
  ...Object.fromEntries(
    ['Error', 'UnhandledRejection', 'AppShow', 'AppHide', 'AppRoute', 'BeforeAppRoute', 'NetworkStatusChange', 'NetworkWeakChange', 'MemoryWarning', 'LazyLoadError'].map((name) => [`on${name}`, 1]),
  ),
};

test('at most 12 KB of JavaScript at the start, gzip, and 40 KB of packed Wasm', async () => {
  const { js_gzip_bytes, wasm_br_bytes } = await sizes(ours);
  assert.ok(js_gzip_bytes > 1024 && js_gzip_bytes <= 12 * 1024, `${js_gzip_bytes} bytes`);
  assert.ok(wasm_br_bytes > 1024 && wasm_br_bytes <= 40 * 1024, `${wasm_br_bytes} bytes`);
});

test('the line at the start asks the platform for nothing that takes its time', async () => {
  const { calls, failed } = await starts([ours], 1);
  assert.deepEqual(failed, {});
  const count = {};
  for (const name of calls[ours.name]) count[name] = (count[name] ?? 0) + 1;
  // Twice: for the core's options, and for the launch. Each of the others once.
  assert.deepEqual(count, START);
});
