// The real `dataview serve`, on a free port and in a folder of its own.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { start } from '../harness/process.js';
import { PSEUDONYM_KEY } from '../harness/servers.js';

const target = process.env.CARGO_TARGET_DIR ?? resolve(import.meta.dirname, '../../../target');
const binary = process.env.DNA_DATAVIEW_BIN ?? join(target, 'debug/dataview');

/** DataView reading the journal of `ingest`. `password` is the first administrator's. */
export async function startDataview(ingest) {
  const folder = await mkdtemp(join(tmpdir(), 'dna-dataview-'));
  const config = join(folder, 'dataview.toml');
  await writeFile(
    config,
    `listen = "127.0.0.1:0"\ndir = "${join(folder, 'data')}"\n
[store]\ndurability = "process"\n
[buffer.journal]\ndir = "${ingest.journal}"\n
[privacy]\npseudonym_key = "${PSEUDONYM_KEY}"\n`,
  );
  const dataview = await start(binary, ['serve', '--config', config], 'dataview listening on ');
  const password = dataview.output.join('\n').match(/password (\S+)/)?.[1];
  return {
    url: dataview.rest,
    password,
    log: dataview.output,
    stop: async () => {
      await dataview.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
