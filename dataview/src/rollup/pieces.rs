//! A range of time in few steps: days in the middle, hours beside them, minutes at its edges.

use crate::store::Range;

/// How long a row's time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Step {
    /// A minute.
    Minute = 1,
    /// An hour.
    Hour = 60,
    /// A day of UTC.
    Day = 1_440,
}

impl Step {
    /// Its length in minutes.
    #[must_use]
    pub fn minutes(self) -> i64 {
        i64::from(self as u16)
    }

    /// The step that it is made of; `None` for minutes.
    #[must_use]
    pub fn part(self) -> Option<Self> {
        match self {
            Self::Minute => None,
            Self::Hour => Some(Self::Minute),
            Self::Day => Some(Self::Hour),
        }
    }
}

/// Steps of one length after each other, in minutes since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Their length.
    pub step: Step,
    /// Where the first begins.
    pub from: i64,
    /// Where the last ends.
    pub to: i64,
}

/// `range` in pieces of at most `longest`; minutes that are partly in it are in them.
#[must_use]
pub fn pieces(range: Range, longest: Step) -> Vec<Piece> {
    let minutes = |ms: u64| i64::try_from(ms / 60_000).unwrap_or(i64::MAX / 2);
    let to = minutes(range.to_ms.saturating_add(59_999));
    let mut at = minutes(range.from_ms);
    let mut pieces: Vec<Piece> = Vec::new();
    while at < to {
        let step = [Step::Day, Step::Hour]
            .into_iter()
            .find(|step| *step <= longest && at % step.minutes() == 0 && at + step.minutes() <= to)
            .unwrap_or(Step::Minute);
        let end = match step {
            // As many as fit, up to where a longer step may begin.
            Step::Day => at + (to - at) / step.minutes() * step.minutes(),
            Step::Hour => next(at, Step::Day, longest).min(at + (to - at) / 60 * 60),
            Step::Minute => next(at, Step::Hour, longest).min(to),
        };
        pieces.push(Piece { step, from: at, to: end });
        at = end;
    }
    pieces
}

/// Where `step` begins next after `at`, if it may be used at all.
fn next(at: i64, step: Step, longest: Step) -> i64 {
    if step > longest { i64::MAX } else { (at / step.minutes() + 1) * step.minutes() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(from: i64, to: i64, longest: Step) -> Vec<(Step, i64, i64)> {
        let range = Range { from_ms: from as u64 * 60_000, to_ms: to as u64 * 60_000 };
        pieces(range, longest).into_iter().map(|p| (p.step, p.from, p.to)).collect()
    }

    #[test]
    fn a_month_is_few_rows() {
        let day = 1_440;
        assert_eq!(
            of(10 * day - 61, 40 * day + 125, Step::Day),
            [
                (Step::Minute, 10 * day - 61, 10 * day - 60),
                (Step::Hour, 10 * day - 60, 10 * day),
                (Step::Day, 10 * day, 40 * day),
                (Step::Hour, 40 * day, 40 * day + 120),
                (Step::Minute, 40 * day + 120, 40 * day + 125),
            ]
        );
        assert_eq!(of(0, 3 * day, Step::Minute), [(Step::Minute, 0, 3 * day)]);
        assert_eq!(of(30, 30, Step::Day), []);
    }

    proptest! {
        #[test]
        fn every_minute_is_in_exactly_one_piece(from in 0..100_000_i64, long in 0..10_000_i64) {
            for longest in [Step::Minute, Step::Hour, Step::Day] {
                let mut at = from;
                for (step, begin, end) in of(from, from + long, longest) {
                    prop_assert_eq!(begin, at);
                    prop_assert!(end > begin && step <= longest);
                    prop_assert_eq!(begin % step.minutes(), 0);
                    prop_assert_eq!(end % step.minutes(), 0);
                    at = end;
                }
                prop_assert_eq!(at, from + long);
            }
        }
    }
}
