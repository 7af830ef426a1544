/**
 * What the script tag and the npm package share: hooks on, a bounded queue until the core is
 * there, then everything goes to the core.
 */
import { install } from './hooks.js';
import { lastWords } from './last-words.js';
import { Kind, now, type Record } from './record.js';

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
}

/** What the core module exports. */
export interface Core {
  start(options: Options, fetch: typeof window.fetch, wanted: () => boolean): Promise<Push | undefined>;
}

/** The core's intake. */
export type Push = (...record: Record) => void;

/** Records that wait for the core at most: a page that makes more has told enough. */
const QUEUE_MAX = 500;

/** Attributes of one call, and characters of one text, at most: the wire takes less. */
const ATTRIBUTES_MAX = 32;
const TEXT_MAX = 512;

/** Hooks the page and loads the core. Gives back `dna(…)`. */
export function agent(options: Options, load: () => Promise<Core>): (...call: unknown[]) => void {
  const queue: Record[] = [];
  const { fetch } = window;
  let lost = 0;
  let push: Push | undefined;

  const sink = (...record: Record) => {
    try {
      if (push) {
        push(...record);
      } else if (queue.length < QUEUE_MAX) {
        queue.push(record);
      } else {
        lost++;
      }
      // A phone may end a page that is only hidden, without another word.
      const type = (record[2] as Event)?.type;
      const leaves = type == 'pagehide' || (type == 'visibilitychange' && document.visibilityState == 'hidden');
      if (!push && leaves && lastWords(options, queue, fetch)) {
        queue.length = 0;
        queue.push([Kind.Told, now()]);
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
    queue.length = 0;
  };

  afterLoad()
    .then(load)
    .then((core) => core.start(options, fetch, () => !push))
    .then((started) => {
      if (push) return;
      if (!started) return stop();
      if (lost) started(Kind.Lost, now(), lost);
      // What the core itself makes happen meanwhile is appended, and taken here too.
      for (const record of queue) started(...record);
      queue.length = 0;
      push = started;
    })
    .catch((error) => {
      stop();
      console.warn('dna: not started:', error);
    });

  return (...call) => (call[0] == 'stop' ? stop() : sink(Kind.Call, now(), call.map(copied)));
}

/** When the page has loaded: until then the network and the processor are the page's alone. */
const afterLoad = (): Promise<unknown> =>
  new Promise((resolve) => {
    if (document.readyState == 'complete') resolve(0);
    else addEventListener('load', resolve, { once: true });
  });

/**
 * What is told as it is now: the page may change its object before the core is there. Bounded,
 * because copying it into the Wasm takes the page's time.
 */
function copied(value: any): unknown {
  if (typeof value == 'string') return value.slice(0, TEXT_MAX);
  if (!value || typeof value != 'object') return value;
  const copy: any = {};
  let count = 0;
  for (const name in value) {
    if (count++ > ATTRIBUTES_MAX) break;
    try {
      const it = value[name];
      if (typeof it == 'string') copy[name] = it.slice(0, TEXT_MAX);
      else if (typeof it == 'boolean' || Number.isFinite(it)) copy[name] = it;
    } catch {
      // A getter that throws leaves out itself only.
    }
  }
  return copy;
}
