/**
 * A page that is left before the core has loaded, or where it never does: the page view as far
 * as it came, what went wrong, calls of APIs, who was affected and what the application reported
 * are sent as a JSON frame. Paints of such a page are lost.
 */
import type { Options } from './agent.js';
import { fetched, requested, type Call } from './calls.js';
import { Kind, now, type Record } from './record.js';
import { send } from './send.js';
import { hex } from './random.js';
import { session, store, type Session } from './session.js';
import { ATTRIBUTES_MAX, clean, cut, TEXT_MAX } from './text.js';
import { exception, thrown, type Thrown } from './thrown.js';

/** Bytes of a frame: browsers carry 64 KiB beyond the end of a page. */
const FRAME_MAX = 60_000;

type Told = [kind: string, body: object];

/** The calls that began transactions which nobody has ended: the core takes them over. */
export const open: Record[] = [];

/** What holds for the page and not for a moment: who uses it, consent, filters, plug-ins. The core is told it too. */
export const lasting: Record[] = [];
const LASTING_MAX = 50;

/** The page is being left: that it is hidden then says nothing. */
let left = false;

/** What is sent of each record that matters. */
function told([kind, start, a, b, c, d]: Record): Told | undefined | false {
  const it = a as any;
  if (kind == Kind.Call) return call(it);
  if (kind == Kind.Lifecycle) {
    if (it.type == 'visibilitychange') return !left && ['visibility', { 'document.visibility_state': b }];
    left = it.type == 'pagehide';
  }
  if (kind == Kind.Error && it.target?.localName) {
    const src = it.target.src;
    return src && ['resource_failure', { 'url.full': clean(src, 2048), 'element.name': it.target.localName }];
  }
  if (kind == Kind.Error && it.message != null) return ['exception', said(exception(it), it)];
  if (kind == Kind.Rejection) return ['unhandled_rejection', said(thrown(it.reason), {})];
  if (kind == Kind.XhrEnded) return api(requested(b, c, d), it - start);
  if (kind == Kind.FetchAnswered || kind == Kind.FetchFailed) return api(fetched(b, c, d, kind == Kind.FetchFailed), it - start);
}

function call([name, first, ...rest]: any[]): Told | undefined | false {
  const named = (typeof first == 'string' && first) || Number.isFinite(first);
  if (name == 'clearUser') return ['identity', {}];
  if (name == 'setUser' && named) {
    const { tier, ...others } = attributes(rest);
    const known = typeof tier == 'string' && tier ? clean(tier, 32) : undefined;
    // Not cut: the pseudonym of a part would be another user's too.
    const fits = new TextEncoder().encode(`${first}`).length <= 256;
    return fits && ['identity', { 'user.id': `${first}`, 'user.tier': known, attributes: some(others) }];
  }
  if (name == 'event' && named) return ['custom', { 'event.name': clean(first, 128), attributes: some(attributes(rest)) }];
  if (name == 'mark' && named) return ['mark', { 'mark.name': clean(first, 128) }];
  if (name == 'error') return ['exception', { ...said(thrown(first), {}), 'exception.mechanism': 'reported' }];
  if (name == 'route' && named) return ['route_change', { 'route.name': clean(first, 128) }];
}

/** The event of a transaction that is over now. */
const step = ([, start, begun]: Record, end: number, outcome: string, more: any[] = []): [string, number, object] => [
  'transaction',
  start,
  {
    'transaction.name': clean((begun as any)[1], 128),
    duration_ms: end - start,
    'transaction.outcome': outcome,
    attributes: some({ ...attributes((begun as any).slice(2)), ...attributes(more) }),
  },
];

/** The events of the transactions that a record ends. */
function steps(record: Record): [string, number, object][] {
  const [kind, time, it] = record as any;
  // A page that is covered is not left: the customer may read an SMS meanwhile.
  if (it?.type == 'pagehide') return open.splice(0).map((begun) => step(begun, time, 'abandoned'));
  const [what, name, ...more] = kind == Kind.Call ? it : [];
  const outcome = { transaction: 'abandoned', end: 'ok', fail: 'error' }[what as string];
  if (!outcome) return [];
  const at = open.findIndex(([, , begun]: any) => begun[1] === name);
  const over = at < 0 ? [] : open.splice(at, 1);
  if (what != 'transaction') return over.map((begun) => step(begun, time, outcome, more));
  if (typeof name == 'string' || Number.isFinite(name)) open.push(record);
  return over.map((begun) => step(begun, time, outcome));
}

/** What the agent has copied, as an object. */
function attributes(flat: any[]): { [name: string]: unknown } {
  const object: any = {};
  for (let at = 0; at < flat.length; at += 2) {
    const value = flat[at + 1];
    // A name that is too long is left out, as the core does.
    if (flat[at] && flat[at] == cut(flat[at], 64)) object[clean(flat[at], 64)] = typeof value == 'string' ? clean(value, TEXT_MAX) : value;
  }
  return object;
}

