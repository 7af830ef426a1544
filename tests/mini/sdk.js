// The package dna-mini as it was built, and as npm packs it.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The npm package's folder, and what it ships. */
export const sdkPackage = join(import.meta.dirname, '../../js-wrapper/mini');
export const sdkDist = join(sdkPackage, 'dist');
if (!existsSync(join(sdkDist, 'index.js'))) throw new Error(`${sdkDist} is not built: run \`cargo xtask wasm\``);

/** An npm command, by this Node: the packages of the old ones put another first. */
export async function npm(cwd, ...command) {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
  const { stdout } = await run('npm', command, { cwd, env, maxBuffer: 1 << 24 });
  return stdout;
}

/** Packs the package in `from` as for its publication; gives back the archive's path and its files. */
export async function pack(into, from = sdkPackage) {
  const [{ filename, files }] = JSON.parse(await npm(from, 'pack', '--json', '--pack-destination', into));
  return { archive: join(into, filename), files: files.map(({ path }) => path).sort() };
}

/** Installs what npm has packed of dna-mini into a project, which depends on it from then on. */
export async function install(project) {
  const manifest = join(project, 'package.json');
  const known = existsSync(manifest) ? JSON.parse(await readFile(manifest, 'utf8')) : { name: 'project', version: '1.0.0' };
  await mkdir(project, { recursive: true });
  const { archive } = await pack(dirname(project));
  await writeFile(manifest, JSON.stringify({ ...known, dependencies: {} }));
  await npm(project, 'install', '--offline', '--no-audit', '--no-fund', '--no-package-lock', archive);
}
