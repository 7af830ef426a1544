/** `dna-extend.js`: for pages that add something to the client, a filter of events or plug-ins. */
import type { Dna } from './agent.js';

export { filtered } from './filter/filtered.js';

/** A part of the page's own that has to do with the client: started with `dna`, and stopped with it. */
export interface Plugin {
  name?: string;
  /** What it gives back is called when the client stops. */
  start(dna: Dna): unknown;
}

const stops: unknown[] = [];

/** Starts a plug-in. */
export function plug(plugin: unknown): void {
  stops.push((plugin as Plugin).start((window as any).dna));
}

/** Stops them all. */
export function stop(): void {
  for (const call of stops.splice(0)) {
    try {
      if (typeof call == 'function') call();
    } catch (error) {
      console.warn('dna: a plug-in cannot be stopped:', error);
    }
  }
}
