/** Starts the core: as Wasm by its path in the package, in the platform's Worker where it was put there, or else as JavaScript. */
import { entrance } from './entrance';
import type { Host } from './hosts';
import { importsOf, type CoreExports, type Imports } from './imports';
import { firstOf, inTime } from './load';
import { seeded } from './random';
import type { CoreModule } from './index';
import { Kind, write, type Record } from './record';
import { inWorker } from './worker';

/** Where the platforms' npm builds put this package's files. */
const FOLDER = '/miniprogram_npm/dna-mini/';

/** A core that has started. */
export interface Running {
  push(record: Record): void;
}

/** What says where the core is. */
export interface Places {
  wasm?: string | false | (() => string | Promise<string>);
  core?: () => CoreModule | Promise<CoreModule>;
  worker?: string;
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
  const [run, erase] = here(host, places);
  if (!host.hasWorker || !places.worker) return { running: run(options), erase };
  const there = inWorker(host, places.worker, places.wasm, options, run);
  const both = () => {
    there.erase();
    erase();
  };
  return { running: there.running, erase: both };
}

/** The core in the logic layer: what starts it, and what erases. */
function here(host: Host, places: Places): [(options: string[]) => Promise<Running | undefined>, () => void] {
  let core: CoreExports;
  const entering = entrance(() => core, (...words) => console.warn(...words));
  const imports = importsOf(host, () => core, entering);
  const { getRandomValues } = host.api as { getRandomValues?: Parameters<typeof seeded>[0] };
  const run = (options: string[]) =>
    Promise.all([loaded(host, places, imports), seeded(getRandomValues)]).then(([exports]) => {
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
  return [run, () => void imports.erase()];
}

function loaded(host: Host, { wasm, core }: Places, imports: Imports): Promise<CoreExports> {
  const { instantiate } = host;
  const paths = !instantiate || wasm === false ? [] : wasm ? [wasm] : [FOLDER + 'dna.wasm.br', FOLDER + 'dna.wasm'];
  const byPath = (path: string) => (instantiate as NonNullable<typeof instantiate>)(path, { h: imports });
  const asScript = () =>
    Promise.resolve()
      .then(() => (core ? core() : (require('./dna-wasm2js.js') as CoreModule)))
      .then((module) => module.instantiate(imports) as CoreExports);
  // A sub-package that has the file may have to be loaded first.
  const found = (path: typeof paths[0]) => (typeof path == 'string' ? byPath(path) : Promise.resolve().then(path).then(byPath));
  return firstOf([...paths.map((path) => () => inTime(found(path))), asScript]);
}
