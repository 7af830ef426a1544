/** Loads the core: as Wasm by its path in the package, or else as JavaScript. */
import { attempt, type Host } from './hosts';
import { importsOf, type CoreExports, type Imports } from './imports';
import { seeded } from './random';
import type { CoreModule } from './index';
import { Kind, write, type Record } from './record';

/** Where the platforms' npm builds put this package's files. */
const FOLDER = '/miniprogram_npm/dna-mini/';
/** So long a module may take to load before the next is tried: one platform's promise may never end. */
const LOAD_MS = 10_000;

/** A core that has started. */
export interface Running {
  push(record: Record): void;
}

/** What says where the core is. */
export interface Places {
  wasm?: string | false | (() => string | Promise<string>);
  core?: () => CoreModule | Promise<CoreModule>;
}

/** A core that starts. */
export interface Starting {
  /** Undefined when the options allow nothing, which the console then says. Rejects when there is no core. */
  running: Promise<Running | undefined>;
  /** Erases what was stored and ends what is sent, whether there is a core or not. */
  erase(): void;
}

/** Starts the core with the `options`, by name and value; those that change until it is there hold. */
export function start(host: Host, places: Places, options: string[]): Starting {
  let core: CoreExports;
  const entering = entrance(() => core);
  const imports = importsOf(host, () => core, entering);
  const { getRandomValues } = host.api as { getRandomValues?: Parameters<typeof seeded>[0] };
  const running: Starting['running'] = Promise.all([loaded(host, places, imports), seeded(getRandomValues)]).then(([exports]) => {
    core = exports;
    const room = (length: number) => {
      // First: the memory may grow.
      const at = core.room(length);
      return new DataView(core.memory.buffer, at, length);
    };
    const hand = (record: Record) => write(record, room);
    hand([Kind.Call, Date.now(), ...options]);
    let started = 0;
    entering(() => (started = core.start()));
    if (!started) return;
    return {
      push: (record: Record) =>
        entering(() => {
          hand(record);
          core.push();
        }),
    };
  });
  return { running, erase: () => void imports.erase() };
}

/** Calls the core one after the other: what it calls may lead back to it. Broken, it is left alone. */
function entrance(core: () => CoreExports): (act: (core: CoreExports) => void) => void {
  const waiting: ((core: CoreExports) => void)[] = [];
  let [busy, broken] = [false, false];
  return (act) => {
    if (broken) return;
    waiting.push(act);
    if (busy) return;
    busy = true;
    try {
      for (let next; (next = waiting.shift()); ) next(core());
    } catch (error) {
      broken = true;
      console.warn('dna: the core has failed; nothing more is measured', error);
    }
    busy = false;
  };
}

function loaded(host: Host, { wasm, core }: Places, imports: Imports): Promise<CoreExports> {
  const { instantiate } = host;
  const paths = !instantiate || wasm === false ? [] : wasm ? [wasm] : [FOLDER + 'dna.wasm.br', FOLDER + 'dna.wasm'];
  const byPath = (path: string) => (instantiate as NonNullable<typeof instantiate>)(path, { h: imports });
  const asScript = () =>
    Promise.resolve()
      .then(() => (core ? core() : (require('./dna-wasm2js.js') as CoreModule)))
      .then((module) => module.instantiate(imports));
  // A sub-package that has the file may have to be loaded first.
  const found = (path: typeof paths[0]) => (typeof path == 'string' ? byPath(path) : Promise.resolve().then(path).then(byPath));
  const all = paths.map((path) => () => limited(found(path)).then(exportsOf));
  return [...all, asScript].reduce(
    (before, next) => before.catch(next),
    Promise.reject() as Promise<object>,
  ) as Promise<CoreExports>;
}

/** Of an instance, or of what holds one: platforms and their versions differ. */
function exportsOf(result: unknown): object {
  const { instance, exports } = result as { instance?: { exports: object }; exports?: object };
  const found = (instance ? instance.exports : exports) as { start?: unknown } | undefined;
  if (!found || typeof found.start != 'function') throw new Error('dna: no core');
  return found;
}

function limited<T>(promise: Promise<T>): Promise<T> {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error('dna: the Wasm does not load')), LOAD_MS);
    const settle = <V>(act: (value: V) => void) => (value: V) => {
      clearTimeout(timer);
      act(value);
    };
    attempt(() => promise.then(settle(done), settle(failed)), undefined);
  });
}
