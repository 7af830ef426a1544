/**
 * What the script tag and the npm package share: hooks on, a bounded queue until the core is
 * there, then everything goes to the core. Where the core never comes, what the queue holds is
 * told when the page is left.
 */
import { briefWords } from './brief-words.js';
import { agreed } from './consent.js';
import { install, use } from './hooks.js';
import { Kind, now, type Record } from './record.js';
import { ATTRIBUTES_MAX, TEXT_MAX } from './text.js';

/** The configuration of a page. Texts, as they stand in a tag's `data-*` attributes. */
export interface Options {
  /** The application's key. */
  key?: string;
  /** Where beacons go: an http or https address. */
  endpoint?: string;
  /** The application's release. */
  release?: string;
  /** The share of sessions that are kept, 0 to 1. */
  sampleRate?: string | number;
  /** Whether each frame that is sent is printed on the console. */
  debug?: string | boolean;
  /** The public key, in base64, of the configuration that ingest serves; without it none is asked for. */
  configKey?: string;
  /** What of the console is told: error, or error,warn; nothing when absent. */
  console?: string;
  /** The origins whose servers are told the trace of a call; `self` is the page's own. None by default. */
  traceOrigins?: string | string[];
  /** What the visitor has agreed to so far: `granted` when absent. */
  consent?: 'granted' | 'pending' | 'denied' | (string & {});
  /** Whether the browser gets an identifier over its sessions, where consent is granted in so many words. */
  visitor?: boolean | string;
  /** Tiers of users whose sessions are always kept; `vip` when absent. */
  vipTiers?: string | string[];
  /** Parameters that stay in addresses; none when absent. */
  urlParams?: string | string[];
  /** Called with each event before it is sent; may change it, or take it out by returning `false`. */
  beforeSend?: (event: Told) => unknown;
}

/** An event in its JSON form, as docs/protocol.md has it. */
export interface Told {
  kind: string;
  /** In ms after the page's time origin. */
  time: number;
  body: { [field: string]: unknown };
}

/** `dna(…)`. */
export type Dna = (...call: any[]) => void;

/** What the core module exports. */
export interface Core {
  /** Starts the Wasm when the page has loaded; undefined when the options allow nothing or it is `wanted` no more. */
  start(
    options: Options,
    fetch: typeof window.fetch,
    wanted: () => boolean,
    beside: LoadBeside,
    stop: () => void,
    outgoing: typeof use,
    sink: Push,
  ): Promise<Push | undefined>;
  /** Tells of a page that is left before; gives back the identifier of its view. */
  lastWords: typeof briefWords;
}

/** The compiled core, as Wasm or as JavaScript. */
export interface Wasm {
  /** Gives the core the page's own filter. As JavaScript the core has a host of its own. */
  filter_by(filter: (bytes: Uint8Array) => Uint8Array | undefined): void;
  start(options: Options, fetch: typeof window.fetch): boolean;
  push: Push;
}

/** Loads a module that few pages need, if the file has that hash. */
export type LoadBeside = (name: string, integrity: string) => Promise<any>;

/** The core's intake. */
export type Push = (...record: Record) => void;

/** Records that wait for the core at most: a page that makes more has told enough. */
const QUEUE_MAX = 500;

/** Hooks the page and loads the core, and from `beside` it what the page needs besides. Gives back `dna(…)`. */
export function agent(options: Options, load: () => Promise<Core>, beside: LoadBeside): Dna {
  let queue: Record[] = [];
  const { fetch } = window;
  let lost = 0;
  let lastWords = briefWords;
  let push: Push | undefined;

  const sink = (...record: Record) => {
    try {
      if (push) {
        push(...record);
      } else if (options.consent == 'denied') {
        queue = [];
      } else if (queue.length < QUEUE_MAX) {
        queue.push(record);
      } else {
        lost++;
      }
      // A phone may end a page that is only hidden, without another word. (A record without a
      // value ends here.)
      const leaves = /^pagehide|^visib.*hidden/.test((record[2] as Event).type + record[3]);
      // Without consent all of it waits here.
      if (!push && leaves && agreed(options)) {
        const told = queue.splice(0);
        queue.push([Kind.Told, now(), lastWords(options, told, lost, fetch)]);
        // Brief words do not tell it.
        if (lastWords == briefWords) queue.push(record);
        lost = 0;
      }
    } catch {
      // A page must never feel that it is watched.
    }
  };
  const unhook = install(sink);
  const stop = () => {
    unhook();
    sink(Kind.Stop, now());
    push = () => {};
    queue = [];
  };

  load()
    .then((core) => {
      lastWords = core.lastWords;
      return core.start(options, fetch, () => !push, beside, stop, use, sink);
    })
    .then((started) => {
      if (push) return;
      if (!started) return stop();
      if (lost) started(Kind.Lost, now(), lost);
      // What the core itself makes happen meanwhile is appended, and taken here too.
      for (const record of queue) started(...record);
      queue = [];
      push = started;
    })
    // The hooks stay: errors are worth telling without the core too.
    .catch((error) => push || console.warn('dna: not started:', error));

  return (...call) => {
    try {
      if (call[0] == 'stop') return stop();
      // Consent and beforeSend hold for what waits too, and for a page that is left before the core is there.
      // Nothing is no decision.
      if (/[sS]en[dt]$/.test(call[0] as string)) (options as any)[call[0] as string] = call[1] || 'pending';
      sink(Kind.Call, now(), copied(call));
    } catch {
      // The same.
    }
  };
}

/**
 * What is told as it is now: the page may change its object before the core is there. The name of
 * the call, what it is about, then names and values of attributes, one after the other. Bounded,
 * because copying it into the Wasm takes the page's time.
 */
function copied([name, subject, attributes]: any[]): unknown[] {
  const copy = [name, typeof subject == 'string' ? subject.slice(0, TEXT_MAX) : subject];
  if (!attributes || typeof attributes != 'object') return copy;
  for (const name in attributes) {
    try {
      const it = attributes[name];
      const text = typeof it == 'string';
      if (text || typeof it == 'boolean' || Number.isFinite(it)) copy.push(name, text ? it.slice(0, TEXT_MAX) : it);
    } catch {
      // A getter that throws leaves out itself only.
    }
    // One more than the wire takes: `tier` is none.
    if (copy.length > 2 * ATTRIBUTES_MAX + 3) break;
  }
  return copy;
}
