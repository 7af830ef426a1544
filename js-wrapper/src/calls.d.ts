/** What of a call of an API is told, before it is cleaned. */
export interface Call {
  /** In upper case. */
  method: string;
  /** Absolute, with its query. */
  address: string;
  /** NaN or 0 without an answer. */
  status: number;
  /** timeout, abort or network; empty for none. */
  error: string;
}

/** A call by fetch, given `input` and `init`: what came of it, or what its promise was rejected with. */
export function fetched(input: unknown, init: unknown, outcome: unknown, failed: boolean): Call;

/** A call by XMLHttpRequest: how it was `opened`, the request, and the event that ended it. */
export function requested(opened: unknown, xhr: unknown, event: unknown): Call;

/** Bytes of a request's body, where that can be told without reading it. */
export function body_size(body: unknown): number | undefined;
