// What we ship runs on the engines of older phones, and says there what it says here.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { bundle } from './engines/bundle.js';
import { engines, run, today } from './engines/engines.js';
import { frame } from '../../js-wrapper/test/frames.js';
import { folder, layFixture } from './fixture/lay.js';
import { sdkDist } from './sdk.js';

const SCRIPT = `
requireFrom('/npm/index.js').load('/npm/sum.wasm', function (told) { say('told ' + told); }).then(
  function (made) { say('sum ' + made.sum(2, 40)); },
  function (error) { say('failed ' + error.message); }
);
say('TextEncoder ' + typeof TextEncoder);
`;

let file;
before(async () => {
  const app = await layFixture();
  file = join(await folder(), 'fixture.js');
  await writeFile(file, await bundle(join(app, 'node_modules/fixture-sdk/dist'), '/npm', SCRIPT));
});

for (const engine of [today, ...engines]) {
  test(`${engine.name}: a package's Wasm by the package's own loader`, { skip: engine.missing }, async () => {
    assert.deepEqual(await run(engine, file), ['TextEncoder undefined', 'told 42', 'sum 42']);
  });
}

const visitScript = await readFile(new URL('engines/visit.js', import.meta.url), 'utf8');
const visited = async (name, options, files) => {
  const file = join(await folder(), name);
  await writeFile(file, await bundle(sdkDist, '/miniprogram_npm/dna-mini', `var OPTIONS = ${JSON.stringify(options)};\n${visitScript}`, files));
  return file;
};

/** The core as one or the other, and no other with it that could do its work unnoticed. */
const CORES = {
  'the Wasm': [{}, { without: ['dna-wasm2js.js'] }],
  'the Wasm, given as an instance alone': [{}, { without: ['dna-wasm2js.js'], shape: 'instance' }],
  'the script': [{ wasm: false }, { without: ['dna.wasm'] }],
};

/** What today's Node says of the visit, by the Wasm. */
let expected;
const files = {};
before(async () => {
  for (const [what, [options, more]] of Object.entries(CORES)) files[what] = await visited(`${Object.keys(files).length}.js`, options, more);
  expected = await run(today, files['the Wasm']);
});

test('dna-mini: a visit sends frames that a reader reads, the same by Wasm and by script', async () => {
  for (const file of Object.values(files)) assert.deepEqual(await run(today, file), expected);
  const frames = expected.filter((line) => line.startsWith('frame ')).map((line) => Buffer.from(line.slice(6), 'hex'));
  assert.ok(frames.length >= 3, expected.join('\n'));
  const read = await Promise.all(frames.map((bytes) => frame({ bytes })));
  const kinds = read.flatMap(({ events }) => events.map(({ kind }) => kind));
  for (const kind of ['exception', 'identity', 'api_call', 'custom', 'transaction', 'unhandled_rejection', 'mark']) assert.ok(kinds.includes(kind), kind);
});

for (const engine of engines) {
  for (const what of Object.keys(CORES)) {
    test(`${engine.name}: dna-mini sends by ${what} byte for byte what today's engine sends`, { skip: engine.missing }, async () => {
      assert.deepEqual(await run(engine, files[what]), expected);
    });
  }
}

test('without a core nothing is sent: none of these could have worked by another', async () => {
  const neither = await visited('neither.js', {}, { without: ['dna.wasm', 'dna-wasm2js.js'] });
  assert.deepEqual((await run(today, neither)).at(-1), 'the core did not start');
});
