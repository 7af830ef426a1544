// Builds dist/ from src/ and generated/ (which `cargo xtask wasm` makes).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { minify } from 'terser';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));
const modules = { 'dna.wasm': 'generated/dna_sdk_wasm_bg.wasm', 'dna-debug.wasm': 'generated/debug/dna_sdk_debug_bg.wasm' };
for (const wasm of Object.values(modules)) {
  if (existsSync(wasm)) continue;
  console.error(`${wasm} is missing: run \`cargo xtask wasm\``);
  process.exit(1);
}
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
for (const [name, wasm] of Object.entries(modules)) copyFileSync(wasm, `dist/${name}`);

/** What an `integrity` attribute says of a file. */
const integrity = (file, hash) => `${hash}-${createHash(hash).update(readFileSync(`dist/${file}`)).digest('base64')}`;
/** Hashes that a script carries are the shortest that browsers take. */
const carried = (file) => JSON.stringify(integrity(file, 'sha256'));

/** Makes a bundled file smaller still: a second minifier finds 5 of 100 bytes that the bundler's own leaves. */
async function shorten(file, ecma) {
  const { code } = await minify(readFileSync(file, 'utf8'), { module: true, ecma, compress: { passes: 3, ecma } });
  writeFileSync(file, code);
}

const common = { bundle: true, minify: true, legalComments: 'none', logLevel: 'warning', format: 'esm' };
// For engines that know no Wasm too.
await build({ ...common, entryPoints: ['src/dna-wasm2js.ts'], outfile: 'dist/dna-wasm2js.js', target: 'es2020' });
// For pages that add something of their own.
await build({ ...common, entryPoints: ['src/dna-extend.ts'], outfile: 'dist/dna-extend.js', target: 'es2022' });
await build({
  ...common,
  entryPoints: ['src/dna-debug.ts'],
  outfile: 'dist/dna-debug.js',
  target: 'es2022',
  define: { DEBUG_WASM_INTEGRITY: carried('dna-debug.wasm') },
});
await build({
  ...common,
  entryPoints: ['src/dna-extras.ts'],
  outfile: 'dist/dna-extras.js',
  target: 'es2022',
  define: {
    DEBUG_INTEGRITY: carried('dna-debug.js'),
    EXTEND_INTEGRITY: carried('dna-extend.js'),
    SCRIPT_INTEGRITY: carried('dna-wasm2js.js'),
  },
});
// Each file is built after those whose hashes it carries. The tag runs wherever the page does; the
// core needs Wasm with externref anyway.
await build({
  ...common,
  entryPoints: ['src/dna-core.ts'],
  outfile: 'dist/dna-core.js',
  target: 'es2022',
  define: { WASM_INTEGRITY: carried('dna.wasm'), EXTRAS_INTEGRITY: carried('dna-extras.js') },
});
await shorten('dist/dna-core.js', 2022);
await build({
  ...common,
  entryPoints: ['src/stub.ts'],
  outfile: 'dist/dna.js',
  // As a module, because esbuild's own wrapper would bring helpers for the import.
  banner: { js: "(()=>{'use strict';" },
  footer: { js: '})();' },
  target: 'es2019',
  supported: { 'dynamic-import': true },
  define: { CORE_INTEGRITY: carried('dna-core.js') },
});
await shorten('dist/dna.js', 2019);
await build({
  ...common,
  entryPoints: ['src/esm/index.ts'],
  outfile: 'dist/esm/index.js',
  target: 'es2020',
  external: ['../dna*.js'],
});
const files = readdirSync('dist').filter((name) => /^dna.*\.(js|wasm)$/.test(name));
const hashes = Object.fromEntries(files.map((name) => [name, integrity(name, 'sha384')]));
writeFileSync('dist/integrity.json', JSON.stringify(hashes, null, 2) + '\n');
execFileSync('node_modules/.bin/tsc', ['--project', 'tsconfig.types.json'], { stdio: 'inherit' });
