// What we ship runs on the engines of older phones, and says there what it says here.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { bundle } from './engines/bundle.js';
import { engines, run, today } from './engines/engines.js';
import { folder, layFixture } from './fixture/lay.js';

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
