// WeChat's own compiler takes what we ship, by every setting that a project may have.

import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ALL, RUNS, called, compile } from './compilers/wechat.js';
import { layFixture } from './fixture/lay.js';
import { plain } from './fixture/wasm.js';
import { sdkDist } from './sdk.js';
import { layBank } from './bank.js';

const WASM = 'miniprogram_npm/fixture-sdk/sum.wasm';

test('a package with a Wasm is packed and compiled, and the Wasm comes out byte for byte', async () => {
  const app = await layFixture();
  const out = join(app, '..', 'out');
  const { warnings, errors } = await compile(app, out, [RUNS[1]]);
  assert.deepEqual({ warnings, errors }, { warnings: [], errors: [null] });
  assert.ok(plain.equals(await readFile(join(out, '0', WASM))));
});

test('what only newer engines read is refused by `es6` alone, so the check bites', async () => {
  const run = RUNS.find(({ setting }) => setting.es6 && !setting.enhance);
  for (const code of ['a?.b', '(() => { try { a(); } catch {} })()']) {
    const app = await layFixture();
    await appendFile(join(app, 'pages/home/words.js'), `\nmodule.exports.late = (a) => ${code};\n`);
    const { errors } = await compile(app, join(app, '..', 'out'), [run]);
    assert.match(errors[0] ?? 'accepted', /words\.js: Unexpected token/, code);
  }
});

test('a package that does not say `miniprogram` loses its Wasm, which the check would show', async () => {
  const app = await layFixture();
  const manifest = join(app, 'node_modules/fixture-sdk/package.json');
  const { miniprogram, ...rest } = JSON.parse(await readFile(manifest, 'utf8'));
  assert.equal(miniprogram, 'dist');
  await writeFile(manifest, JSON.stringify(rest));
  await compile(app, join(app, '..', 'out'), [RUNS[0]]);
  await assert.rejects(readFile(join(app, '..', 'out', '0', WASM)), { code: 'ENOENT' });
});

test('dna-mini and the demo bank are packed and compiled, and the Wasm comes out byte for byte', async () => {
  const bank = await layBank();
  const out = join(bank, '..', 'out');
  const { warnings, errors } = await compile(bank, out, ALL);
  assert.deepEqual(warnings, []);
  assert.deepEqual(errors, ALL.map(() => null));
  for (const [index, run] of ALL.entries()) {
    const packed = join(out, String(index), 'miniprogram_npm/dna-mini');
    for (const name of ['dna.wasm', 'dna.wasm.br']) {
      const [shipped, compiled] = await Promise.all([readFile(join(sdkDist, name)), readFile(join(packed, name))]);
      assert.ok(shipped.equals(compiled), `${called(run)}: ${name}`);
    }
  }
});
