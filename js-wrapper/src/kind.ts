/**
 * The kinds of what hooks have seen, of the browser and of mini programs. `sdk-wasm/src/browser/record.rs` and
 * `sdk-wasm/src/mini/record.rs` have the same numbers and say what belongs to each; a test compares them.
 */
export const enum Kind {
  Error = 0,
  Rejection = 1,
  Lifecycle = 5,
  Call = 6,
  Lost = 7,
  Stop = 8,
  Route = 10,

  // Of the browser's.
  FetchAnswered = 2,
  FetchFailed = 3,
  XhrEnded = 4,
  Told = 9,
  Report = 11,
  Click = 20,
  Begun = 21,
  Console = 22,

  // Of mini programs'.
  Request = 2,
  Launch = 32,
  Entry = 33,
  PageLoad = 34,
  Update = 35,
  Network = 36,
  Memory = 37,
  Missing = 38,
}
