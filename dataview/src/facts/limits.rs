//! Bounds of what is read from a frame, with the reason beside each.

use std::ops::RangeInclusive;

/// When an entry can have been received, in ms since the Unix epoch: 2020 to 2100. Its day names a
/// file, and a clock that was never set would make files of days that never were.
pub(super) const RECEIVED_AT_MS: RangeInclusive<u64> = 1_577_836_800_000..=4_102_444_800_000;

/// How long before its receipt an event may have happened, in ms: ingest takes events of 7 days
/// before they were sent, and a day more is for clocks.
pub(super) const AGE_MS_MAX: u64 = 8 * 24 * 3600 * 1000;

/// Bytes of a value of a dimension. A page's pattern may have 1,024; roll-ups have a row a value.
pub(super) const VALUE_BYTES_MAX: usize = 256;

/// Frames of a stack in which the application's own is looked for: below them stands what called it.
pub(super) const STACK_FRAMES_MAX: usize = 50;
