//! Requests of the application's: `request`, `uploadFile`, `downloadFile`.

use super::core::{Core, MiniHost};
use super::record::{Record, Value};
use super::words::{self, METHODS};
use crate::{timing, trace};
use dna_protocol::draft::Fields;
use dna_protocol::model::ApiCall;
use dna_protocol::privacy::{clean_text, clean_url};
use dna_protocol::{Draft, Kind};

/// A request has ended.
pub(super) fn ended<H: MiniHost>(core: &mut Core<H>, now: u64, mut record: Record<'_>) -> bool {
    let duration = record.number();
    let (api, method, address) = (record.text(), record.text(), record.text());
    let (status, error, traceparent) = (record.number(), record.text(), record.text());
    let mut draft = Draft::new(Kind::ApiCall);
    let fields = &mut draft.fields;
    let method = if method.is_empty() { "GET" } else { words::known(method, METHODS) };
    fields.text(ApiCall::method, method);
    fields.text(ApiCall::url, &clean_url(address, core.client.url_params()));
    fields.count(ApiCall::status, status);
    if duration.is_finite() {
        fields.millis(ApiCall::duration, duration);
    }
    fields.text(ApiCall::error, error);
    fields.text(ApiCall::initiator, api);
    if let Some((trace, span)) = trace::parse(traceparent) {
        fields.bytes(ApiCall::trace_id, &trace);
        fields.bytes(ApiCall::span_id, &span);
    }
    profile(fields, &mut record);
    core.record(now, record.time, draft);
    true
}

/// What WeChat measures of a request (`enableProfile`): the marks in the order of [`timing::MARKS`]
/// (queueStart, or where it is not told fetchStart, for the first), queueStart and queueEnd, rtt, bytes
/// received and sent, protocol, and whether the connection was used again. Never who answered.
fn profile(fields: &mut Fields, record: &mut Record<'_>) {
    let phases = timing::phases(std::array::from_fn(|_| record.number()));
    let queue = -record.number() + record.number();
    let rtt = record.number();
    for (slot, duration) in [
        (ApiCall::blocked, phases[0]),
        (ApiCall::dns, phases[1]),
        (ApiCall::connect, phases[2]),
        (ApiCall::tls, phases[3]),
        (ApiCall::wait, phases[4]),
        (ApiCall::receive, phases[5]),
        (ApiCall::queue, queue),
        (ApiCall::rtt, rtt),
    ] {
        if duration > 0.0 {
            fields.millis(slot, duration);
        }
    }
    fields.count(ApiCall::transfer_size, record.number());
    fields.count(ApiCall::request_size, record.number());
    fields.text(ApiCall::network_protocol, &clean_text(record.text()));
    if let Some(Value::Bool(reused)) = record.next() {
        fields.uint(ApiCall::reused, u64::from(reused));
    }
}
