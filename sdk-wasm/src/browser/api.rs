//! Calls of APIs by fetch and XMLHttpRequest.

use super::address::{self, ADDRESS_MAX};
use super::core::{Record, kind};
use super::js;
use dna_protocol::model::ApiCall;
use dna_protocol::{Draft, Kind};
use wasm_bindgen::prelude::JsValue;

/// The call that a record tells of.
pub(super) fn call(record: &Record) -> Draft {
    let [end, b, c, d] = &record.values;
    let mut draft = if record.kind == kind::XHR_ENDED {
        xhr(b, c, d)
    } else {
        fetch(b, c, d, record.kind == kind::FETCH_FAILED)
    };
    if let Some(end) = end.as_f64() {
        draft.fields.millis(ApiCall::duration, end - record.time);
    }
    draft
}

/// The call that fetch was given `input` and `init` for. `outcome` is the response, or when it
/// `failed` what the promise was rejected with.
fn fetch(input: &JsValue, init: &JsValue, outcome: &JsValue, failed: bool) -> Draft {
    let mut address = js::text(input, "url", ADDRESS_MAX);
    if address.is_empty() {
        address = js::printed(input, ADDRESS_MAX);
    }
    let mut method = js::text(init, "method", 16);
    if method.is_empty() {
        method = js::text(input, "method", 16);
    }
    let error = if !failed {
        ""
    } else if js::is(outcome, "name", "TimeoutError") {
        "timeout"
    } else if js::is(outcome, "name", "AbortError")
        // An abort rejects with the reason that it was given, which may be anything.
        || js::get(init, "signal.aborted").is_truthy()
        || js::get(input, "signal.aborted").is_truthy()
    {
        "abort"
    } else {
        "network"
    };
    let status = if failed { 0.0 } else { js::num(outcome, "status") };
    draft(&method, &address, "fetch", status, error)
}

/// The call that `xhr` was opened for with the arguments `opened` and that `event` has ended.
fn xhr(opened: &JsValue, xhr: &JsValue, event: &JsValue) -> Draft {
    let method = js::printed(&js::get(opened, "0"), 16);
    let address = js::printed(&js::get(opened, "1"), ADDRESS_MAX);
    let event = js::text(event, "type", 16);
    let error = match event.as_str() {
        "load" => "",
        "error" => "network",
        other => other,
    };
    draft(&method, &address, "xmlhttprequest", js::num(xhr, "status"), error)
}

fn draft(method: &str, address: &str, initiator: &str, status: f64, error: &str) -> Draft {
    let mut draft = Draft::new(Kind::ApiCall);
    let method = if method.is_empty() { "GET".to_owned() } else { method.to_ascii_uppercase() };
    let full = js::absolute(address);
    let url = address::clean(if full.is_empty() { address } else { &full });
    let fields = &mut draft.fields;
    fields.text(ApiCall::method, &method);
    fields.text(ApiCall::url, &url);
    fields.count(ApiCall::status, status);
    fields.text(ApiCall::error, error);
    fields.text(ApiCall::initiator, initiator);
    draft
}
