/**
 * Installs the hooks synchronously. They only look: what fetch and XMLHttpRequest take, return
 * and throw stays as it was, and whatever is worth knowing about it is read by the core.
 */
import { Kind, now, type Sink } from './record.js';
import { stands } from './stands.js';

/** Installs all hooks; gives back what takes them out again. */
export function install(sink: Sink): () => void {
  const undo: (() => void)[] = [];
  for (const hook of [events, fetches, requests]) {
    try {
      undo.push(hook(sink));
    } catch {
      // A page that has frozen what would be hooked is told of without it.
    }
  }
  return () => undo.forEach((take) => take());
}

/** An address as it is meant now: the page may go elsewhere before the core looks. */
function absolute(address: unknown): unknown {
  try {
    return new URL(`${address}`, document.baseURI).href;
  } catch {
    return address;
  }
}

/** What an `error` event says; of an element that did not load, a copy, for pages put another
 * address in its place at once. */
function failed(event: Event): unknown {
  const { localName, currentSrc, src, href, data } = (event.target || {}) as any;
  const address = currentSrc || src || href?.baseVal || href || data;
  return localName ? { target: { localName, src: address && absolute(address) } } : event;
}

function events(sink: Sink): () => void {
  const heard: [type: string, kind: Kind][] = [
    ['error', Kind.Error],
    ['unhandledrejection', Kind.Rejection],
    ['visibilitychange', Kind.Lifecycle],
    ['pagehide', Kind.Lifecycle],
    ['pageshow', Kind.Lifecycle],
  ];
  const listeners = heard.map(([type, kind]) => {
    const listener = (event: Event) => {
      try {
        sink(kind, now(), kind == Kind.Error ? failed(event) : event);
      } catch {
        // An element of the page's own may have getters that throw.
      }
    };
    // Captured, because an element's `error` does not bubble.
    addEventListener(type, listener, true);
    return () => removeEventListener(type, listener, true);
  });
  return () => listeners.forEach((remove) => remove());
}

function fetches(sink: Sink): () => void {
  const original = window.fetch;
  if (!original) return () => {};
  const fetch = stands(original, (self, call) => {
    const start = now();
    const [input, init] = call;
    const asked = typeof input == 'string' || input instanceof URL ? absolute(input) : input;
    // The caller gets what follows from the original, not the original with a second
    // handler: that would hide a rejection that nobody handles.
    const result = Reflect.apply(original, self, call);
    // A mock may return anything.
    if (typeof result?.then != 'function') return result;
    return result.then(
      (response: Response) => {
        sink(Kind.FetchAnswered, start, now(), asked, init, response);
        return response;
      },
      (error: unknown) => {
        sink(Kind.FetchFailed, start, now(), asked, init, error);
        throw error;
      },
    );
  });
  window.fetch = fetch;
  // Whoever has wrapped it meanwhile keeps a wrapper that still works.
  return () => window.fetch === fetch && (window.fetch = original);
}

interface Request {
  /** Method and address. */
  opened: unknown[];
  start?: number;
}

function requests(sink: Sink): () => void {
  const prototype = XMLHttpRequest.prototype;
  const original = { open: prototype.open, send: prototype.send };
  const known = new WeakMap<XMLHttpRequest, Request>();
  const end = (xhr: XMLHttpRequest, type: string) => {
    const request = known.get(xhr);
    if (request?.start == null) return;
    // The status is copied: the page may use the object again at once.
    sink(Kind.XhrEnded, request.start, now(), request.opened, { status: xhr.status }, { type });
    request.start = undefined;
  };
  const ended = function (this: XMLHttpRequest, event: Event) {
    end(this, event.type);
  };
  const hooked = {
    open: stands(original.open, (xhr, call) => {
      // Opened again by a listener of its end, which may have been called before ours.
      if (known.get(xhr)?.start != null && xhr.readyState == 4) end(xhr, xhr.status ? 'load' : 'error');
      const opened = [call[0], absolute(call[1])];
      const result = Reflect.apply(original.open, xhr, call);
      known.set(xhr, { opened });
      return result;
    }),
    send: stands(original.send, (xhr, call) => {
      const request = known.get(xhr);
      if (request) {
        request.start = now();
        // The same function is added once only, however often the object is used.
        for (const type of ['load', 'error', 'abort', 'timeout']) xhr.addEventListener(type, ended);
      }
      try {
        return Reflect.apply(original.send, xhr, call);
      } catch (error) {
        // A synchronous request fails without an event.
        end(xhr, 'error');
        throw error;
      }
    }),
  };
  Object.assign(prototype, hooked);
  return () => {
    for (const name of ['open', 'send'] as const) {
      if (prototype[name] === hooked[name]) prototype[name] = original[name] as never;
    }
  };
}
