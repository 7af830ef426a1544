/**
 * Tells the servers that the page trusts with it which trace a call belongs to (W3C Trace
 * Context), so that what they did is found by what the customer saw. Calls that were made before
 * this file came have no trace: it is not among the stub's hooks, which block the page.
 */
import type { Outgoing } from './hooks.js';
import { hex } from './random.js';
import { replace } from './stands.js';

const NAME = 'traceparent';

/** The origins that the option names, `self` is the page's own. What is none is said once. */
function allowed(option: unknown): string[] {
  const words = `${option || ''}`.split(/[\s,]+/).filter(Boolean);
  return words.map((word) => {
    try {
      const { origin, protocol } = new URL(word == 'self' ? location.href : word);
      if (/^http/.test(protocol)) return origin;
    } catch {
      // Said below.
    }
    console.warn(`dna: traceOrigins has ${word}; allowed: self and origins such as https://api.bank.example. It is left out.`);
    return '';
  });
}

/** Always sampled: the core, which knows whether the session is kept, may not be there yet. */
const made = (): string => `00-${hex(16)}-${hex(8)}-01`;

/** What puts the header on a call that goes out, and what takes its own hook out again. */
export function traces(option: unknown): [trace: Outgoing, stop: () => void] {
  const origins = allowed(option);
  if (!origins.length) return [() => {}, () => {}];
  const trusts = (address: string | URL) => origins.includes(new URL(address, document.baseURI).origin);

  /** Puts a copy of the headers into the call, where it is to be traced. */
  const fetched = (call: any[]) => {
    const [input, init] = call;
    const request = input instanceof Request;
    if (!request && typeof input != 'string' && !(input instanceof URL)) return;
    // Others may be live objects of the page's, whose copy says less.
    if (init != null && ![Object.prototype, null].includes(Object.getPrototypeOf(init))) return;
    const found = request ? input : ({} as any);
    if (!trusts(request ? input.url : input) || (init?.mode ?? found.mode) == 'no-cors') return;
    const headers = new Headers(init?.headers ?? found.headers);
    if (!headers.has(NAME)) headers.set(NAME, made());
    // A Request that comes with anything beside it would lose these two.
    const kept = request && !(init && Object.keys(init).length) && { referrer: input.referrer, referrerPolicy: input.referrerPolicy };
    call[1] = { ...kept, ...init, headers };
  };

  /** Requests whose headers have been seen from the beginning, and those with a header of the page's. */
  const seen = new WeakSet<unknown[]>();
  const own = new WeakMap<XMLHttpRequest, unknown>();
  const sent = (opened: any[], xhr: XMLHttpRequest) => {
    if (!seen.has(opened)) {
      seen.add(opened);
      own.delete(xhr);
    } else if (own.has(xhr)) {
      opened[2] = own.get(xhr);
    } else if (trusts(opened[1])) {
      const parent = made();
      set.call(xhr, NAME, parent);
      opened[2] = parent;
    }
  };

  const prototype = XMLHttpRequest.prototype;
  const set = prototype.setRequestHeader;
  let stop = () => {};
  try {
    stop = replace(prototype, 'setRequestHeader', (call, [name, value], xhr) => {
      const result = call();
      if (typeof name == 'string' && name.toLowerCase() == NAME) own.set(xhr, value);
      return result;
    });
  } catch {
    // Where it is frozen nothing of it is hooked.
  }
  const trace: Outgoing = (call, xhr) => {
    try {
      if (xhr) sent(call, xhr);
      else fetched(call);
    } catch {
      // It goes out as the page made it.
    }
  };
  return [trace, stop];
}
