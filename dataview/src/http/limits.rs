//! How much one question may ask for.

use std::time::Duration;

/// The longest range of time, in ms: 400 days hold a year and the month it is compared with.
pub(crate) const RANGE_MAX_MS: u64 = 400 * 86_400_000;

/// The last moment that can be asked for, in ms: the end of the year 9999, as RFC 3339 has it.
pub(crate) const TIME_MAX_MS: u64 = 253_402_300_799_999;

/// Points of a series: more than a wide screen has room for, and some 700 KB of answer.
pub(crate) const STEPS_MAX: u64 = 750;

/// Points that a series has when nobody asks for a step: what a chart can show.
pub(crate) const STEPS_DEFAULT: u64 = 120;

/// Rows of a breakdown.
pub(crate) const BREAKDOWN_MAX: usize = 500;

/// Rows of a breakdown when nobody says how many.
pub(crate) const BREAKDOWN_DEFAULT: usize = 20;

/// Rows of one part of a list.
pub(crate) const LIST_MAX: usize = 500;

/// Rows of one part of a list when nobody says how many.
pub(crate) const LIST_DEFAULT: usize = 50;

/// Frames of a session that are read for its timeline: at one in five seconds, almost three hours.
pub(crate) const TIMELINE_FRAMES_MAX: usize = 2_000;

/// Events of a timeline that are told; some 5 MB of answer.
pub(crate) const TIMELINE_EVENTS_MAX: usize = 10_000;

/// Bytes of a query: all parameters at their longest, twice.
pub(crate) const QUERY_BYTES_MAX: usize = 8 * 1024;

/// Bytes of one parameter's value: a page's address is the longest.
pub(crate) const VALUE_BYTES_MAX: usize = 2_048;

/// Threads that answer. The store has threads of its own; here is little to do.
pub(crate) const WORKERS: usize = 2;

/// Connections a worker: browsers have up to six each, and streams stay open.
pub(crate) const CONNECTIONS_MAX: usize = 1_024;

/// How long a request's head may take.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long requests in flight are waited for when the server stops.
pub(crate) const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Occurrences of one error.
pub(crate) const OCCURRENCES_MAX: usize = 100;

/// Frames of a session that are looked through for the stack of an error.
pub(crate) const STACK_FRAMES_MAX: usize = 2_000;

/// Bytes of a body: the largest is a subscription.
pub(crate) const BODY_BYTES_MAX: usize = 16 * 1024;

/// Bytes of a user's ID, as ingest takes them.
pub(crate) const USER_ID_BYTES_MAX: usize = 256;

/// How long a body may take: it is small, and anybody may begin one at the login.
pub(crate) const BODY_TIMEOUT: Duration = Duration::from_secs(5);

/// Dead letters that are looked through for one answer: one of a reason that is rare may be far behind.
pub(crate) const LETTERS_SCANNED_MAX: usize = 2_000;

/// Dead letters that are asked for at once: each may have an entry of 64 KiB.
pub(crate) const LETTERS_READ: usize = 50;

/// Dead letters that one request replays: some seconds of work.
pub(crate) const LETTERS_REPLAYED_MAX: usize = 500;
