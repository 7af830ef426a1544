/** `dna-core.js`: starts the Wasm when the page has loaded, and until then has the words for a page that is left. */
import { answered, initSync, observed, push, start as startCore, woken } from '../generated/dna_sdk_wasm.js';
import { afterLoad } from './after-load.js';
import type { Core } from './agent.js';
import { connect } from './host.js';
import { Kind, type Sink } from './record.js';
import { routes } from './routes.js';

export { lastWords } from './last-words.js';

/**
 * Starts the core; undefined when the options allow nothing or it is `wanted` no more. `fetch` is
 * what the page had when the tag ran: a wrapper that came later may add what is nobody's business.
 */
export const start: Core['start'] = async (options, fetch, wanted) => {
  await afterLoad();
  const url = new URL('dna.wasm', import.meta.url);
  // The page's own requests come first.
  const response = await fetch.call(window, url, { priority: 'low' } as RequestInit);
  if (!response.ok) throw new Error(`${url} is answered with ${response.status}`);
  // Not while it streams: that needs a media type that not every server knows, to gain nothing at this size.
  initSync({ module: await WebAssembly.compile(await response.arrayBuffer()) });
  connect({ answered, observed, woken });
  if (!wanted() || !startCore(options, fetch)) return;
  const take = push as never as Sink;
  const unhook = routes(take);
  return (...record) => {
    if (record[0] == Kind.Stop) unhook();
    take(...record);
  };
};
