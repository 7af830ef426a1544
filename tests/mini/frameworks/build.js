// Builds the projects of this folder as a bank would: dna-mini installed as npm packs it, the framework's own
// command line, for WeChat.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { folder } from '../fixture/lay.js';
import { pack } from '../sdk.js';

const run = promisify(execFile);
const WASM = ['dna.wasm', 'dna.wasm.br'];

/** By framework: its command, where it leaves what it builds, and what the notes say to do by hand. */
const FRAMEWORKS = {
  'uni-app': {
    command: ['node_modules/@dcloudio/vite-plugin-uni/bin/uni.js', 'build', '-p', 'mp-weixin'],
    built: 'dist/build/mp-weixin',
    async prepare(project) {
      await mkdir(join(project, 'src/static/dna'), { recursive: true });
      for (const name of WASM) await cp(join(project, 'node_modules/dna-mini/dist', name), join(project, 'src/static/dna', name));
    },
  },
  // Its configuration copies the Wasm.
  taro: { command: ['node_modules/@tarojs/cli/bin/taro', 'build', '--type', 'weapp'], built: 'dist', async prepare() {} },
};

/** Builds a project in a folder of its own; gives back where the mini program lies. */
export async function built(framework) {
  const from = join(import.meta.dirname, framework);
  const modules = join(from, 'node_modules');
  if (!existsSync(modules)) throw new Error(`${modules} is missing: run \`cargo xtask setup js\``);
  const project = join(await folder(), framework);
  await cp(from, project, { recursive: true, filter: (path) => !/\/(node_modules|dist)$/.test(path) });
  await symlink(modules, join(project, 'node_modules'));
  const installed = join(modules, 'dna-mini');
  const { archive } = await pack(dirname(project));
  await rm(installed, { recursive: true, force: true });
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', archive, '-C', installed, '--strip-components=1']);
  const { command, built, prepare } = FRAMEWORKS[framework];
  await prepare(project);
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}`, NODE_ENV: 'production' };
  const out = join(project, built);
  await run(process.execPath, command, { cwd: project, env, maxBuffer: 1 << 24 }).catch(({ message, stdout }) => {
    throw new Error(`${framework}: ${message}\n${stdout}`);
  });
  if (!existsSync(join(out, 'app.js'))) throw new Error(`${framework} has built no ${out}/app.js`);
  return out;
}
