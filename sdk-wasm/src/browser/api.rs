//! Calls of APIs by fetch and XMLHttpRequest.

use super::address::{self, ADDRESS_MAX};
use super::core::{Record, kind};
use super::js::{self, As, Row};
use super::server_timing::server_timing;
use super::timing;
use crate::trace;
use dna_protocol::draft::Slot;
use dna_protocol::model::ApiCall;
use dna_protocol::{Draft, Kind};
use wasm_bindgen::prelude::JsValue;

/// The length of a `traceparent`, and room to see that one is longer.
const TRACEPARENT_MAX: u32 = 64;

/// Properties of a call's entry.
const ENTRY: &[Row] = &[
    ("transferSize", As::Count, ApiCall::transfer_size),
    ("encodedBodySize", As::Count, ApiCall::encoded_body_size),
    ("decodedBodySize", As::Count, ApiCall::decoded_body_size),
    ("nextHopProtocol", As::Text, ApiCall::network_protocol),
];

const PHASES: [Slot; 6] = [
    ApiCall::blocked,
    ApiCall::dns,
    ApiCall::connect,
    ApiCall::tls,
    ApiCall::wait,
    ApiCall::receive,
];

/// A call as it was made, its address whole.
pub(super) struct Call {
    pub(super) address: String,
    pub(super) draft: Draft,
}

/// The call that a record tells of.
pub(super) fn call(record: &Record) -> Call {
    let [end, b, c, d] = &record.values;
    let mut call = if record.kind == kind::XHR_ENDED {
        xhr(b, c, d)
    } else {
        fetch(b, c, d, record.kind == kind::FETCH_FAILED)
    };
    if let Some(end) = end.as_f64() {
        call.draft.fields.millis(ApiCall::duration, end - record.time);
    }
    call
}

/// The entry's address and when it began, if it is one of a call.
pub(super) fn entry(entry: &JsValue) -> Option<(String, f64)> {
    let called = matches!(&*js::text(entry, "initiatorType", 16), "fetch" | "xmlhttprequest");
    called.then(|| (js::text(entry, "name", ADDRESS_MAX), js::num(entry, "startTime")))
}

/// Adds what the browser has measured of the call.
pub(super) fn measured(entry: &JsValue, draft: &mut Draft) {
    let fields = &mut draft.fields;
    timing::phases(entry, fields, PHASES);
    js::read(entry, ENTRY, fields);
    // All sizes are 0 where another origin hides them.
    let [transfer, decoded] = js::numbers(entry, "transferSize decodedBodySize");
    if transfer == 0.0 && decoded > 0.0 {
        fields.uint(ApiCall::transfer_size, 0);
    }
    fields.text(ApiCall::server_timing, &server_timing(entry));
}

/// The call that fetch was given `input` and `init` for. `outcome` is the response, or when it
/// `failed` what the promise was rejected with.
fn fetch(input: &JsValue, init: &JsValue, outcome: &JsValue, failed: bool) -> Call {
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
    let mut call = made(&method, &address, "fetch", status, error);
    let size = js::body_size(&js::get(init, "body"));
    sent(&mut call.draft, &js::traceparent(input, init), size.as_f64());
    call
}

/// The call that `xhr` was opened for with the arguments `opened` and that `event` has ended.
fn xhr(opened: &JsValue, xhr: &JsValue, event: &JsValue) -> Call {
    let method = js::printed(&js::get(opened, "0"), 16);
    let address = js::printed(&js::get(opened, "1"), ADDRESS_MAX);
    let event = js::text(event, "type", 16);
    let error = match event.as_str() {
        "load" => "",
        "error" => "network",
        other => other,
    };
    let mut call = made(&method, &address, "xmlhttprequest", js::num(xhr, "status"), error);
    let size = js::num(opened, "3");
    sent(&mut call.draft, &js::text(opened, "2", TRACEPARENT_MAX), Some(size));
    call
}

/// What went to the server beside the address.
fn sent(draft: &mut Draft, traceparent: &str, size: Option<f64>) {
    if let Some((trace, span)) = trace::parse(traceparent) {
        draft.fields.bytes(ApiCall::trace_id, &trace);
        draft.fields.bytes(ApiCall::span_id, &span);
    }
    draft.fields.count(ApiCall::request_size, size.unwrap_or_default());
}

fn made(method: &str, address: &str, initiator: &str, status: f64, error: &str) -> Call {
    let mut draft = Draft::new(Kind::ApiCall);
    let method = if method.is_empty() { "GET".to_owned() } else { method.to_ascii_uppercase() };
    // The hooks have made it absolute when the call was made, but for what is no address.
    let known = address.starts_with("https://") || address.starts_with("http://");
    let full = if known { String::new() } else { js::absolute(address) };
    let whole = if full.is_empty() { address.to_owned() } else { full };
    let url = address::clean(&whole);
    let fields = &mut draft.fields;
    fields.text(ApiCall::method, &method);
    fields.text(ApiCall::url, &url);
    fields.count(ApiCall::status, status);
    fields.text(ApiCall::error, error);
    fields.text(ApiCall::initiator, initiator);
    Call { address: whole, draft }
}
