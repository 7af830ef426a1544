//! Requests in JSON: OTLP's own form of it, with identifiers in hexadecimal digits and enumerations
//! as numbers. Integers come as numbers or texts; members that are `null` or not known are passed
//! over, as the specification asks for.

use super::limits::ITEMS_MAX;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, KeyValue, KeyValueList, any_value,
};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{Span, Status, span};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow, alias = "resourceSpans", alias = "resourceLogs")]
    resources: Option<Vec<ResourceItems<'a>>>,
}

#[derive(Deserialize)]
struct ResourceItems<'a> {
    #[serde(borrow)]
    resource: Option<&'a RawValue>,
    #[serde(borrow, alias = "scopeSpans", alias = "scopeLogs")]
    scopes: Option<Vec<ScopeItems<'a>>>,
}

#[derive(Deserialize)]
struct ScopeItems<'a> {
    #[serde(borrow, alias = "spans", alias = "logRecords")]
    items: Option<Vec<&'a RawValue>>,
}

/// What one resource tells.
pub(super) struct Group<'a> {
    /// The resource.
    pub(super) resource: Resource,
    /// Its spans or log lines, not yet read.
    pub(super) items: Vec<&'a RawValue>,
}

/// The groups of a request, and how many items were left out because there are too many.
pub(super) fn groups(body: &[u8]) -> Result<(Vec<Group<'_>>, u64), serde_json::Error> {
    let request: Request<'_> = serde_json::from_slice(body)?;
    let (mut groups, mut room, mut left_out) = (Vec::new(), ITEMS_MAX, 0);
    for resource in request.resources.unwrap_or_default() {
        let scopes = resource.scopes.unwrap_or_default();
        let mut items: Vec<_> =
            scopes.into_iter().flat_map(|it| it.items.unwrap_or_default()).collect();
        left_out += items.len().saturating_sub(room) as u64;
        items.truncate(room);
        room -= items.len();
        if items.is_empty() {
            continue;
        }
        let read = resource.resource.and_then(|it| serde_json::from_str(it.get()).ok());
        let resource =
            Resource { attributes: attributes(&read.unwrap_or_default()), ..Resource::default() };
        groups.push(Group { resource, items });
    }
    Ok((groups, left_out))
}

/// A span; `None` when it is none.
pub(super) fn span(raw: &str) -> Option<Span> {
    let json: Map<String, Value> = serde_json::from_str(raw).ok()?;
    let status = json.get("status").and_then(Value::as_object);
    let status = status.map(|it| Status { code: number(it, "code"), message: text(it, "message") });
    let events = list(&json, "events").iter().filter_map(Value::as_object);
    Some(Span {
        trace_id: id(&json, "traceId")?,
        span_id: id(&json, "spanId")?,
        parent_span_id: id(&json, "parentSpanId")?,
        name: text(&json, "name"),
        kind: number(&json, "kind"),
        start_time_unix_nano: integer(&json, "startTimeUnixNano")?,
        end_time_unix_nano: integer(&json, "endTimeUnixNano")?,
        attributes: attributes(&json),
        events: events
            .map(|it| span::Event {
                time_unix_nano: integer(it, "timeUnixNano").unwrap_or_default(),
                name: text(it, "name"),
                attributes: attributes(it),
                dropped_attributes_count: 0,
            })
            .collect(),
        status,
        ..Span::default()
    })
}

/// A log line; `None` when it is none.
pub(super) fn log(raw: &str) -> Option<LogRecord> {
    let json: Map<String, Value> = serde_json::from_str(raw).ok()?;
    Some(LogRecord {
        time_unix_nano: integer(&json, "timeUnixNano")?,
        observed_time_unix_nano: integer(&json, "observedTimeUnixNano")?,
        severity_number: number(&json, "severityNumber"),
        severity_text: text(&json, "severityText"),
        body: json.get("body").map(any),
        attributes: attributes(&json),
        trace_id: id(&json, "traceId")?,
        span_id: id(&json, "spanId")?,
        ..LogRecord::default()
    })
}

fn list<'a>(json: &'a Map<String, Value>, name: &str) -> &'a [Value] {
    json.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(json: &Map<String, Value>, name: &str) -> String {
    json.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A number of an enumeration; 0 when it is absent or none.
fn number(json: &Map<String, Value>, name: &str) -> i32 {
    let number = json.get(name).and_then(Value::as_i64).unwrap_or_default();
    i32::try_from(number).unwrap_or_default()
}

/// An integer, as a number or a text; 0 when it is absent, `None` when it is none.
fn integer(json: &Map<String, Value>, name: &str) -> Option<u64> {
    match json.get(name) {
        None | Some(Value::Null) => Some(0),
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64(),
    }
}

/// The bytes of an identifier; none when it is absent, `None` when it is no hexadecimal digits.
fn id(json: &Map<String, Value>, name: &str) -> Option<Vec<u8>> {
    let text = match json.get(name) {
        None | Some(Value::Null) => return Some(Vec::new()),
        Some(value) => value.as_str()?,
    };
    let digit = |byte: u8| (byte as char).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

fn attributes(json: &Map<String, Value>) -> Vec<KeyValue> {
    key_values(list(json, "attributes"))
}

fn key_values(list: &[Value]) -> Vec<KeyValue> {
    let pairs = list.iter().filter_map(Value::as_object);
    pairs
        .map(|it| KeyValue {
            key: text(it, "key"),
            value: it.get("value").map(any),
            ..KeyValue::default()
        })
        .collect()
}

/// A value; one that is not known is empty.
fn any(json: &Value) -> AnyValue {
    let members = json.as_object().into_iter().flatten();
    AnyValue { value: members.filter_map(|(name, value)| one(name, value)).next_back() }
}

fn one(name: &str, value: &Value) -> Option<any_value::Value> {
    let values = || value.get("values").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    Some(match name {
        "stringValue" => any_value::Value::StringValue(value.as_str()?.to_owned()),
        "boolValue" => any_value::Value::BoolValue(value.as_bool()?),
        "intValue" => any_value::Value::IntValue(match value.as_str() {
            Some(text) => text.parse().ok()?,
            None => value.as_i64()?,
        }),
        "doubleValue" => any_value::Value::DoubleValue(match value.as_str() {
            Some(text) => text.parse().ok()?,
            None => value.as_f64()?,
        }),
        "arrayValue" => {
            any_value::Value::ArrayValue(ArrayValue { values: values().iter().map(any).collect() })
        }
        "kvlistValue" => {
            any_value::Value::KvlistValue(KeyValueList { values: key_values(values()) })
        }
        "bytesValue" => any_value::Value::BytesValue(BASE64_STANDARD.decode(value.as_str()?).ok()?),
        _ => return None,
    })
}
