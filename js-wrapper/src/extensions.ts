/**
 * What a page adds to the client: its own filter of events, and plug-ins. What deals with them is
 * loaded on demand; until it is there a page that has a filter sends nothing.
 */
import type { Options, Wasm } from './agent.js';
import { Kind, now, type Sink } from './record.js';

type Extend = typeof import('./dna-extend.js');

/** Takes the calls that extend the client out of what goes to the core; `load` gives what deals with them. */
export function extended({ push: core, filter_by }: Wasm, { beforeSend }: Options, load: () => Promise<Extend>): Sink {
  let module: Promise<Extend> | undefined;
  let applied: unknown;
  const call = (name: string, subject: unknown) => {
    const filters = name == 'beforeSend';
    // The one of the options may have been said by a call that is still in the queue.
    if (filters && subject === applied) return;
    if (filters) applied = subject;
    const tell = (ready: boolean) => filters && core(Kind.Call, now(), [name, ready]);
    tell(false);
    module ??= load();
    module
      .then((it) => {
        if (filters) filter_by(it.filtered(subject));
        else it.plug(subject);
        tell(true);
      })
      .catch((error) => console.warn(`dna: ${name}:`, error));
  };
  if (beforeSend) call('beforeSend', beforeSend);
  return (...record) => {
    const [kind, , it] = record as any[];
    if (kind == Kind.Call && /^(beforeSend|plugin)$/.test(it[0])) return call(it[0], it[1]);
    if (kind == Kind.Stop) module?.then((it) => it.stop());
    core(...record);
  };
}
