// One script of a package's files, for engines that have neither folders nor modules of ours.

import { readFile, readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';

/**
 * A script in ES5 that has the JavaScript files of `folder` as CommonJS modules, and its `.wasm`
 * and `.wasm.br` files behind `WXWebAssembly.instantiate(path)`, paths beginning with `root`. It
 * then runs `script`, which may call `requireFrom('/path')` and `say(line)`. `without`: files that are left out,
 * so that nothing else does their work. `shape`: what `instantiate` resolves with, `both` `{ module, instance }` or
 * the `instance` alone.
 */
export async function bundle(folder, root, script, { without = [], shape = 'both' } = {}) {
  const sources = [];
  const wasm = [];
  for (const name of await readdir(folder, { recursive: true })) {
    if (without.includes(name)) continue;
    const path = posix.join(root, name);
    if (name.endsWith('.js')) {
      const source = await readFile(join(folder, name), 'utf8');
      sources.push(`${JSON.stringify(path)}: function (require, module, exports) {\n${source}\n}`);
    } else if (name.endsWith('.wasm')) {
      wasm.push(`${JSON.stringify(path)}: ${JSON.stringify((await readFile(join(folder, name))).toString('latin1'))}`);
    }
  }
  const prelude = await readFile(join(import.meta.dirname, 'prelude.js'), 'utf8');
  return `(function (SOURCES, WASM, SHAPE) {\n${prelude}\n${script}\n})({\n${sources.join(',\n')}\n}, {\n${wasm.join(',\n')}\n}, ${JSON.stringify(shape)});\n`;
}
