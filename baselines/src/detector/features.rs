//! The ways in which a row is looked at.

use super::daily::Daily;
use super::smooth::Smooth;
use serde::{Deserialize, Serialize};

/// How many there are.
pub(super) const FEATURES: usize = 6;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Features {
    /// Means over about 10, 30, 100 and 300 rows.
    ten: Smooth,
    thirty: Smooth,
    hundred: Smooth,
    three_hundred: Smooth,
    daily: Daily,
    daily_smooth: Smooth,
    /// How far values are from the mean of ten, on average over about 30 rows.
    restless: Smooth,
}

/// What is smaller has no magnitude worth speaking of.
const SMALLEST: f64 = 1e-3;

impl Features {
    /// Each by itself is judged against its own history; `None` while it is not known.
    pub(super) fn observe(&mut self, at_s: i64, value: f64) -> [Option<f64>; FEATURES] {
        let ten = self.ten.observe(value, 0.1);
        let thirty = self.thirty.observe(value, 0.03);
        let hundred = self.hundred.observe(value, 0.01);
        let three_hundred = self.three_hundred.observe(value, 0.003);
        let daily = self.daily.observe(at_s, value);
        let daily = daily.map(|residual| self.daily_smooth.observe(residual, 0.1));
        let restless = self.restless.observe((value - ten).abs(), 0.03);
        [
            Some(value),
            Some(ten - hundred),
            Some(thirty - three_hundred),
            daily,
            Some(restless),
            Some((value.abs() + SMALLEST).ln()),
        ]
    }
}
