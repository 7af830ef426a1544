/** `dna-core.js`: starts the Wasm when the page has loaded, and until then has the words for a page that is left. */
import { answered, initSync, observed, push, start as startCore, woken } from '../generated/dna_sdk_wasm.js';
import { afterLoad } from './after-load.js';
import type { Core, Wasm } from './agent.js';
import { connect } from './host.js';
import { Kind, type Sink } from './record.js';
import { reports } from './reports.js';
import { routes } from './routes.js';

export { lastWords } from './last-words.js';

/** The hashes of `dna.wasm` and `dna-wasm2js.js`, put in by `build.js`. */
declare const WASM_INTEGRITY: string, SCRIPT_INTEGRITY: string;

/**
 * Starts the core; undefined when the options allow nothing or it is `wanted` no more. `fetch` is
 * what the page had when the tag ran: a wrapper that came later may add what is nobody's business.
 */
export const start: Core['start'] = async (options, fetch, wanted, script) => {
  await afterLoad();
  const url = new URL('dna.wasm', import.meta.url);
  // The page's own requests come first.
  const response = await fetch.call(window, url, { priority: 'low', integrity: WASM_INTEGRITY } as RequestInit);
  if (!response.ok) throw new Error(`${url} is answered with ${response.status}`);
  const bytes = await response.arrayBuffer();
  const core = await compiled(bytes).catch(() => script(SCRIPT_INTEGRITY));
  if (!wanted() || !core.start(options, fetch)) return;
  const hooks = [routes(core.push), reports(core.push)];
  return (...record) => {
    if (record[0] == Kind.Stop) hooks.forEach((unhook) => unhook());
    core.push(...record);
  };
};

/** The Wasm's own exports. Fails where there is no Wasm, an old one, or the page's policy forbids it. */
async function compiled(bytes: ArrayBuffer): Promise<Wasm> {
  // Not while it streams: that needs a media type that not every server knows, to gain nothing at this size.
  initSync({ module: await WebAssembly.compile(bytes) });
  connect({ answered, observed, woken });
  return { push: push as never as Sink, start: startCore };
}
