/** `dna-core.js`: starts the Wasm. */
import init, { answered, observed, push, start as startCore, woken } from '../generated/dna_sdk_wasm.js';
import type { Core } from './agent.js';
import { connect } from './host.js';

/**
 * Starts the core; undefined when the options allow nothing or it is `wanted` no more. `fetch` is
 * what the page had when the tag ran: a wrapper that came later may add what is nobody's business.
 */
export const start: Core['start'] = async (options, fetch, wanted) => {
  const wasm = new URL('dna.wasm', import.meta.url);
  // The page's own requests come first.
  const priority = { priority: 'low' } as RequestInit;
  await init({ module_or_path: fetch.call(window, wasm, priority) });
  connect({ answered, observed, woken });
  return wanted() && startCore(options, fetch) ? (push as never) : undefined;
};
