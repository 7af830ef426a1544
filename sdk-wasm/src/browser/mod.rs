//! The core in a browser: the only place that touches web APIs, and that through `js.rs`.
//!
//! The stub's hooks hand over records, `[kind, time, …]` with plain references to what the
//! browser gave them; [`push`] reads them. `js-wrapper/src/record.ts` has the other half of
//! [`kind`](core::kind). One signal, one file.

#![allow(unreachable_pub, reason = "wasm-bindgen exports only what is pub")]

mod actions;
mod address;
mod alarm;
mod api;
mod calls;
mod clock;
mod core;
mod entries;
mod errors;
mod host;
mod js;
mod lifecycle;
mod long_frames;
mod navigation;
mod page;
mod record;
mod reports;
mod resources;
mod timing;
mod transactions;
mod vitals;
mod wishes;

use crate::Answer;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Starts the core with the options of the page and its `fetch` as it was before others wrapped
/// it. `false` when the options allow nothing to be sent; the console then says why.
#[wasm_bindgen]
pub fn start(options: &JsValue, fetch: JsValue) -> bool {
    core::start(options, fetch)
}

/// Takes a record of the stub's over. Never throws.
#[wasm_bindgen]
pub fn push(kind: u32, time: f64, a: JsValue, b: JsValue, c: JsValue, d: JsValue) {
    core::push(core::Record { kind, time, values: [a, b, c, d] });
}

/// What the core has waited for has come: the timer (0), a quiet moment after an input (1), the
/// second frame of a page that came back (2), the alarm (3), a paint (4), a sign that the page
/// does something (5), or a change of it (6).
#[wasm_bindgen]
pub fn woken(by: u32) {
    core::with(|core| match by {
        0 => core.woken(),
        1 => core.input(),
        2 => core.painted_again(),
        3 => core.alarmed(),
        4 => core.painted(),
        5 => core.actions.alive(),
        _ => core.stirred(),
    });
}

/// The browser has measured something: the entries.
#[wasm_bindgen]
pub fn observed(entries: &JsValue) {
    core::with(|core| core.observed(entries));
}

/// The request of frame `sequence` has ended: with a status and the seconds of its Retry-After
/// (NaN or 0: none), or without any, status 0.
#[wasm_bindgen]
pub fn answered(sequence: f64, status: u16, retry_after: f64) {
    let answer = if status == 0 {
        Answer::None
    } else {
        let retry_after = (retry_after > 0.0).then_some((retry_after * 1000.0) as u64);
        Answer::Status { status, retry_after }
    };
    core::with(|core| core.answered(sequence as u64, answer));
}
