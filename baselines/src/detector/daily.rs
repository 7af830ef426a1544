//! What differs from the hour of the day.

use super::smooth::Smooth;
use serde::{Deserialize, Serialize};

/// The mean of each hour of the day, with rows of a week or so at one in five minutes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Daily {
    hours: [Smooth; 24],
    first_s: Option<i64>,
}

/// A hundredth of each row goes into its hour's mean.
const NEWEST: f64 = 0.01;
/// So much time, in s, before anything is expected of an hour: a day and a half, so that each hour
/// was seen whole.
const LEARNING_S: i64 = 36 * 60 * 60;

impl Daily {
    /// The value less what the hour had so far; `None` while that is not known.
    pub(super) fn observe(&mut self, at_s: i64, value: f64) -> Option<f64> {
        let first = *self.first_s.get_or_insert(at_s);
        let second = at_s.rem_euclid(86_400);
        let hour = usize::try_from(second / 3_600).unwrap_or(0);
        let passed = (second % 3_600) as f64 / 3_600.0;
        let expected = (at_s.saturating_sub(first) > LEARNING_S && !self.hours[hour].is_empty())
            .then(|| self.expected(hour, passed));
        self.hours[hour].observe(value, NEWEST);
        expected.map(|expected| value - expected)
    }

    /// Between the middles of two hours: what lies between their means.
    fn expected(&self, hour: usize, passed: f64) -> f64 {
        let next = if passed < 0.5 { hour + 23 } else { hour + 1 };
        let (here, beside) = (self.hours[hour], self.hours[next % 24]);
        if beside.is_empty() {
            return here.mean;
        }
        here.mean + (beside.mean - here.mean) * (passed - 0.5).abs()
    }
}
