// What a page downloads of each peer: its files as a bank would serve them, minified, and
// compressed at the best level, because that is done once.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { OURS } from './peers/index.js';

const TYPES = { js: 'text/javascript', wasm: 'application/wasm' };

/** Ours, in the order of their loading: the first one blocks the parser. */
const OUR_FILES = ['dna.js', 'dna-core.js', 'dna.wasm'];

/** The files of `peer` and its version. */
export async function bundle(peer, sdkFolder) {
  if (peer.name === OURS) {
    const read = async (name) => file(name, await readFile(join(sdkFolder, name)), name === OUR_FILES[0]);
    return { version: 'this tree', files: await Promise.all(OUR_FILES.map(read)) };
  }
  if (!peer.package) return { version: '', files: [] };
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'peers', `${peer.name}.js`)],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2020',
    write: false,
    legalComments: 'none',
    // What bundlers of applications set; some peers leave their debug output out by it.
    define: { 'process.env.NODE_ENV': '"production"', __SENTRY_DEBUG__: 'false' },
    logLevel: 'error',
  });
  const manifest = join(import.meta.dirname, 'node_modules', peer.package, 'package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8'));
  return { version, files: [file(`${peer.name}.js`, Buffer.from(outputFiles[0].contents), peer.blocking)] };
}

function file(name, raw, blocking) {
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length };
  return {
    name,
    type: TYPES[name.split('.').at(-1)],
    blocking,
    raw,
    gzipBytes: gzipSync(raw, { level: 9 }).length,
    brotli: brotliCompressSync(raw, { params: quality }),
  };
}
