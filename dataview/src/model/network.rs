//! What the network tells of a request.

use super::{SpanId, TraceId};
use serde::{Deserialize, Serialize};

/// A request that a proxy (nginx) has seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// The trace and span of the request's `traceparent`.
    pub trace: Option<(TraceId, SpanId)>,
    /// Whether its flags ask services to record the trace; `true` where there was no header.
    pub sampled: bool,
    /// Which proxy: its host's name.
    pub proxy: String,
    /// When the request began, in µs since the Unix epoch by the proxy's clock.
    pub start_us: u64,
    /// From its first byte to the last byte of the answer, in µs.
    pub duration_us: u64,
    /// The method.
    pub method: String,
    /// The host that was asked.
    pub host: String,
    /// The path without query, cleaned.
    pub path: String,
    /// The status answered.
    pub status: u16,
    /// Bytes answered.
    pub response_bytes: u64,
    /// Bytes of the request.
    pub request_bytes: u64,
    /// The service behind, as it was connected to; where several were tried, all of them,
    /// separated by a comma.
    pub upstream: Option<String>,
    /// Time to connect to the last one that was tried, in µs.
    pub upstream_connect_us: Option<u64>,
    /// From the first try to the first byte of the answer that was used, in µs.
    pub upstream_header_us: Option<u64>,
    /// From the first try to the last byte of the answer, in µs.
    pub upstream_response_us: Option<u64>,
    /// Time from the connection's beginning to the end of the request, in µs, where it is known.
    pub connection_us: Option<u64>,
    /// The protocol, e.g. HTTP/2.0.
    pub protocol: String,
    /// The version of TLS.
    pub tls: Option<String>,
}
