/**
 * What a hook has seen: plain references, in the order that the core's `push` takes them.
 * `sdk-wasm/src/browser/core.rs` has the same numbers and says what belongs to each.
 */
export type Record = [kind: Kind, time: number, a?: unknown, b?: unknown, c?: unknown, d?: unknown];

export const enum Kind {
  Error = 0,
  Rejection = 1,
  FetchAnswered = 2,
  FetchFailed = 3,
  XhrEnded = 4,
  Lifecycle = 5,
  Call = 6,
  Lost = 7,
  Stop = 8,
  Told = 9,
  Route = 10,
  Report = 11,
  Click = 20,
  Begun = 21,
  Console = 22,
}

/** Takes records; never throws. */
export type Sink = (...record: Record) => void;

/** Milliseconds since the page's time origin. */
export const now = (): number => performance.now();
