// Builds dist/ from src/ and generated/ (which `cargo xtask wasm` makes).
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));
const wasm = 'generated/dna_sdk_wasm_bg.wasm';
if (!existsSync(wasm)) {
  console.error(`${wasm} is missing: run \`cargo xtask wasm\``);
  process.exit(1);
}
rmSync('dist', { recursive: true, force: true });

const common = { bundle: true, minify: true, legalComments: 'none', logLevel: 'warning' };
// The tag runs wherever the page does; the core needs Wasm with externref anyway.
await build({
  ...common,
  entryPoints: ['src/stub.ts'],
  outfile: 'dist/dna.js',
  // As a module, because esbuild's own wrapper would bring helpers for the import.
  format: 'esm',
  banner: { js: "(()=>{'use strict';" },
  footer: { js: '})();' },
  target: 'es2018',
  supported: { 'dynamic-import': true },
  external: ['./dna-core.js'],
});
await build({
  ...common,
  entryPoints: ['src/dna-core.ts'],
  outfile: 'dist/dna-core.js',
  format: 'esm',
  target: 'es2022',
});
await build({
  ...common,
  entryPoints: ['src/esm/index.ts'],
  outfile: 'dist/esm/index.js',
  format: 'esm',
  target: 'es2020',
  external: ['../dna-core.js'],
});
copyFileSync(wasm, 'dist/dna.wasm');
execFileSync('node_modules/.bin/tsc', ['--project', 'tsconfig.types.json'], { stdio: 'inherit' });
