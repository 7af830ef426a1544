//! Bounds of what services tell.

use std::time::Duration;

/// Bytes of a request's body, as sent. OpenTelemetry's collector takes 20 MiB; its exporters send
/// batches of 512 spans (about 300 KiB) and collectors of 8,192.
pub const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// How long a body may take: its largest in that time is 2.2 Mbit/s, and what a slow one holds is
/// room that others lack.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes of a body when it is unpacked.
pub const UNPACKED_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Bytes that are unpacked at a time, each within the room that all bodies share.
pub const UNPACK_STEP_BYTES: u64 = 64 * 1024;

/// Bytes of all bodies under way, as sent and unpacked. Beyond it callers are told to come
/// again: exporters keep what they could not send.
pub const BODIES_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Spans or lines of one request: four of a collector's batches. The rest is refused, and said.
pub const ITEMS_MAX: usize = 32_768;

/// How long ago a span may have begun: longer than an exporter keeps what it cannot send, and not
/// before the day files that are still written to.
pub const AGE_MAX_US: u64 = 48 * 3600 * 1_000_000;

/// How far a span's beginning may be ahead: clocks that are not quite right.
pub const AHEAD_MAX_US: u64 = 10 * 60 * 1_000_000;

/// A span's longest duration; one whose end is wrong would fill every picture.
pub const DURATION_MAX_US: u64 = 24 * 3600 * 1_000_000;

/// Bytes of a service's name.
pub const SERVICE_BYTES_MAX: usize = 64;

/// Bytes of a span's name.
pub const NAME_BYTES_MAX: usize = 256;

/// Attributes of a span; OpenTelemetry's SDKs have 128 at most by default, instrumentation sets
/// about 15.
pub const ATTRIBUTES_MAX: usize = 64;

/// Bytes of an attribute's name.
pub const ATTRIBUTE_NAME_BYTES_MAX: usize = 128;

/// Bytes of an attribute's text.
pub const ATTRIBUTE_BYTES_MAX: usize = 1024;

/// Values of an attribute that is a list.
pub const ATTRIBUTE_VALUES_MAX: usize = 32;

/// Lists within lists of an attribute.
pub const ATTRIBUTE_DEPTH_MAX: usize = 4;

/// Bytes of a query.
pub const QUERY_BYTES_MAX: usize = 4096;

/// Bytes of a stack, as in beacons.
pub const STACK_BYTES_MAX: usize = 8192;

/// Events of a span: exceptions, above all.
pub const EVENTS_MAX: usize = 16;

/// Bytes of a log line.
pub const LOG_BYTES_MAX: usize = 4096;

/// Seconds after which a caller that was turned away is asked to come again.
pub const RETRY_AFTER_SECONDS: u32 = 5;
