/** Loads a core from one place or the next. */
import { attempt } from './hosts';
import type { CoreExports } from './imports';

/** So long a module may take to load before the next is tried: one platform's promise may never end. */
export const LOAD_MS = 10_000;

/** What the first of the places gives that gives anything. */
export function firstOf<T>(places: (() => Promise<T>)[]): Promise<T> {
  return places.reduce((before, next) => before.catch(next), Promise.reject() as Promise<T>);
}

/** The core of a module that loads in time. */
export const inTime = (module: Promise<unknown>): Promise<CoreExports> => limited(module).then(exportsOf);

/** Of an instance, or of what holds one: platforms and their versions differ. */
function exportsOf(result: unknown): CoreExports {
  const { instance, exports } = result as { instance?: { exports: object }; exports?: object };
  const found = (instance ? instance.exports : exports) as CoreExports | undefined;
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
