//! From bytes to spans: requests as OpenTelemetry's SDKs send them, and such as they never should.

use crate::model::{SpanId, SpanKind, SpanStatus};
use crate::otlp::limits::ITEMS_MAX;
use crate::otlp::{Form, Reason, decode};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use proptest::prelude::*;
use prost::Message;
use serde_json::json;

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

#[test]
fn a_span_is_read_from_both_forms() {
    let mut sent = span(1, NOW_US);
    sent.parent_span_id = vec![2; 8];
    sent.attributes = vec![text("db.system", "sqlite"), text("db.statement", "SELECT 1")];
    sent.status = Some(Status { code: 2, message: "call 13812345678".to_owned() });
    let protobuf = decode::spans(&request(vec![sent]), Form::Protobuf, NOW_US).expect("readable");
    let json = json!({"resourceSpans": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "accounts"}}]},
        "scopeSpans": [{"scope": {"name": "x"}, "spans": [{
            "traceId": "07070707070707070707070707070707", "spanId": "0101010101010101",
            "parentSpanId": "0202020202020202", "name": "POST /transfer", "kind": 2,
            "startTimeUnixNano": (NOW_US * 1000).to_string(), "endTimeUnixNano": (NOW_US + 1500) * 1000,
            "attributes": [
                {"key": "db.system", "value": {"stringValue": "sqlite"}},
                {"key": "db.statement", "value": {"stringValue": "SELECT 1"}},
            ],
            "status": {"code": 2, "message": "call 13812345678"},
            "links": null, "notKnown": {"a": [1]},
        }]}],
    }]});
    let json = decode::spans(json.to_string().as_bytes(), Form::Json, NOW_US).expect("readable");
    assert_eq!(protobuf.items, json.items);
    let span = &json.items[0];
    assert_eq!((span.service.as_str(), span.duration_us), ("accounts", 1500));
    assert_eq!(span.parent, Some(SpanId([2; 8])));
    assert_eq!((span.kind, span.status), (SpanKind::Server, SpanStatus::Error));
    assert_eq!(span.attributes["db.statement"], "SELECT ?");
    assert_eq!(span.attributes["otel.status_description"], "call {phone}");
}

#[test]
fn a_wrong_span_is_refused_and_the_others_are_taken() {
    let mut wrong_trace = span(1, NOW_US);
    wrong_trace.trace_id = vec![0; 16];
    let mut wrong_parent = span(2, NOW_US);
    wrong_parent.parent_span_id = vec![1; 3];
    let in_1970 = span(3, 5);
    let ahead = span(4, NOW_US + 3_600_000_000);
    let mut own_parent = span(5, NOW_US);
    own_parent.parent_span_id = vec![5; 8];
    let body = request(vec![wrong_trace, wrong_parent, in_1970, ahead, own_parent]);
    let decoded = decode::spans(&body, Form::Protobuf, NOW_US).expect("readable");
    // One that is its own parent is told as it is: the chain says so.
    assert_eq!(decoded.items.len(), 1);
    let refused = decoded.refused;
    for reason in [Reason::TraceId, Reason::SpanId, Reason::TooOld, Reason::InFuture] {
        assert_eq!(refused.of(reason), 1, "{}", reason.name());
        assert!(refused.message().contains(reason.name()), "{}", refused.message());
    }
    assert!(refused.message().contains("allowed: at most 48 hours ago"), "{}", refused.message());
}

#[test]
fn an_end_before_the_beginning_is_no_time() {
    let mut sent = span(1, NOW_US);
    sent.end_time_unix_nano = 5;
    let decoded = decode::spans(&request(vec![sent]), Form::Protobuf, NOW_US).expect("readable");
    assert_eq!(decoded.items[0].duration_us, 0);
}

#[test]
fn more_spans_than_are_taken_at_once_are_refused_in_words() {
    let mut body = Vec::new();
    for part in 0..10 {
        // Several groups, whose bound is one.
        body.extend(request((0..10_000).map(|_| span(part + 1, NOW_US)).collect()));
    }
    let decoded = decode::spans(&body, Form::Protobuf, NOW_US).expect("readable");
    assert_eq!(decoded.items.len(), ITEMS_MAX);
    assert_eq!(decoded.refused.of(Reason::TooMany), 100_000 - ITEMS_MAX as u64);
}

#[test]
fn a_log_line_has_its_exception_and_no_secret() {
    let json = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [
        {"timeUnixNano": "0", "observedTimeUnixNano": (NOW_US * 1000).to_string(), "severityNumber": 17,
         "traceId": "07070707070707070707070707070707", "spanId": "",
         "body": {"stringValue": "refused 6222021234567890"},
         "attributes": [
            {"key": "exception.type", "value": {"stringValue": "Refused"}},
            {"key": "customer", "value": {"stringValue": "Ann"}},
         ]},
        {"timeUnixNano": (NOW_US * 1000), "body": {"kvlistValue": {"values": [
            {"key": "password", "value": {"stringValue": "x"}},
            {"key": "list", "value": {"arrayValue": {}}},
            {"key": "n", "value": {"intValue": "7"}},
        ]}}},
    ]}]}]});
    let decoded = decode::logs(json.to_string().as_bytes(), Form::Json, NOW_US).expect("readable");
    assert_eq!(decoded.refused.message(), "");
    let [first, second] = &decoded.items[..] else { panic!("{:?}", decoded.items) };
    assert_eq!(first.body, "refused {card}\nRefused");
    assert_eq!((first.at_us, first.severity, first.span), (NOW_US, 17, None));
    assert_eq!(second.body, r#"{"list":[],"n":7}"#);
    assert_eq!(second.service, "unknown_service");
}

#[test]
fn what_is_no_request_is_said() {
    for (body, form) in [(&b"\x0a\xff"[..], Form::Protobuf), (b"[", Form::Json), (b"", Form::Json)]
    {
        let error = decode::spans(body, form, NOW_US).expect_err("unreadable").to_string();
        assert!(error.starts_with("the body is no request of OTLP: "), "{error}");
    }
    // A span that is none among good ones is refused by itself.
    let good = json!({"traceId": "07".repeat(16), "spanId": "01".repeat(8), "startTimeUnixNano": NOW_US * 1000});
    let json =
        json!({"resourceSpans": [{"scopeSpans": [{"spans": [7, good, {"traceId": "xy"}]}]}]});
    let decoded = decode::spans(json.to_string().as_bytes(), Form::Json, NOW_US).expect("readable");
    assert_eq!((decoded.items.len(), decoded.refused.of(Reason::Malformed)), (1, 2));
}

proptest! {
    #[test]
    fn any_bytes_are_read(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode::spans(&body, Form::Protobuf, NOW_US);
        let _ = decode::logs(&body, Form::Json, NOW_US);
    }

    #[test]
    fn a_broken_request_is_read(at in 0_usize..200, byte in any::<u8>()) {
        let mut body = request(vec![span(1, NOW_US), span(2, NOW_US)]);
        let at = at % body.len();
        body[at] = byte;
        if let Ok(decoded) = decode::spans(&body, Form::Protobuf, NOW_US) {
            prop_assert!(decoded.items.len() as u64 + decoded.refused.total() <= 4);
        }
    }
}
