//! The bounds of telemetry: it never waits for its receiver, and holds little for it.

use std::time::Duration;

/// Spans that wait to be sent, some 300 bytes each; beyond, they are dropped and counted.
pub const QUEUE_SPANS_MAX: usize = 4096;

/// Spans of one request to the receiver: what the specification's own batch processor takes.
pub const BATCH_SPANS_MAX: usize = 512;

/// How long a span waits for others at most.
pub const BATCH_EVERY: Duration = Duration::from_secs(2);

/// How long the receiver may take. A batch that it does not take is dropped and counted: traces
/// are samples, and what is new is worth more.
pub const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);

/// Bytes of the receiver's answer that are read: the status is in its first line.
pub const ANSWER_BYTES_MAX: usize = 4096;

/// Bytes of a request's identifier. Those of proxies and gateways are UUIDs or shorter.
pub const REQUEST_ID_BYTES_MAX: usize = 64;
