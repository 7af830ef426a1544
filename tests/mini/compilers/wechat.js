// WeChat's own compiler, offline: what its developer tools and its upload run.

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * What a project may be compiled by. `original` is the compiler that takes each setting as it is:
 * `es6` alone is Babel 6, which knows no syntax of after 2017. `today` is what an upload runs now.
 */
export const RUNS = [
  { compiler: 'original', setting: {} },
  { compiler: 'original', setting: { es6: true } },
  { compiler: 'original', setting: { es6: true, enhance: true } },
  { compiler: 'today', setting: { es6: true } },
];

/** Those, and today's by the other settings that a project may have. */
export const ALL = [...RUNS, { compiler: 'today', setting: {} }, { compiler: 'today', setting: { es6: true, enhance: true } }];

/** How one of the runs is called in a test. */
export const called = ({ compiler, setting }) => `${compiler} ${JSON.stringify(setting)}`;

/**
 * Packs the npm packages of the project in `folder` and compiles it by each of `runs`, into the
 * folders `0`, `1`, … of `into`. Resolves with the warnings about the packages and, for each run,
 * null or what the compiler refused.
 */
export async function compile(folder, into, runs = RUNS, { pack = true } = {}) {
  await mkdir(into, { recursive: true });
  const placed = runs.map((run, index) => ({ ...run, into: join(into, String(index)) }));
  const task = JSON.stringify({ folder, pack, runs: placed });
  const script = join(import.meta.dirname, 'wechat-run.js');
  const { stdout } = await promisify(execFile)(process.execPath, [script, task], { cwd: into, maxBuffer: 1 << 26 });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1));
}
