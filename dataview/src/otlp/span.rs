//! A span as it is stored.

use super::decode::Source;
use super::limits::{DURATION_MAX_US, EVENTS_MAX, NAME_BYTES_MAX};
use super::refused::Reason;
use crate::clean::{self, Side};
use crate::model::{Span, SpanId, SpanKind, SpanStatus, TraceId};
use opentelemetry_proto::tonic::trace::v1 as proto;
use serde_json::{Value, json};

/// Checks and cleans a span that `source` tells of at `now_us`; `left_out` counts what of it is not
/// kept.
pub(super) fn span(
    span: proto::Span,
    source: &Source,
    now_us: u64,
    left_out: &mut LeftOut,
) -> Result<Span, Reason> {
    let trace = TraceId::from_slice(&span.trace_id).filter(|id| id.0 != [0; 16]);
    let id = SpanId::from_slice(&span.span_id).filter(|id| id.0 != [0; 8]);
    let parent = match span.parent_span_id.as_slice() {
        [] => None,
        // Some exporters write a root's missing parent as zeros.
        bytes => Some(SpanId::from_slice(bytes).ok_or(Reason::SpanId)?).filter(|id| id.0 != [0; 8]),
    };
    let (trace, id) = (trace.ok_or(Reason::TraceId)?, id.ok_or(Reason::SpanId)?);
    let start_us = span.start_time_unix_nano / 1000;
    super::decode::check_time(start_us, now_us)?;
    let end_us = span.end_time_unix_nano / 1000;
    let kind = kind(span.kind);
    let side = if kind == SpanKind::Server { Side::Server } else { Side::Other };
    let is_query = span.attributes.iter().any(|it| it.key.starts_with("db."));
    let cleaned = clean::attributes(span.attributes, side);
    left_out.private += cleaned.private;
    left_out.attributes += cleaned.too_many;
    let mut attributes = cleaned.kept;
    for (key, value) in &source.attributes {
        attributes.entry(key).or_insert_with(|| value.clone());
    }
    left_out.events += span.events.len().saturating_sub(EVENTS_MAX) as u64;
    let status = span.status.unwrap_or_default();
    if !status.message.is_empty() {
        let words = clean::words(&status.message, super::limits::ATTRIBUTE_BYTES_MAX);
        attributes.insert("otel.status_description".to_owned(), words.into());
    }
    let events = span.events.into_iter().take(EVENTS_MAX);
    let events = events.map(|it| event(it, left_out)).collect();
    // Some instrumentations name a span by its query.
    let name = if is_query {
        let system = attributes.get("db.system.name").or_else(|| attributes.get("db.system"));
        let system = system.and_then(Value::as_str).unwrap_or_default();
        clean::without_literals(&span.name, system)
    } else {
        span.name
    };
    Ok(Span {
        trace,
        id,
        parent,
        service: source.service.clone(),
        name: clean::words(&name, NAME_BYTES_MAX),
        kind,
        start_us,
        duration_us: end_us.saturating_sub(start_us).min(DURATION_MAX_US),
        status: match status.code {
            1 => SpanStatus::Ok,
            2 => SpanStatus::Error,
            _ => SpanStatus::Unset,
        },
        attributes,
        events,
    })
}

/// What of spans and lines is not kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Attributes that may hold secrets or name persons.
    pub private: u64,
    /// Attributes beyond the bound.
    pub attributes: u64,
    /// Events beyond the bound.
    pub events: u64,
}

fn kind(number: i32) -> SpanKind {
    match number {
        2 => SpanKind::Server,
        3 => SpanKind::Client,
        4 => SpanKind::Producer,
        5 => SpanKind::Consumer,
        // Not said, or not known: OTLP has it taken for internal.
        _ => SpanKind::Internal,
    }
}

/// `{"name", "at_us", "attributes"}`.
fn event(event: proto::span::Event, left_out: &mut LeftOut) -> Value {
    let cleaned = clean::attributes(event.attributes, Side::Other);
    left_out.private += cleaned.private;
    left_out.attributes += cleaned.too_many;
    json!({
        "name": clean::words(&event.name, NAME_BYTES_MAX),
        "at_us": event.time_unix_nano / 1000,
        "attributes": cleaned.kept,
    })
}
