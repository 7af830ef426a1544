//! What services tell of a trace (OpenTelemetry's data model).

use super::{SpanId, TraceId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// The trace.
    pub trace: TraceId,
    /// The span.
    pub id: SpanId,
    /// Its parent; `None` for a root.
    pub parent: Option<SpanId>,
    /// `service.name` of the resource.
    pub service: String,
    /// What was done.
    pub name: String,
    /// On which side.
    pub kind: SpanKind,
    /// When it began, in µs since the Unix epoch by the service's clock.
    pub start_us: u64,
    /// How long it took, in µs.
    pub duration_us: u64,
    /// How it ended.
    pub status: SpanStatus,
    /// Attributes, cleaned: `db.query.text` has no literals left.
    pub attributes: Map<String, Value>,
    /// Events of the span (exceptions above all), cleaned.
    pub events: Vec<Value>,
}

/// `SpanKind` of OTLP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum SpanKind {
    /// Inside a service.
    Internal = 1,
    /// Answers a request.
    Server = 2,
    /// Makes a request: to another service, or to a database.
    Client = 3,
    /// Puts a message into a queue.
    Producer = 4,
    /// Takes one out.
    Consumer = 5,
}

/// `StatusCode` of OTLP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum SpanStatus {
    /// Not said.
    Unset = 0,
    /// Well.
    Ok = 1,
    /// With an error.
    Error = 2,
}

/// A line of a service's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    /// The trace it belongs to.
    pub trace: Option<TraceId>,
    /// The span it belongs to.
    pub span: Option<SpanId>,
    /// `service.name` of the resource.
    pub service: String,
    /// When, in µs since the Unix epoch.
    pub at_us: u64,
    /// `SeverityNumber` of OTLP, 1 to 24; 0 when not said.
    pub severity: u8,
    /// The text, cleaned.
    pub body: String,
}
