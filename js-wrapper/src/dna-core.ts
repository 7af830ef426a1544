/** `dna-core.js`: starts the Wasm when the page has loaded, and until then has the words for a page that is left. */
import { answered, begin, observed, push, start as startCore, woken } from '../generated/dna_sdk_wasm.js';
import { actions } from './actions.js';
import { afterLoad } from './after-load.js';
import type { Core, Wasm } from './agent.js';
import { body_size } from './calls.js';
import { agreed } from './consent.js';
import { consoles, EARLY_MAX } from './console.js';
import { extended } from './extensions.js';
import { connect, erase, filter_by, watch } from './host.js';
import { lasting, open } from './last-words.js';
import { Kind, type Record, type Sink } from './record.js';
import { reports } from './reports.js';
import { routes } from './routes.js';
import { traces } from './trace.js';

export { lastWords } from './last-words.js';

/** The hashes of `dna.wasm` and `dna-extras.js`, put in by `build.js`. */
declare const WASM_INTEGRITY: string, EXTRAS_INTEGRITY: string;

/** Starts the core; undefined when the options allow nothing or it is `wanted` no more. */
export const start: Core['start'] = async (options, fetch, wanted, beside, stop, outgoing, sink) => {
  if (!wanted()) return;
  // Said in a tag without a value, it is no decision.
  if (options.consent === '') options.consent = 'pending';
  // A refusal is not kept waiting for a core that may never come.
  if (options.consent == 'denied') erase();
  // A hash is dear: what few pages need comes through one file, which carries those of the others.
  const extras = () => beside('dna-extras.js', EXTRAS_INTEGRITY);
  let started = false;
  // What a page writes while it loads is written before the core is there.
  let early = EARLY_MAX;
  const written: Sink = (...record) => {
    if (started || (alive() && early-- > 0)) sink(...record);
  };
  // Calls need not wait for the Wasm to be traced.
  const [trace, untrace] = traces(options.traceOrigins);
  outgoing((call, xhr, sent) => {
    if (!alive()) return;
    if (sent) call[3] = body_size(sent[0]);
    // A trace is told to servers: not without consent.
    if (agreed(options)) trace(call, xhr);
  });
  let gone = false;
  const undo = [consoles(options.console, written), untrace, () => (gone = true)];
  const unhook = () => undo.splice(0).forEach((take) => take());
  /** Stopped before it had started, the hooks of here go when they are next called. */
  const alive = () => {
    if (!started && !wanted()) unhook();
    return !gone;
  };
  try {
    // Before the page has loaded: one that is switched off should be left alone soon.
    if ((options.debug ?? options.configKey) != null) {
      await extras().then((it) => wanted() && it.act(options, fetch, beside, watch, stop)).catch(console.warn);
    }
    await afterLoad();
    const core = wanted() && (await loaded(fetch, async () => (await extras()).script(beside)));
    if (core && wanted() && core.start(options, fetch)) {
      started = true;
      const push = extended(core, options, async () => (await extras()).extend(beside));
      undo.push(routes(push), reports(push), actions(push));
      return (...record: Record) => {
        if (record[0] == Kind.Stop) unhook();
        push(...record);
        // What goes on after the words of a page that was covered, under the view that they have told.
        const goesOn = record[0] == Kind.Told ? [...lasting.splice(0), ...open.splice(0)] : [];
        if (options.consent != 'denied') for (const it of goesOn) push(...it);
      };
    }
  } catch (error) {
    unhook();
    throw error;
  }
  unhook();
};

/**
 * The core, as Wasm or else as what `script` gives. `fetch` is what the page had when the tag ran:
 * a wrapper that came later may add what is nobody's business.
 */
async function loaded(fetch: typeof window.fetch, script: () => Promise<Wasm>): Promise<Wasm> {
  const url = new URL('dna.wasm', import.meta.url);
  // The page's own requests come first.
  const response = await fetch.call(window, url, { priority: 'low', integrity: WASM_INTEGRITY } as RequestInit);
  if (!response.ok) throw new Error(`${url} is answered with ${response.status}`);
  const bytes = await response.arrayBuffer();
  return compiled(bytes).catch(script);
}

/** The Wasm's own exports. Fails where there is no Wasm, an old one, or the page's policy forbids it. */
async function compiled(bytes: ArrayBuffer): Promise<Wasm> {
  // Not while it streams: that needs a media type that not every server knows, to gain nothing at this size.
  begin(await WebAssembly.compile(bytes));
  connect({ answered, observed, woken });
  return { filter_by, push: push as never as Sink, start: startCore };
}
