//! Bounds of a chain.

/// Rows of an answer: more is no picture any more, and some 2 MB of answer.
pub const ROWS_MAX: usize = 2_000;

/// How long before a call the action of its number can have been, in ms: one waits ten seconds for
/// its paint, and clicks in haste begin that anew.
pub const ACTION_SETTLED_MS_MAX: u64 = 60_000;

/// How long before a call the click was that is told as its cause without a number, in ms: as long as the client
/// waits until it judges a click to be dead.
pub const ACTION_BEFORE_MS_MAX: u64 = 2_000;

/// Both are rounded: a call may be told as a little before its click.
pub const ACTION_AFTER_MS_MAX: u64 = 20;

/// How far ends may stand out that two hosts measured, in µs: nginx's log has milliseconds.
pub const SLACK_US: i64 = 2_000;

/// Bytes of a query that is a row's name.
pub const NAME_BYTES_MAX: usize = 200;

/// Names of services that one gap lists.
pub const SERVICES_MAX: usize = 5;
