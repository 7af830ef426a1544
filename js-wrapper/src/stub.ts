/**
 * `dna.js`, the script tag. Blocks parsing, so it is small: hooks, queue, and the start of the
 * core's loading.
 */
import { agent } from './agent.js';
import { checked } from './checked.js';

/** The hash of `dna-core.js`, put in by `build.js`. */
declare const CORE_INTEGRITY: string;

declare global {
  interface Window {
    dna?: ((...call: unknown[]) => void) & { stop(): void };
  }
}

// None in a module, which has no attributes to say anything with.
const tag = document.currentScript as HTMLScriptElement | null;
// The core is beside this file, wherever that is.
const beside = (name: string, integrity: string) => checked(new URL(name, (tag && tag.src) || document.baseURI).href, integrity);
// A second tag on the page changes nothing, and an element with that id is no function.
if (typeof window.dna != 'function') {
  const dna = agent({ ...(tag && tag.dataset) }, () => beside('dna-core.js', CORE_INTEGRITY), beside) as Window['dna'] & {};
  dna.stop = () => dna('stop');
  window.dna = dna;
}
