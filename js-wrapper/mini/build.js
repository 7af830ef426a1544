// Builds dist/ from src/ and ../generated/mini (which `cargo xtask wasm` makes).
'use strict';
const { execFileSync } = require('node:child_process');
const { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { brotliCompressSync, constants } = require('node:zlib');
const { buildSync } = require('esbuild');

process.chdir(__dirname);
const wasm = '../generated/mini/dna.wasm';
if (!existsSync(wasm)) {
  console.error(`${wasm} is missing: run \`cargo xtask wasm\``);
  process.exit(1);
}
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
const bytes = readFileSync(wasm);
writeFileSync('dist/dna.wasm', bytes);
const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
writeFileSync('dist/dna.wasm.br', brotliCompressSync(bytes, { params }));

// ES2017: WeChat's compiler takes no later syntax where only `es6` is set.
const common = {
  absWorkingDir: __dirname,
  bundle: true,
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  format: 'cjs',
  target: 'es2017',
};
buildSync({ ...common, entryPoints: ['src/index.ts'], outfile: 'dist/index.js', external: ['./dna-wasm2js.js'] });
buildSync({ ...common, entryPoints: ['src/dna-worker.ts'], outfile: 'dist/dna-worker.js' });
buildSync({
  ...common,
  entryPoints: ['src/dna-wasm2js.ts'],
  outfile: 'dist/dna-wasm2js.js',
  alias: { h: join(__dirname, 'src/wasm2js-imports.ts') },
});
// Types of what is exported; those of the parts are nobody's business.
const types = mkdtempSync(join(tmpdir(), 'dna-mini-'));
execFileSync('../node_modules/.bin/tsc', ['--project', 'tsconfig.types.json', '--outDir', types], { stdio: 'inherit' });
copyFileSync(join(types, 'mini/src/index.d.ts'), 'dist/index.d.ts');
rmSync(types, { recursive: true });
