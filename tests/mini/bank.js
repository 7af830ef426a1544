// The demo bank's mini program with dna-mini in it.

import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { folder } from './fixture/lay.js';
import { sdkDist, sdkPackage } from './sdk.js';

const { port } = createRequire(import.meta.url)(join(import.meta.dirname, '../../demo-site/miniprogram/port/port.js'));

/** Installs the package into a project's node_modules, as npm does with a published one. */
export async function install(project) {
  const installed = join(project, 'node_modules/dna-mini');
  const manifest = JSON.parse(await readFile(join(sdkPackage, 'package.json'), 'utf8'));
  await mkdir(installed, { recursive: true });
  await writeFile(join(installed, 'package.json'), JSON.stringify(manifest));
  for (const name of manifest.files) await cp(join(sdkPackage, name), join(installed, name), { recursive: true });
  // The compiler packs what the project's own package.json depends on.
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'project', version: '1.0.0', dependencies: { 'dna-mini': manifest.version } }));
}

/** The demo bank for WeChat, with the package not yet packed. */
export async function layBank(given = {}) {
  const app = join(await folder(), 'bank');
  port('wechat', app, given);
  const config = join(app, 'project.config.json');
  await writeFile(config, JSON.stringify({ ...JSON.parse(await readFile(config, 'utf8')), appid: 'wx0123456789abcdef' }));
  await install(app);
  return app;
}

/** The demo bank as it runs on a platform, with the package where the platform looks for it. */
export async function portBank(platform, given = {}) {
  const app = join(await folder(), platform);
  port(platform, app, { sdk: sdkDist, ...given });
  return app;
}
