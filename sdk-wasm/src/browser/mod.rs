//! The core in a browser: the only place that touches web APIs.
//!
//! The stub's hooks hand over records, `[kind, time, …]` with plain references to what the
//! browser gave them; [`push`] reads them. `js-wrapper/src/record.ts` has the other half of
//! [`Kind`](core::kind). One signal, one file.

#![allow(unreachable_pub, reason = "wasm-bindgen exports only what is pub")]

mod api;
mod calls;
mod core;
mod errors;
mod globals;
mod host;
mod lifecycle;
mod navigation;
mod observer;
mod paint;
mod resources;
mod storage;
mod transport;
mod value;

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Starts the core with the options of the page and its `fetch` as it was before others wrapped
/// it. `false` when the options allow nothing to be sent; the console then says why.
#[wasm_bindgen]
pub fn start(options: JsValue, fetch: JsValue) -> bool {
    core::start(options, fetch)
}

/// Takes a record of the stub's over. Never throws.
#[wasm_bindgen]
pub fn push(kind: u32, time: f64, a: JsValue, b: JsValue, c: JsValue, d: JsValue) {
    core::push(core::Record { kind, time, values: [a, b, c, d] });
}
