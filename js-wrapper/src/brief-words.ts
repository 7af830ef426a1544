/**
 * A page that is left before even `dna-core.js` has come, moments after the tag ran: that it was
 * there and which exceptions it threw, in the plainest words, for these block the page's parsing.
 * Such a page is a session of its own. Ingest takes out what must not be kept; nothing is kept
 * here.
 */
import type { Options } from './agent.js';
import { Kind, now, type Record } from './record.js';
import { send } from './send.js';
import { hex } from './random.js';

/** Events of a frame: browsers carry 64 KiB beyond the end of a page. */
const EVENTS_MAX = 10;

const view = hex(8);
const session = hex(16);
/** Frames that were sent. */
let frames = 0;
/** Whether this session is among those that are kept. */
let kept: boolean | undefined;

/** Within `max` bytes: a character has three at most. */
const text = (value: unknown, max: number) => value && `${value}`.slice(0, max / 3);

/**
 * Sends what the `records` say of exceptions, and counts the others with those that are `lost`.
 * Gives back the view's identifier.
 */
export function briefWords(options: Options, records: Record[], lost: number, fetch: typeof window.fetch): string | undefined {
  // A page made in advance that nobody has seen is no view.
  if ((document as any).prerendering) return;
  const rate = parseFloat(options.sampleRate as string);
  if (kept == null) kept = !(rate >= 0 && Math.random() >= rate);
  // Covered, seen and covered again it is still one view.
  const events: object[] = frames ? [] : [{ kind: 'page_view', time: 0, body: {} }];
  for (const [kind, time, event] of records as any[]) {
    try {
      // The event of an element that did not load has no message.
      if ((kind == Kind.Rejection || (kind == Kind.Error && event.message != null)) && events.length <= EVENTS_MAX) {
        const thrown = kind ? event.reason : event.error || event;
        // Anything may be thrown.
        const error = Object(thrown);
        const body = {
          'exception.type': text(error.name, 128),
          'exception.message': text(error.message || thrown, 1024),
          'exception.stacktrace': text(error.stack, 6000),
        };
        events.push({ kind: kind ? 'unhandled_rejection' : 'exception', time, body });
      } else if (kind < Kind.Lifecycle || kind == Kind.Call) lost++;
    } catch {
      // A value that cannot be read takes none of the others with it.
      lost++;
    }
  }
  // What a filter would make of it nobody knows yet.
  if (!kept || options.beforeSend || !events.length) return view;
  const frame = {
    app_key: options.key,
    'session.id': session,
    sequence: ++frames,
    time_base_ms: Math.round(Date.now() - now()),
    sent_at_ms: Date.now(),
    'view.id': view,
    'url.full': location.origin + location.pathname,
    'dropped.queue_full': lost,
    events,
  };
  // Decoders refuse lone surrogates.
  send(options, JSON.stringify(frame).replace(/\\ud[89a-f]../g, '?'), fetch);
  return view;
}
