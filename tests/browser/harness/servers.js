// The real servers: Redis, ingest and the demo bank, each on a free port and in a folder of its own.

import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { start } from './process.js';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
export const ingestBinary = process.env.DNA_INGEST_BIN ?? join(target, 'debug/ingest');
const bankBinary = process.env.DNA_DEMO_BIN ?? join(target, 'debug/demo-site');
export const sdkFolder = process.env.DNA_SDK_DIST ?? join(root, 'js-wrapper/dist');

/** The key with which the tests' ingest makes pseudonyms. */
export const PSEUDONYM_KEY = '00112233445566778899aabbccddeeff'.repeat(2);

/** The application's name, which goes into the pseudonym. */
export const APP = 'demo-bank';

export async function freePort() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

export async function startRedis() {
  const folder = await mkdtemp(join(tmpdir(), 'dna-redis-'));
  const port = await freePort();
  const args = ['--port', port, '--bind', '127.0.0.1', '--appendonly', 'yes', '--save', ''];
  const options = { cwd: folder };
  const redis = await start('redis-server', args.map(String), 'Ready to accept connections', options);
  const cli = async (...command) => {
    const { stdout } = await run('redis-cli', ['-p', port, ...command].map(String), {
      encoding: 'buffer',
      maxBuffer: 64 << 20,
    });
    return stdout;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    cli,
    /** Every byte that Redis holds: all keys and the contents of all streams. */
    everything: async () => {
      const keys = (await cli('--raw', 'KEYS', '*')).toString().trim().split('\n').filter(Boolean);
      const parts = [Buffer.from(keys.join('\n'))];
      for (const key of keys) {
        const type = (await cli('--raw', 'TYPE', key)).toString().trim();
        parts.push(await (type === 'stream' ? cli('--raw', 'XRANGE', key, '-', '+') : cli('DUMP', key)));
      }
      return { keys, bytes: Buffer.concat(parts) };
    },
    stop: async () => {
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Ingest keeping its frames in the Redis at `redisUrl`, or without one in its journal. With a `signingKey` in PEM it
 * tells the pages what the lines `told` say.
 */
export async function startIngest({ redisUrl, port, origins = ['*'], keys = ['demo-bank'], urlParams = [], signingKey, told = '', sourceMaps } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'dna-ingest-'));
  const config = join(folder, 'ingest.toml');
  const listen = `127.0.0.1:${port ?? (await freePort())}`;
  const buffer = redisUrl
    ? // Not packed: what must never be there is looked for in its bytes.
      `[buffer.redis]\nurl = "${redisUrl}"\npack_entries = false\n[buffer.spool]\ndir = "${join(folder, 'spool')}"\n`
    : `[buffer.journal]\ndir = "${join(folder, 'journal')}"\n`;
  const signingKeyFile = join(folder, 'remote-config.pem');
  if (signingKey) await writeFile(signingKeyFile, signingKey);
  const remote = signingKey ? `[remote_config]\nsigning_key_file = "${signingKeyFile}"\n` : '';
  await writeFile(
    config,
    `listen = "${listen}"\nworkers = 1\n\n${buffer}\n[live]\nenabled = true\n
${remote}
${sourceMaps ? `[source_maps]\nfolder = "${sourceMaps}"\n` : ''}[privacy]\npseudonym_key = "${PSEUDONYM_KEY}"\n
[[apps]]\nname = "${APP}"\nkeys = ${JSON.stringify(keys)}\norigins = ${JSON.stringify(origins)}
url_params = ${JSON.stringify(urlParams)}
[apps.remote_config]\n${told}\n`,
  );
  const ingest = await start(ingestBinary, ['serve', '--config', config], 'ingest listening on ');
  return {
    url: ingest.rest,
    /** Where it keeps its frames without Redis. */
    journal: join(folder, 'journal'),
    log: ingest.output,
    /** The program with these arguments and the configuration; its output. */
    run: async (...args) => (await run(ingestBinary, [...args, '--config', config], { maxBuffer: 64 << 20 })).stdout,
    /** Every entry of the buffer, as `ingest tail --json` prints it. */
    entries: async () => {
      const args = ['tail', '--json', '--no-follow', '--from-start', '--config', config];
      const { stdout } = await run(ingestBinary, args, { maxBuffer: 64 << 20 });
      return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    },
    metrics: async () => (await fetch(`${ingest.rest}/metrics`)).text(),
    stop: async (signal) => {
      await ingest.stop(signal);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A folder with these files of the SDK alone, and a way to be rid of it. */
export async function partOfSdk(files) {
  const folder = await mkdtemp(join(tmpdir(), 'dna-sdk-'));
  for (const file of files) await copyFile(join(sdkFolder, file), join(folder, file));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export async function startBank(ingestUrl, sdk = sdkFolder) {
  const args = ['--listen', '127.0.0.1:0', '--ingest', ingestUrl, '--sdk-dir', sdk];
  const bank = await start(bankBinary, args, 'demo-site listening on ');
  return { url: bank.rest, stop: bank.stop };
}

/** All events of `entries`, each with its frame's header, as if the frame were of its view alone. */
export function eventsOf(entries) {
  return entries.flatMap((entry) => entry.frame.events.map((event) => ({ ...event, entry, frame: ofView(entry.frame, event) })));
}

/** What a frame says of the view of one of its events. */
export const ofView = (frame, { view = 0 }) => (frame.views ? { ...frame, ...frame.views[view] } : frame);
