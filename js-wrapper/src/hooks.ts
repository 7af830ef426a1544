/**
 * Installs the hooks synchronously. They only look: what fetch and XMLHttpRequest take, return
 * and throw stays as it was, and whatever is worth knowing about it is read by the core.
 */
import { Kind, now, type Sink } from './record.js';
import { replace } from './stands.js';

/**
 * Sees the arguments of fetch, which it may change; how an XMLHttpRequest was opened, and then with
 * what it is sent.
 */
export type Outgoing = (call: any[], xhr?: XMLHttpRequest, sent?: unknown[]) => void;
let outgoing: Outgoing = () => {};
/** `dna-core.js` has more to do with what goes out. */
export const use = (other: Outgoing) => (outgoing = other);

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

/** An event as it is; of an element that did not load, a copy, for pages put another address in its
 * place at once. */
function failed(event: Event): unknown {
  const { localName, currentSrc, src, href, data } = (event.target || {}) as any;
  const address = currentSrc || src || (href && href.baseVal) || href || data;
  return localName ? { target: { localName, src: address && absolute(address) } } : event;
}

const KINDS: { [type: string]: Kind } = {
  error: Kind.Error,
  unhandledrejection: Kind.Rejection,
  visibilitychange: Kind.Lifecycle,
  pagehide: Kind.Lifecycle,
  pageshow: Kind.Lifecycle,
};

function events(sink: Sink): () => void {
  const listener = (event: Event) => {
    try {
      // The state is told as it is now: the page may be seen again before the core looks.
      sink(KINDS[event.type], now(), failed(event), document.visibilityState);
    } catch {
      // An element of the page's own may have getters that throw.
    }
  };
  // Captured, because an element's `error` does not bubble.
  for (const type in KINDS) addEventListener(type, listener, true);
  return () => {
    for (const type in KINDS) removeEventListener(type, listener, true);
  };
}

function fetches(sink: Sink): () => void {
  return replace(window, 'fetch', (call, given) => {
    const start = now();
    sink(Kind.Begun, start, 0);
    const asked = typeof given[0] == 'string' || given[0] instanceof URL ? absolute(given[0]) : given[0];
    outgoing(given);
    // The caller gets what follows from the original, not the original with a second
    // handler: that would hide a rejection that nobody handles.
    const result = call();
    // A mock may return anything.
    if (!result || typeof result.then != 'function') return result;
    return result.then(
      (response: Response) => {
        sink(Kind.FetchAnswered, start, now(), asked, given[1], response);
        return response;
      },
      (error: unknown) => {
        sink(Kind.FetchFailed, start, now(), asked, given[1], error);
        throw error;
      },
    );
  });
}

interface Request {
  /** Method, address, and what `outgoing` adds: the trace that the server was told, bytes of the body. */
  opened: unknown[];
  /** When it was sent; negative: it is not under way. */
  start: number;
}

function requests(sink: Sink): () => void {
  const { prototype } = XMLHttpRequest;
  const known = new WeakMap<XMLHttpRequest, Request>();
  const end = (xhr: XMLHttpRequest, type: string) => {
    const request = known.get(xhr);
    if (!request || request.start < 0) return;
    // The status is copied: the page may use the object again at once.
    sink(Kind.XhrEnded, request.start, now(), request.opened, { status: xhr.status }, { type });
    request.start = -1;
  };
  const ended = function (this: XMLHttpRequest, event: Event) {
    end(this, event.type);
  };
  const open = replace(prototype, 'open', (call, [method, address], xhr) => {
    // Opened again by a listener of its end, which may have been called before ours.
    if (xhr.readyState == 4) end(xhr, xhr.status ? 'load' : 'error');
    const opened = [method, absolute(address)];
    const result = call();
    known.set(xhr, { opened, start: -1 });
    outgoing(opened, xhr);
    return result;
  });
  const send = replace(prototype, 'send', (call, given, xhr) => {
    const request = known.get(xhr);
    if (request) {
      sink(Kind.Begun, (request.start = now()), 0);
      outgoing(request.opened, xhr, given);
      // The same function is added once only, however often the object is used.
      for (const type of ['load', 'error', 'abort', 'timeout']) xhr.addEventListener(type, ended);
    }
    try {
      return call();
    } catch (error) {
      // A synchronous request fails without an event.
      end(xhr, 'error');
      throw error;
    }
  });
  return () => {
    open();
    send();
  };
}
