//! Requests as OpenTelemetry's SDKs send them, and such as they never should.

mod decoding;
mod serving;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;

/// 2026-11-26T16:00:00Z in µs.
const NOW_US: u64 = 1_795_708_800_000_000;

fn text(key: &str, value: &str) -> KeyValue {
    let value = any_value::Value::StringValue(value.to_owned());
    let value = Some(AnyValue { value: Some(value) });
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}

/// A good span that began at `start_us`.
fn span(id: u8, start_us: u64) -> Span {
    Span {
        trace_id: vec![7; 16],
        span_id: vec![id; 8],
        name: "POST /transfer".to_owned(),
        kind: 2,
        start_time_unix_nano: start_us * 1000,
        end_time_unix_nano: (start_us + 1500) * 1000,
        ..Span::default()
    }
}

fn request(spans: Vec<Span>) -> Vec<u8> {
    let resource =
        Resource { attributes: vec![text("service.name", "accounts")], ..Resource::default() };
    let scope = ScopeSpans { spans, ..ScopeSpans::default() };
    let group = ResourceSpans {
        resource: Some(resource),
        scope_spans: vec![scope],
        ..ResourceSpans::default()
    };
    ExportTraceServiceRequest { resource_spans: vec![group] }.encode_to_vec()
}
