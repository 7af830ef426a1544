// The JavaScript engines of older phones: the V8s of Node 12, 14 and 16, and WebKit's.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const modules = join(import.meta.dirname, '../node_modules');
const node = (major) => join(modules, `node-${major}-${process.arch}`, 'bin/node');
const jsc = process.env.DNA_JSC ?? '/usr/bin/jsc';

/** Today's Node, whose answers the others must give. */
export const today = { name: `Node ${process.version}`, program: process.execPath, options: [] };

/**
 * `{ name, program, options, missing }`: `missing` says why an engine cannot be here at all, which
 * is so only for Node 12 on machines for which it was never built.
 */
export const engines = [
  { name: 'Node 12 (V8 7.8)', program: node(12), options: [], missing: process.arch != 'x64' && `no Node 12 for ${process.arch}` },
  { name: 'Node 14 (V8 8.4)', program: node(14), options: [] },
  { name: 'Node 16 (V8 9.4)', program: node(16), options: [] },
  { name: 'JavaScriptCore', program: jsc, options: [] },
  { name: 'JavaScriptCore without JIT', program: jsc, options: ['--useJIT=false'] },
];

/** Runs a script; resolves with the lines that it printed. */
export function run({ name, program, options }, file) {
  if (!existsSync(program)) throw new Error(`${name}: no ${program}; \`cargo xtask setup\` installs it`);
  return new Promise((resolve, reject) => {
    execFile(program, [...options, file], { maxBuffer: 1 << 26, timeout: 60_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${name}: ${error.message}\n${stdout}\n${stderr}`));
      else resolve(stdout.trimEnd().split('\n'));
    });
  });
}
