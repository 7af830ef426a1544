//! The steps of a series.

use crate::store::Range;

/// The lengths that a step has when nobody asks for one, in ms: minutes, hours and days, so that
/// each can be read from the roll-ups of its kind.
const STEPS: [u64; 12] = [
    60_000,
    5 * 60_000,
    15 * 60_000,
    30 * 60_000,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
];

const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;

/// The shortest step of [`STEPS`] with which `range` has at most `steps_max` of them.
#[must_use]
pub fn default_step(range: Range, steps_max: u64) -> u64 {
    let long = range.to_ms - range.from_ms;
    STEPS.into_iter().find(|step| long / step <= steps_max).unwrap_or(14 * DAY)
}

/// Whether roll-ups can be read in steps of `step_ms`: minutes within an hour, hours within a day,
/// or days.
#[must_use]
pub fn is_step(step_ms: u64) -> bool {
    let divides = |whole: u64| step_ms > 0 && whole.is_multiple_of(step_ms);
    (step_ms.is_multiple_of(60_000) && divides(HOUR))
        || (step_ms.is_multiple_of(HOUR) && divides(DAY))
        || (step_ms > 0 && step_ms.is_multiple_of(DAY))
}

/// `range`, wide enough to begin and end where steps do. Steps count from the epoch, in UTC.
#[must_use]
pub fn aligned(range: Range, step_ms: u64) -> Range {
    Range {
        from_ms: range.from_ms - range.from_ms % step_ms,
        to_ms: range.to_ms.next_multiple_of(step_ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_what_roll_ups_can_be_read_in() {
        let range = |days: u64| Range { from_ms: 0, to_ms: days * DAY };
        assert_eq!(default_step(Range { from_ms: 0, to_ms: HOUR }, 120), 60_000);
        assert_eq!(default_step(range(1), 120), 15 * 60_000);
        assert_eq!(default_step(range(30), 120), 6 * HOUR);
        assert_eq!(default_step(range(400), 120), 7 * DAY);
        assert!(STEPS.into_iter().all(is_step));
        assert!(![0, 1, 90_000, 7 * 60_000, 5 * HOUR, DAY + HOUR].into_iter().any(is_step));
    }

    #[test]
    fn a_range_grows_to_whole_steps() {
        let range = Range { from_ms: 61_000, to_ms: 119_999 };
        assert_eq!(aligned(range, 60_000), Range { from_ms: 60_000, to_ms: 120_000 });
        let whole = Range { from_ms: 60_000, to_ms: 120_000 };
        assert_eq!(aligned(whole, 60_000), whole);
    }
}
