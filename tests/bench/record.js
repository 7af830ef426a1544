// Records the frames that one visit sends, for the benchmark of ingest and for its bytes in Redis:
// `node record.js [--out DIR]`, after `cargo xtask wasm`. One file a frame, in the order in which
// they came.

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from './browser.js';
import { bundle } from './bundle.js';
import { visitOnce } from './cases/journey.js';
import { startIntake } from './intake.js';
import { OURS, PEERS } from './peers/index.js';
import { startServer } from './server.js';
import { beginRun } from './run.js';

const sdkFolder = process.env.DNA_SDK_DIST ?? resolve(import.meta.dirname, '../../js-wrapper/dist');
const { values: options } = parseArgs({ options: { out: { type: 'string' } } });
const folder = resolve(options.out ?? join(import.meta.dirname, 'ingest/frames'));

async function record() {
  const ours = PEERS.find(({ name }) => name === OURS);
  const peer = { ...ours, ...(await bundle(ours, sdkFolder)) };
  const [server, intake, browser] = await Promise.all([startServer([peer]), startIntake(), launch()]);
  try {
    const run = await beginRun({ browser, server, intake }, peer);
    await visitOnce(run);
    await write(run.intake.requests.filter(({ method }) => method === 'POST'));
    await run.end();
  } finally {
    await browser.close();
    server.stop();
    intake.stop();
  }
}

async function write(requests) {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (name.endsWith('.cbor')) await rm(join(folder, name));
  for (const [at, { text }] of requests.entries()) {
    const name = `visit-${String(at + 1).padStart(2, '0')}.cbor`;
    // The intake reads bodies as latin1, one character a byte.
    await writeFile(join(folder, name), Buffer.from(text, 'latin1'));
    console.error(`${name}: ${text.length} bytes`);
  }
}

await record();
