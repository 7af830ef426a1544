/**
 * A page that is left before the core has loaded: the page view as far as it came, what went
 * wrong, who was affected and what the application reported are sent as a JSON frame. Calls of
 * APIs and paints of such a page are lost.
 */
import type { Options } from './agent.js';
import { Kind, type Record } from './record.js';
import { session } from './session.js';

/** Bytes of a frame: browsers carry 64 KiB beyond the end of a page. */
const FRAME_MAX = 60_000;

/** What is sent of each record that matters: kind, body. */
function told([kind, , a]: Record): [string, object] | undefined {
  const it = a as any;
  if (kind == Kind.Call) {
    const [call, first, second] = it;
    const named = (typeof first == 'string' && first) || Number.isFinite(first);
    if (call == 'clearUser') return ['identity', {}];
    if (call == 'setUser' && named) return ['identity', { 'user.id': `${first}`, 'user.tier': second?.tier }];
    if (call == 'event' && named) return ['custom', { 'event.name': clean(first, 128), attributes: second }];
  }
  if (kind == Kind.Error && it.target?.localName) {
    return ['resource_failure', { 'url.full': clean(it.target.src, 2048), 'element.name': it.target.localName }];
  }
  if (kind == Kind.Error && it.message != null) return ['exception', exception(it.error || it, it)];
  if (kind == Kind.Rejection) return ['unhandled_rejection', exception(it.reason, {})];
}

const exception = (error: any, place: any): object => ({
  'exception.type': error?.name && clean(error.name, 128),
  'exception.message': clean(error?.message ?? error, 1024),
  'exception.stacktrace': error?.stack && clean(error.stack, 8192),
  'code.file.path': place.filename && clean(place.filename, 2048),
  'code.line.number': place.lineno || undefined,
  'code.column.number': place.colno || undefined,
});

/**
 * Without the queries of addresses, in characters that any decoder takes, and short enough for
 * `max` bytes in any script.
 */
const clean = (text: unknown, max: number): string =>
  `${text}`
    .replace(/(\/[^\s?#)"']*)[?#][^\s)"':]*/g, '$1')
    .replace(/[\ud800-\udfff]/g, '\ufffd')
    .slice(0, max / 3);

/** The page, with the timings that are known by now. */
function page(): object {
  const entry: any = performance.getEntriesByType('navigation')[0] || {};
  const body: any = { 'navigation.type': entry.type };
  for (const name of ['fetchStart', 'requestStart', 'responseStart', 'responseEnd', 'domInteractive']) {
    if (entry[name]) body[name.replace(/[A-Z]/, (letter) => '_' + letter.toLowerCase())] = entry[name];
  }
  return body;
}

/** Sends what matters among `records` while the page is being left; whether it was taken. */
export function lastWords(options: Options, records: Record[], fetch: typeof window.fetch): boolean {
  const { id, kept } = session(options.sampleRate);
  const events: string[] = [];
  let size = 0;
  const add = (kind: string, time: number, body: object) => {
    const event = JSON.stringify({ kind, time, body });
    if (size + event.length < FRAME_MAX) size += events.push(event) && event.length;
  };
  // A page that is seen and left again before the core has come is no new view.
  if (!records.some(([kind]) => kind == Kind.Told)) add('page_view', 0, page());
  for (const record of records) {
    try {
      const event = told(record);
      if (event) add(event[0], record[1], event[1]);
    } catch {
      // A value that cannot be read or written takes none of the others with it.
    }
  }
  if (!kept || !events.length) return true;
  const header = JSON.stringify({
    sent_at_ms: Date.now(),
    app_key: options.key,
    'session.id': id,
    // The core counts from 1 below the random part.
    sequence: ((Math.random() * 4294967296) >>> 0) * 65536,
    time_base_ms: Math.round(Date.now() - performance.now()),
    'url.full': location.origin + location.pathname,
    'service.version': options.release,
    'telemetry.sdk.name': 'dna-web',
  });
  const body = `${header.slice(0, -1)},"events":[${events}]}`;
  const url = options.endpoint!.replace(/^(https?:\/\/[^/]+)\/?$/, '$1/v1/beacon');
  try {
    if (navigator.sendBeacon(url, body)) return true;
  } catch {
    // Missing, or a blocker's that throws.
  }
  fetch.call(window, url, { method: 'POST', body, keepalive: true }).catch(() => {});
  return true;
}
