/** `dna-web`, the same for bundlers. */
import { agent, type Dna, type Options } from '../agent.js';
import type { Plugin } from '../dna-extend.js';

export type { Dna, Options, Told } from '../agent.js';
export type { Plugin } from '../dna-extend.js';

/** Free attributes: what is no text, number or boolean is left out. */
export type Attributes = { [name: string]: string | number | boolean | undefined };

let dna: Dna | undefined;

/** What few pages need, each a chunk of its own. */
const modules: { [name: string]: () => Promise<unknown> } = {
  'dna-wasm2js.js': () => import('../dna-wasm2js.js'),
  'dna-extras.js': () => import('../dna-extras.js'),
  'dna-extend.js': () => import('../dna-extend.js'),
  'dna-debug.js': () => import('../dna-debug.js'),
};

/** Hooks the page and starts the core. Call it once, as early as possible. */
export function init(options: Options): void {
  dna ??= agent({ ...options, debug: options.debug || undefined }, () => import('../dna-core.js'), (name) => modules[name]());
}

/** From here on the session's user is known. Call it on every page where that is so. */
export function setUser(id: string | number, attributes?: Attributes & { tier?: string }): void {
  dna?.('setUser', id, attributes);
}

/** From here on the session's user is no longer known. */
export function clearUser(): void {
  dna?.('clearUser');
}

/** Something of the application's own has happened. */
export function event(name: string, attributes?: Attributes): void {
  dna?.('event', name, attributes);
}

/** A step of the application's that takes its time. */
export interface Transaction {
  /** It went well. */
  end(attributes?: Attributes): void;
  /** It did not. */
  fail(attributes?: Attributes): void;
}

/**
 * Begins a step that takes its time, such as an SMS code that arrives. One that is not over when
 * the page is left was abandoned; after ten minutes nobody waits for it any more. A name is open
 * once: beginning it again abandons the one before.
 */
export function transaction(name: string, attributes?: Attributes): Transaction {
  dna?.('transaction', name, attributes);
  return {
    end: (attributes) => dna?.('end', name, attributes),
    fail: (attributes) => dna?.('fail', name, attributes),
  };
}

/** A moment of the application's own. */
export function mark(name: string): void {
  dna?.('mark', name);
}

/** An error that the application has caught itself, as in an error boundary. */
export function error(error: unknown): void {
  dna?.('error', error);
}

/** The route that the page shows is called so. Call it when the address has changed already. */
export function route(name: string): void {
  dna?.('route', name);
}

/** What the visitor has agreed to. Say it on each page: it is not stored here. */
export function consent(state: 'granted' | 'pending' | 'denied'): void {
  dna?.('consent', state);
}

/** Starts a plug-in as soon as the core is there. */
export function plugin(plugin: Plugin): void {
  const api = dna;
  api?.('plugin', { start: () => plugin.start(api) });
}

/** Takes all hooks out of the page. */
export function stop(): void {
  dna?.('stop');
  dna = undefined;
}
