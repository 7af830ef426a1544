// What of a call of an API is told.
import { absolute, attempt, get, num, printed, text } from './read.js';

/** Characters of an address, before its query is taken out. */
const ADDRESS_MAX = 16384;

/** Headers of `init` stand in the place of a Request's. */
const traceparent = (input, init) =>
  attempt(() => {
    const headers = init?.headers ?? input.headers;
    return headers && new Headers(headers).get('traceparent');
  }, '');
/** A longer text is not counted: that would take the page's time. */
const COUNTED_MAX = 1e6;
export const body_size = (body) =>
  attempt(() => {
    if (body == null) return;
    if (body instanceof URLSearchParams) body = `${body}`;
    return body.length > COUNTED_MAX ? undefined : typeof body == 'string' ? new Blob([body]).size : (body.byteLength ?? body.size);
  });

const method = (name) => (name || 'GET').toUpperCase();
/** The hooks have made it absolute when the call was made, but for what is no address. */
const whole = (address) => (/^https?:\/\//.test(address) ? address : absolute(address) || address);

/** A call by fetch, given `input` and `init`: what came of it, or what its promise was rejected with. */
export const fetched = (input, init, outcome, failed) => ({
  method: method(text(init, 'method', 16) || text(input, 'method', 16)),
  address: whole(text(input, 'url', ADDRESS_MAX) || printed(input, ADDRESS_MAX)),
  initiator: 'fetch',
  status: failed ? 0 : num(outcome, 'status'),
  error: failed ? reason(input, init, text(outcome, 'name', 32)) : '',
  size: body_size(get(init, 'body')),
  trace: traceparent(input, init),
});

/** An abort rejects with the reason that it was given, which may be anything. */
const reason = (input, init, name) =>
  name == 'TimeoutError'
    ? 'timeout'
    : name == 'AbortError' || get(init, 'signal.aborted') || get(input, 'signal.aborted')
      ? 'abort'
      : 'network';

/** A call by XMLHttpRequest: how it was `opened`, the request, and the event that ended it. */
export const requested = (opened, xhr, event) => {
  const error = text(event, 'type', 16);
  return {
    method: method(printed(get(opened, '0'), 16)),
    address: whole(printed(get(opened, '1'), ADDRESS_MAX)),
    initiator: 'xmlhttprequest',
    status: num(xhr, 'status'),
    error: error == 'load' ? '' : error == 'error' ? 'network' : error,
    size: get(opened, '3'),
    trace: get(opened, '2'),
  };
};

/** Characters of a metric's name or description. */
const METRIC_MAX = 128;
/** Bytes of the whole list on the wire. */
const METRICS_MAX = 512;

/** The `Server-Timing` of an entry, as the header writes it; metrics that find no room are left out. */
export const server_timing = (entry) => {
  let list = '';
  for (const metric of attempt(() => [...(entry.serverTiming ?? [])], [])) {
    const duration = num(metric, 'duration');
    const description = text(metric, 'description', METRIC_MAX);
    const one =
      (list && ', ') +
      text(metric, 'name', METRIC_MAX) +
      (duration > 0 ? ';dur=' + Math.round(duration * 1000) / 1000 : '') +
      (description && `;desc="${description}"`);
    if (list.length + one.length > METRICS_MAX) break;
    list += one;
  }
  return list;
};
