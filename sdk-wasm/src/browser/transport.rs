//! The two ways out of a page: `sendBeacon` and `fetch` with `keepalive`.

use super::core;
use super::globals::window;
use super::value::{get, object};
use crate::Answer;
use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue, wasm_bindgen};
use web_sys::{Blob, BlobPropertyBag, Response};

#[wasm_bindgen]
extern "C" {
    /// js-sys's own wants a closure of Rust's for each outcome; one function takes both here.
    #[wasm_bindgen(js_name = Promise)]
    type Settled;
    /// What another script's `fetch` returns need be no promise, and may call back at once:
    /// this one settles later.
    #[wasm_bindgen(static_method_of = Settled, js_class = "Promise")]
    fn resolve(value: &JsValue) -> Settled;
    #[wasm_bindgen(method)]
    fn then(this: &Settled, fulfilled: &JsValue, rejected: &JsValue);
}

/// One of the few types that a browser sends to another origin without asking first.
const CONTENT_TYPE: &str = "text/plain;charset=UTF-8";

/// Hands `frame` to `sendBeacon`; `false` when it is missing or refuses.
pub(super) fn beacon(endpoint: &str, frame: &[u8]) -> bool {
    let Some(body) = blob(frame) else { return false };
    window(|window| {
        let navigator = window.navigator();
        get(&navigator, "sendBeacon").is_function()
            && navigator.send_beacon_with_opt_blob(endpoint, Some(&body)).unwrap_or(false)
    })
}

/// Sends `frame` by the page's `fetch`; `false` when it is missing or throws.
pub(super) fn fetch(fetch: &JsValue, endpoint: &str, sequence: u64, frame: &[u8]) -> bool {
    let Some(body) = blob(frame) else { return false };
    let init = object([
        ("method", "POST".into()),
        ("body", body.into()),
        ("keepalive", true.into()),
        // The page's cookies are nobody's business here.
        ("credentials", "omit".into()),
    ]);
    window(|window| {
        let Some(fetch) = fetch.dyn_ref::<Function>() else { return false };
        let Ok(promise) = fetch.call2(window, &endpoint.into(), &init) else { return false };
        let ended = Closure::once_into_js(move |result: JsValue| {
            let answer = answer(&result);
            core::with(|core| core.answered(sequence, answer));
        });
        Settled::resolve(&promise).then(&ended, &ended);
        true
    })
}

fn blob(frame: &[u8]) -> Option<Blob> {
    let options = BlobPropertyBag::new();
    options.set_type(CONTENT_TYPE);
    let parts = Array::of1(&Uint8Array::from(frame));
    Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()
}

/// Reads a response, or the error in its place.
fn answer(result: &JsValue) -> Answer {
    let Some(response) = result.dyn_ref::<Response>() else { return Answer::None };
    let status = response.status();
    let wait = response.headers().get("retry-after").ok().flatten();
    let seconds = wait.and_then(|wait| wait.parse::<u64>().ok());
    Answer::Status { status, retry_after: seconds.map(|seconds| seconds.saturating_mul(1000)) }
}
