//! The bounds of roll-ups, and why each.

/// Different values of one dimension of one application in a day. A bank's pages, APIs, devices
/// and regions are hundreds; identifiers that were not taken out of addresses would be millions,
/// and every one costs a row a minute. What comes later in the day counts as
/// [`OTHER`](super::OTHER).
pub const LABELS_MAX: usize = 1_000;

/// Characters of a value; longer ones are cut. No address without its identifiers is as long.
pub const LABEL_CHARS_MAX: usize = 256;

/// How much earlier than its receipt a measure is counted, in minutes: as much as
/// the facts let through. Otherwise one wrong clock would make every question look
/// into every day.
pub const EARLIER_MINUTES_MAX: i64 = 8 * 24 * 60;

/// How much later than its receipt a measure is counted, in minutes: corrected clocks are right to
/// seconds.
pub const LATER_MINUTES_MAX: i64 = 5;
