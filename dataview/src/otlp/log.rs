//! A log line as it is stored.

use super::decode::Source;
use super::limits::{ATTRIBUTE_DEPTH_MAX, LOG_BYTES_MAX};
use super::refused::Reason;
use super::span::LeftOut;
use crate::clean::{self, Side};
use crate::model::{LogLine, SpanId, TraceId};
use opentelemetry_proto::tonic::common::v1::{AnyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::LogRecord;

/// What a log's exception adds to its line.
const EXCEPTION: [&str; 3] = ["exception.type", "exception.message", "exception.stacktrace"];

/// Checks and cleans a line that `source` tells of at `now_us`.
pub(super) fn line(
    record: LogRecord,
    source: &Source,
    now_us: u64,
    left_out: &mut LeftOut,
) -> Result<LogLine, Reason> {
    let trace = optional(&record.trace_id, TraceId::from_slice).ok_or(Reason::TraceId)?;
    let span = optional(&record.span_id, SpanId::from_slice).ok_or(Reason::SpanId)?;
    let nanos = match record.time_unix_nano {
        0 => record.observed_time_unix_nano,
        nanos => nanos,
    };
    super::decode::check_time(nanos / 1000, now_us)?;
    let mut body = record.body.map(text).unwrap_or_default();
    let (exception, others): (Vec<_>, Vec<_>) =
        record.attributes.into_iter().partition(|it| EXCEPTION.contains(&it.key.as_str()));
    // Of the others nothing is shown, so nothing is kept.
    left_out.attributes += others.len() as u64;
    let exception = clean::attributes(exception, Side::Other).kept;
    for value in EXCEPTION.iter().filter_map(|key| exception.get(*key)?.as_str()) {
        body.push('\n');
        body.push_str(value);
    }
    body.truncate(body.floor_char_boundary(LOG_BYTES_MAX));
    Ok(LogLine {
        trace,
        span,
        service: source.service.clone(),
        at_us: nanos / 1000,
        severity: u8::try_from(record.severity_number).ok().filter(|it| *it <= 24).unwrap_or(0),
        body,
    })
}

/// An identifier that may be absent: no bytes, or zeros.
fn optional<T>(bytes: &[u8], read: impl Fn(&[u8]) -> Option<T>) -> Option<Option<T>> {
    if bytes.iter().all(|byte| *byte == 0) { Some(None) } else { read(bytes).map(Some) }
}

/// The body as text; what is no text as JSON.
fn text(body: AnyValue) -> String {
    match body.value {
        Some(any_value::Value::StringValue(text)) => clean::words(&text, LOG_BYTES_MAX),
        Some(any_value::Value::KvlistValue(list)) => {
            let cleaned = clean::attributes(list.values, Side::Other).kept;
            serde_json::Value::from(cleaned).to_string()
        }
        Some(other) => clean::json(other, ATTRIBUTE_DEPTH_MAX).to_string(),
        None => String::new(),
    }
}
