// The demo bank's mini program with dna-mini in it.

import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { folder } from './fixture/lay.js';
import { install, sdkDist } from './sdk.js';

const { port } = createRequire(import.meta.url)(join(import.meta.dirname, '../../demo-site/miniprogram/port/port.js'));

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
