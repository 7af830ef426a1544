// `tsc` with a platform's own typings and no others: what the platform has not, it rejects.

import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');

/** The typings that each platform publishes, and its global object. */
export const TYPINGS = {
  wechat: { global: 'wx', package: 'miniprogram-api-typings' },
  alipay: { global: 'my', package: '@mini-types/alipay' },
  douyin: { global: 'tt', package: '@douyin-microapp/typings' },
};

const OPTIONS = {
  lib: ['ES2018'],
  target: 'ES2017',
  module: 'CommonJS',
  moduleResolution: 'bundler',
  strict: true,
  noEmit: true,
  // Their declarations are theirs to keep.
  skipLibCheck: true,
};

/**
 * Checks `files`, paths, or `text`, the one file's source, with the typings of `platforms`.
 * Resolves with the compiler's messages, none when all is well.
 */
export async function typecheck(platforms, { files = [], text, options = {} }) {
  const folder = await mkdtemp(join(tmpdir(), 'dna-types-'));
  try {
    const checked = [...files];
    if (text !== undefined) {
      checked.push(join(folder, 'checked.ts'));
      await writeFile(checked.at(-1), text);
    }
    const types = platforms.map((platform) => join(import.meta.dirname, '../node_modules', TYPINGS[platform].package));
    const config = { compilerOptions: { ...OPTIONS, ...options, types }, files: checked };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    return await messages(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function messages(folder) {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [tsc, '--pretty', 'false', '-p', folder], { maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      const lines = stdout.split('\n').filter((line) => line.includes('error TS'));
      if (error && lines.length == 0) reject(new Error(`tsc: ${error.message}\n${stderr}`));
      else resolve(lines);
    });
  });
}
