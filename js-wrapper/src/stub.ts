/**
 * `dna.js`, the script tag. Blocks parsing, so it is small: hooks, queue, and the start of the
 * core's loading.
 */
import { agent } from './agent.js';

declare global {
  interface Window {
    dna?: ((...call: unknown[]) => void) & { stop(): void };
  }
}

// None in a module, which has no attributes to say anything with.
const tag = document.currentScript as HTMLScriptElement | null;
// A second tag on the page changes nothing, and an element with that id is no function. The
// core is beside this file, wherever that is.
if (typeof window.dna != 'function') {
  const dna = agent({ ...tag?.dataset }, () => import('./dna-core.js'));
  window.dna = Object.assign(dna, { stop: () => dna('stop') });
}
