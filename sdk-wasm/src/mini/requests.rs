//! Requests of the application's: `request`, `uploadFile`, `downloadFile`.

use super::core::{Core, MiniHost};
use super::record::Record;
use crate::trace;
use dna_protocol::model::ApiCall;
use dna_protocol::privacy::clean_url;
use dna_protocol::{Draft, Kind};

/// A request has ended.
pub(super) fn ended<H: MiniHost>(core: &mut Core<H>, now: u64, mut record: Record<'_>) -> bool {
    let duration = record.number();
    let (api, method, address) = (record.text(), record.text(), record.text());
    let (status, error, traceparent) = (record.number(), record.text(), record.text());
    let mut draft = Draft::new(Kind::ApiCall);
    let fields = &mut draft.fields;
    let method = if method.is_empty() { "GET".to_owned() } else { method.to_ascii_uppercase() };
    fields.text(ApiCall::method, &method);
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
    core.record(now, record.time, draft);
    true
}
