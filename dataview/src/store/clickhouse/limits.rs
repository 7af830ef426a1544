//! The bounds of the ClickHouse store, and why each.

use std::time::Duration;

/// How long connecting may take.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an answer may take: a question over months that nobody waits for longer.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes of an answer: several times the largest that a question's own bounds allow.
pub(super) const ANSWER_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Steps of a series. A month of minutes is for nobody's eyes.
pub(super) const SERIES_STEPS_MAX: u64 = 20_000;

/// Spans of a trace that are read; the rest is counted.
pub(super) const TRACE_SPANS_MAX: usize = 5_000;

/// Lines of logs, hops and calls of a trace that are read, of each.
pub(super) const TRACE_OTHERS_MAX: usize = 1_000;

/// Groups of errors that are told, the most frequent first.
pub(super) const ERROR_GROUPS_MAX: usize = 1_000;

/// Characters of an error's message, type and page in the table beside the frame, which has them in
/// full: a list shows no more.
pub(super) const ERROR_CHARS_MAX: usize = 500;

/// The length of an entry, unpacked. Ingest's largest body is far below.
pub(super) const ENTRY_BYTES_MAX: usize = 4 << 20;

/// In how many days before and after it was received a frame is looked for that may have come
/// before: a client sends again for hours, and midnight may lie between.
pub(super) const NEIGHBOUR_MS: u64 = 2 * 24 * 3600 * 1000;

/// Minutes between a view and what is thrown in it, at most: a day, as sessions have, so that a
/// question for an hour does not read what was thrown in all of two years.
pub(super) const VIEW_MINUTES_MAX: u64 = 24 * 60;
