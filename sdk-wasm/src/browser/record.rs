//! What the hooks hand over.

use wasm_bindgen::prelude::JsValue;

/// The kinds of records. `js-wrapper/src/kind.ts` has the same numbers.
pub(super) mod kind {
    /// a: the `error` event of a script or an element.
    pub(crate) const ERROR: u32 = 0;
    /// a: the `unhandledrejection` event.
    pub(crate) const REJECTION: u32 = 1;
    /// a: end, b: fetch's first argument, c: its second, d: the response.
    pub(crate) const FETCH_ANSWERED: u32 = 2;
    /// The same, d: what the promise was rejected with.
    pub(crate) const FETCH_FAILED: u32 = 3;
    /// a: end, b: open's arguments, c: the XMLHttpRequest, d: the event that ended it.
    pub(crate) const XHR_ENDED: u32 = 4;
    /// a: the event that shows or hides the page, b: its `visibilityState` then.
    pub(crate) const LIFECYCLE: u32 = 5;
    /// a: the arguments of a call of `dna`.
    pub(crate) const CALL: u32 = 6;
    /// a: how many records found the stub's queue full.
    pub(crate) const LOST: u32 = 7;
    /// The page wants no more of it.
    pub(crate) const STOP: u32 = 8;
    /// The stub has told the page view already, as far as it came: the page was left or covered
    /// before the core was there. a: the view's identifier in hex.
    pub(crate) const TOLD: u32 = 9;
    /// The address has changed without a load. a: push, replace or traverse.
    pub(crate) const ROUTE: u32 = 10;
    /// a: a report of the browser's, or a `securitypolicyviolation` event.
    pub(crate) const REPORT: u32 = 11;
    /// The visitor has clicked. a: the element.
    pub(crate) const CLICK: u32 = 20;
    /// A call of an API has begun.
    pub(crate) const BEGUN: u32 = 21;
    /// a: what was written to the console, b: as what: ERROR, WARN.
    pub(crate) const CONSOLE: u32 = 22;
}

/// What a hook has seen.
pub(super) struct Record {
    pub(super) kind: u32,
    pub(super) time: f64,
    pub(super) values: [JsValue; 4],
}
