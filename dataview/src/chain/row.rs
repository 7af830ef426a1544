//! A chain as it is told.

use super::why::{Gap, Note};
use crate::model::{LogLine, SessionId, TraceId};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = TraceRowKind)]
pub enum RowKind {
    /// What the visitor did.
    Action,
    /// The client's call.
    Call,
    /// A proxy's part.
    Hop,
    /// A service's part.
    Span,
    /// A query of a database.
    Sql,
}

/// One step of the chain; its parts follow it, one deeper.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TraceRow)]
pub struct Row {
    /// How many rows it is part of.
    pub depth: usize,
    /// What it is about.
    pub kind: RowKind,
    /// What was done.
    pub name: String,
    /// Who did it: the service, the proxy, the application.
    pub service: String,
    /// When it began, in µs since the Unix epoch by the client's clock as ingest corrected it.
    pub start_us: u64,
    /// How long it took, in µs.
    pub duration_us: u64,
    /// Whether it went well.
    pub ok: bool,
    /// What else is known.
    #[schema(value_type = Object)]
    pub attributes: Map<String, Value>,
    /// The row that it is part of: its place among the rows, from 0.
    pub parent: Option<usize>,
    /// What was changed or noticed: a corrected clock, a loop.
    pub notes: Vec<Note>,
}

/// A line of a service's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TraceLog)]
pub struct Log {
    /// When, in µs since the Unix epoch by the service's clock.
    pub at_us: u64,
    /// The service.
    pub service: String,
    /// `SeverityNumber` of OTLP, 1 to 24; 0 when not said.
    pub severity: u8,
    /// The text, cleaned.
    pub body: String,
    /// The span that it belongs to: 16 hexadecimal digits.
    pub span: Option<String>,
}

/// From the click to the SQL.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Chain {
    /// The trace: 32 hexadecimal digits.
    #[schema(value_type = String)]
    pub trace: TraceId,
    /// The application whose client made the call.
    pub app: Option<String>,
    /// The session that made the call: 32 hexadecimal digits.
    #[schema(value_type = Option<String>)]
    pub session: Option<SessionId>,
    /// The steps, each behind the one that it is part of.
    pub rows: Vec<Row>,
    /// What services wrote to their logs.
    pub logs: Vec<Log>,
    /// What could not be joined, and why.
    pub gaps: Vec<Gap>,
}

impl From<LogLine> for Log {
    fn from(line: LogLine) -> Self {
        Self {
            at_us: line.at_us,
            service: line.service,
            severity: line.severity,
            body: line.body,
            span: line.span.map(|id| id.to_string()),
        }
    }
}
