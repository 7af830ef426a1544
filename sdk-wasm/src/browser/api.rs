//! Calls of APIs by fetch and XMLHttpRequest. What of them is told `js-wrapper/src/calls.js` reads.

use super::address::{self, ADDRESS_MAX};
use super::core::{Record, kind};
use super::js::{self, As, Row};
use super::timing;
use crate::trace;
use dna_protocol::draft::Slot;
use dna_protocol::model::ApiCall;
use dna_protocol::privacy::clean_text;
use dna_protocol::{Draft, Kind};
use wasm_bindgen::prelude::JsValue;

/// What was read of a call.
const CALL: &[Row] = &[
    ("method", As::Text, ApiCall::method),
    ("status", As::Count, ApiCall::status),
    ("error", As::Text, ApiCall::error),
    ("initiator", As::Text, ApiCall::initiator),
    ("size", As::Count, ApiCall::request_size),
];

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
    let told = if record.kind == kind::XHR_ENDED {
        js::requested(b, c, d)
    } else {
        js::fetched(b, c, d, record.kind == kind::FETCH_FAILED)
    };
    let mut draft = Draft::new(Kind::ApiCall);
    let fields = &mut draft.fields;
    js::read(&told, CALL, fields);
    let address = js::text(&told, "address", ADDRESS_MAX);
    fields.text(ApiCall::url, &address::clean(&address));
    if let Some((trace, span)) = trace::parse(&js::text(&told, "trace", TRACEPARENT_MAX)) {
        fields.bytes(ApiCall::trace_id, &trace);
        fields.bytes(ApiCall::span_id, &span);
    }
    if let Some(end) = end.as_f64() {
        fields.millis(ApiCall::duration, end - record.time);
    }
    Call { address, draft }
}

/// The entry's address and when it began, if it is one of a call.
pub(super) fn entry(entry: &JsValue) -> Option<(String, f64)> {
    let called = js::which(entry, "initiatorType", "fetch xmlhttprequest");
    (called >= 0).then(|| (js::text(entry, "name", ADDRESS_MAX), js::num(entry, "startTime")))
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
    fields.text(ApiCall::server_timing, &clean_text(&js::server_timing(entry)));
}
