/** `dna-extras.js`: what few pages need, loaded when an option asks for it or where Wasm is refused. */
import type { LoadBeside, Options, Wasm } from './agent.js';
import type { Show } from './dna-debug.js';
import { remoteConfig } from './remote-config.js';

/** The hashes of `dna-debug.js`, `dna-extend.js` and `dna-wasm2js.js`, put in by `build.js`. */
declare const DEBUG_INTEGRITY: string, EXTEND_INTEGRITY: string, SCRIPT_INTEGRITY: string;

/** The core as JavaScript. */
export const script = (beside: LoadBeside): Promise<Wasm> => beside('dna-wasm2js.js', SCRIPT_INTEGRITY);

/** What deals with a filter and plug-ins of the page's own. */
export const extend = (beside: LoadBeside): Promise<typeof import('./dna-extend.js')> =>
  beside('dna-extend.js', EXTEND_INTEGRITY);

/** Does what the `options` ask for before the core starts, and changes them to what it is to start with. */
export async function act(
  options: Options,
  fetch: typeof window.fetch,
  beside: LoadBeside,
  watch: (show: Show | undefined) => void,
  stop: () => void,
): Promise<void> {
  const wanted = options.debug || options.debug === '';
  const debug = async () => watch(await (await beside('dna-debug.js', DEBUG_INTEGRITY)).debug(fetch));
  await Promise.all([
    wanted && options.debug != 'false' && debug().catch((error) => console.warn('dna: no debug mode:', error)),
    options.configKey != null && remoteConfig(options, fetch, stop),
  ]);
}