/** As many as the wire takes; none are absent. */
const some = (object: object): object | undefined => {
  const entries = Object.entries(object).slice(0, ATTRIBUTES_MAX);
  return entries.length ? Object.fromEntries(entries) : undefined;
};

const api = ({ method, address, status, error }: Call, duration: number): Told => [
  'api_call',
  {
    'http.request.method': method,
    'url.full': clean(address, 2048),
    'http.response.status_code': status || undefined,
    'error.type': error || undefined,
    duration_ms: duration,
  },
];

const said = ({ name, message, stack }: Thrown, place: any): object => ({
  'exception.type': name && clean(name, 128),
  'exception.message': message && clean(message, 1024),
  'exception.stacktrace': stack && clean(stack, 8192),
  'code.file.path': place.filename ? clean(place.filename, 2048) : undefined,
  'code.line.number': place.lineno || undefined,
  'code.column.number': place.colno || undefined,
});

/** The page, with the timings that are known by now. */
function page(): object {
  const entry: any = performance.getEntriesByType('navigation')[0] || {};
  const body: any = { 'navigation.type': entry.type };
  for (const name of ['fetchStart', 'requestStart', 'responseStart', 'responseEnd', 'domInteractive']) {
    // What has not happened yet is 0, and Firefox has had negative ones.
    if (entry[name] > 0) body[name.replace(/[A-Z]/, (letter) => '_' + letter.toLowerCase())] = entry[name];
  }
  return body;
}

/** JSON in ASCII: a byte a character, and none of the lone surrogates that decoders refuse. */
const json = (value: unknown): string =>
  JSON.stringify(value)
    .replace(/\\ud[89a-f]../g, '?')
    .replace(/[\x7f-\uffff]/g, (it) => '\\u' + (it.charCodeAt(0) + 65536).toString(16).slice(1));

/**
 * Sends what matters among `records` while the page is being left, and keeps it for the next
 * page, which sends it again: nobody learns here whether it arrived. `lost` records are not
 * among them. Gives back the view's identifier.
 */
export function lastWords(options: Options, records: Record[], lost: number, fetch: typeof window.fetch): string | undefined {
  // A page made in advance that nobody has seen is no view.
  if ((document as any).prerendering) return;
  // A page that is seen and left again before the core has come is no new view.
  const before = records.find(([kind]) => kind == Kind.Told)?.[2] as string | undefined;
  const view = before || hex(8);
  const events: string[] = [];
  const stored: string[] = [];
  let size = 0;
  let failed = false;
  let vip = false;
  let filtered = 0;
  const add = (kind: string, time: number, body: any) => {
    const told = { kind, time, body };
    // One whose filter fails is not sent either.
    try {
      if (options.beforeSend?.(told) === false) return filtered++;
    } catch {
      return filtered++;
    }
    failed ||= kind == 'exception' || kind == 'unhandled_rejection';
    vip ||= !!body['user.tier'] && `${options.vipTiers || 'vip'}`.split(/[\s,]+/).includes(body['user.tier']);
    const event = json(told);
    size += event.length;
    if (size > FRAME_MAX) return lost++;
    events.push(event);
    // The raw user id never goes to the storage.
    if (kind != 'identity') stored.push(event);
  };
  if (!before) add('page_view', 0, page());
  for (const record of records) {
    try {
      const [kind, , it] = record as any[];
      if (kind == Kind.Call && /User|[sS]en[dt]$|plugin/.test(it[0]) && lasting.length < LASTING_MAX) lasting.push(record);
      const event = told(record);
      if (event) add(event[0], record[1], event[1]);
      for (const over of steps(record)) add(...over);
    } catch {
      // A value that cannot be read or written takes none of the others with it.
    }
  }
  const visit = session(options.sampleRate, vip ? 2 : failed ? 3 : 0);
  if (visit.kept && events.length) tell(options, visit, view, { lost, filtered }, events, stored, fetch);
  return view;
}

function tell(options: Options, visit: Session, view: string, dropped: { lost: number; filtered: number }, events: string[], stored: string[], fetch: typeof window.fetch) {
  const random = (Math.random() * 4294967296) >>> 0;
  const header = {
    // First, and of 13 digits: the page that sends it again puts its own time there.
    sent_at_ms: Date.now(),
    app_key: options.key,
    'session.id': visit.id,
    // The core counts from 1 below the random part.
    sequence: random * 65536,
    time_base_ms: Math.round(Date.now() - now()),
    'view.id': view,
    'url.full': clean(location.origin + location.pathname, 2048),
    'service.version': options.release && cut(options.release, 64),
    'telemetry.sdk.name': 'dna-web',
    'dropped.queue_full': dropped.lost || undefined,
    'dropped.filtered': dropped.filtered || undefined,
    'sampling.reason': ['', undefined, 'vip', 'error'][visit.kept],
    sample_percent: visit.percent < 100 ? visit.percent : undefined,
  };
  const frame = (head: object, list: string[]) => `${json(head).slice(0, -1)},"events":[${list}]}`;
  if (stored.length) store(random, frame(header, stored));
  send(options, frame(header, events), fetch);
}
