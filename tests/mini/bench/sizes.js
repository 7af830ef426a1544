// Bytes of a package: its JavaScript as one minified file, and what else it ships.

import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sdkDist } from '../sdk.js';

const modules = join(import.meta.dirname, '../node_modules');

/** What the file of a package's main entry is, minified the same way for all. */
export async function bundled({ name, ours }) {
  const entry = ours ? join(sdkDist, 'index.js') : join(modules, name);
  const { outputFiles } = await build({
    // What is loaded only where there is no Wasm is no part of the start.
    external: ['./dna-wasm2js.js'],
    stdin: { contents: `module.exports = require(${JSON.stringify(entry)});`, resolveDir: modules },
    bundle: true,
    minify: true,
    format: 'cjs',
    target: 'es2017',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

/** `{ version, js_bytes, js_gzip_bytes, wasm_br_bytes }`; the last is zero for those without. */
export async function sizes(peer) {
  const text = await bundled(peer);
  const manifest = peer.ours ? join(sdkDist, '../package.json') : join(modules, peer.name, 'package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8'));
  return {
    version,
    js_bytes: Buffer.byteLength(text),
    js_gzip_bytes: gzipSync(text, { level: 9 }).length,
    wasm_br_bytes: peer.ours ? (await readFile(join(sdkDist, 'dna.wasm.br'))).length : 0,
  };
}
