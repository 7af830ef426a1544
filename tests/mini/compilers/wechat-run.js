// A process that packs and compiles one project, because WeChat's compiler leaves workers running
// and a cache in its working folder. Reads its task, JSON, from the arguments; the last line that it
// prints is its result, JSON.

import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const ci = require('miniprogram-ci');
/** The compiler as it was before 2022, which `es6` without `enhance` still means: Babel 6. */
const original = require('miniprogram-ci/dist/modules/corecompiler/original');

/** What the platform would say about an application of an ordinary account; it is asked by network otherwise. */
const ATTRIBUTES = {
  platform: false,
  appType: 0,
  isSandbox: false,
  released: true,
  setting: { MaxCodeSize: 2, MaxSubpackageSubCodeSize: 2, MaxSubpackageFullCodeSize: 20, NavigateMiniprogramLimit: 10 },
};

/** The project in `folder`, with a key that signs nothing: nothing is sent. */
function project(folder) {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const appid = require(join(folder, 'project.config.json')).appid;
  const made = new ci.Project({ appid, type: 'miniProgram', projectPath: folder, privateKey, ignores: ['node_modules/**/*'] });
  made.attr = async () => ATTRIBUTES;
  return made;
}

const compilers = {
  original: (folder, setting) => original.compile(project(folder), { setting, onProgressUpdate() {} }),
  today: (folder, setting) => ci.getCompiledResult({ project: project(folder), setting, onProgressUpdate() {} }),
};

async function compile({ folder, compiler, setting, into }) {
  const files = await compilers[compiler](folder, setting);
  for (const [path, content] of Object.entries(files)) {
    if (path.endsWith('.js.map')) continue;
    await mkdir(dirname(join(into, path)), { recursive: true });
    await writeFile(join(into, path), content);
  }
}

const { folder, pack, runs } = JSON.parse(process.argv[2]);
// What it would ask the platform is refused at once: the compiler then goes by what it ships with.
ci.proxy('http://127.0.0.1:9');
const result = { warnings: [], errors: [] };
if (pack) result.warnings = (await ci.packNpm(project(folder), { reporter() {} })).map((warning) => JSON.stringify(warning));
for (const run of runs) {
  result.errors.push(
    await compile({ folder, ...run }).then(
      () => null,
      (error) => String(error.message ?? error),
    ),
  );
}
process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit(0));
