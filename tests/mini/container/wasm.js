// Wasm by a path in the package, never by bytes.

import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/** One iOS client lost a function that was exported under more names. */
const NAMES_MAX = 3;

/**
 * The platform's object. `shape` says what `instantiate` resolves with: `both` `{ module, instance }`
 * or the `instance` alone, as some versions do; `never` leaves it open. `ios` refuses what iOS lacks. `compile`: Douyin has it.
 */
export function wasmObject({ folder, clock, realm, calls, modules, name, shape = 'both', ios = true, absolute = false, compile = false }) {
  const bytesAt = async (path) => {
    if (modules && !modules.isPresent(posix.normalize(`/${path}`).slice(1))) throw new Error(`no such file: ${path}, whose sub-package is not loaded`);
    const file = await readFile(join(folder, posix.normalize(`/${path}`)));
    return path.endsWith('.br') ? brotliDecompressSync(file) : file;
  };
  const own = (promise) =>
    new realm.Promise((resolve, reject) => {
      clock.real(promise).then(
        (value) => clock.post(`callback ${name}`, () => resolve(value)),
        (error) => clock.post(`callback ${name}`, () => reject(new realm.Error(`${name}: ${error.message}`))),
      );
    });
  const checked = (path) => {
    if (typeof path != 'string') calls.refuse(`${name}.instantiate: wants a path, not ${Object.prototype.toString.call(path)}`);
    if (!/\.wasm(\.br)?$/.test(path)) calls.refuse(`${name}.instantiate: ${path} ends in neither .wasm nor .wasm.br`);
    if (absolute && !path.startsWith('/')) calls.refuse(`${name}.instantiate: ${path} is not absolute`);
  };
  const onIos = (why) => {
    if (!ios || !why) return;
    calls.refused.push(`${name}.instantiate: ${why}`);
    throw new Error(why);
  };
  const load = async (path) => {
    const module = await WebAssembly.compile(await bytesAt(path));
    onIos(globalOf(module));
    return module;
  };
  const made = {
    instantiate(path, imports = {}) {
      checked(path);
      if (shape == 'never') return new realm.Promise(() => {});
      return own(
        load(path).then(async (module) => {
          const instance = await WebAssembly.instantiate(module, imports);
          onIos(lostName(instance.exports));
          return shape == 'instance' ? instance : { module, instance };
        }),
      );
    },
    Memory: WebAssembly.Memory,
    Table: WebAssembly.Table,
  };
  if (compile) made.compile = (path) => (checked(path), own(load(path)));
  return made;
}

function globalOf(module) {
  const global = WebAssembly.Module.exports(module).find(({ kind }) => kind == 'global');
  return global && `exported Global ${global.name}`;
}

/** A function under too many names: by the last of them it would be gone. */
function lostName(exports) {
  const names = new Map();
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value == 'function') names.set(value, [...(names.get(value) ?? []), name]);
  }
  const several = [...names.values()].find((known) => known.length > NAMES_MAX);
  return several && `one function is exported as ${several.join(', ')}`;
}
