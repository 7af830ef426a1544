// Measures the browser SDK and its peers in one run: `node main.js --out DIR [--turns N]
// [--only CASE,…] [--peers NAME,…]`. Writes sdk.json and sdk.md into DIR; progress to stderr.

import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from './browser.js';
import { bundle } from './bundle.js';
import { CASES } from './cases/index.js';
import { startIntake } from './intake.js';
import { machine } from './machine.js';
import { BASE, OURS, PEERS } from './peers/index.js';
import { figuresOf } from './figures.js';
import { markdown } from './report.js';
import { startServer } from './server.js';
import { targetsOf } from './targets.js';
import { exclusive, takeTurns } from './turns.js';

const sdkFolder = process.env.DNA_SDK_DIST ?? resolve(import.meta.dirname, '../../js-wrapper/dist');

const { values: options } = parseArgs({
  options: {
    out: { type: 'string' },
    turns: { type: 'string' },
    only: { type: 'string', default: '' },
    peers: { type: 'string', default: '' },
  },
});

/** The items that a comma-separated list names; all of them without one. */
function chosen(what, items, list, always = []) {
  if (!list) return items;
  const names = list.split(',').filter(Boolean);
  const known = items.map(({ name }) => name);
  for (const name of names) {
    if (!known.includes(name)) throw new Error(`no ${what} is called ${name}: ${known.join(', ')}`);
  }
  return items.filter(({ name }) => names.includes(name) || always.includes(name));
}

async function main() {
  const cases = chosen('case', CASES, options.only);
  const peers = chosen('peer', PEERS, options.peers, [BASE, OURS]);
  const bundled = await Promise.all(peers.map(async (peer) => ({ ...peer, ...(await bundle(peer, sdkFolder)) })));
  const [server, intake] = await Promise.all([startServer(bundled), startIntake()]);
  const started = Date.now();
  const results = [];
  let about;
  try {
    for (const task of cases) {
      // A new browser a case: what one leaves behind is no burden to the next.
      const browser = await launch();
      about ??= await machine(browser);
      const turns = task.turns === 1 ? 1 : Number(options.turns ?? task.turns);
      console.error(`${task.name}: ${turns} turns …`);
      const applying = bundled.filter(task.applies);
      results.push({ task, turns, measured: await takeTurns({ browser, server, intake, alone: exclusive() }, task, applying, turns) });
      await browser.close();
    }
  } finally {
    server.stop();
    intake.stop();
  }
  about.minutes = Math.round((Date.now() - started) / 6000) / 10;
  await write(about, bundled, results);
}

async function write(about, peers, results) {
  const rows = figuresOf(peers, results);
  const targets = targetsOf(rows, results);
  const folder = resolve(options.out ?? 'target/bench');
  await mkdir(folder, { recursive: true });
  const json = { machine: about, rows: rows.map(({ row }) => row), targets };
  await writeFile(join(folder, 'sdk.json'), `${JSON.stringify(json, null, 2)}\n`);
  await writeFile(join(folder, 'sdk.md'), markdown(about, rows, results, targets));
}

main().then(
  // What a closed browser leaves open would keep the program waiting.
  () => process.exit(0),
  (error) => {
    console.error(`error: ${error.message}`);
    process.exit(1);
  },
);
