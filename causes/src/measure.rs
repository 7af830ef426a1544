//! What is measured, and how far it deviates.

use serde::Serialize;

use crate::config::Config;

/// What kind of figure deviates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Bad ones of all: errors, failures, requests slower than a percentile was before. A percentile
    /// is explained as the rate of what lies beyond its value before.
    Rate,
    /// The sum over how many: a mean of milliseconds.
    Mean,
    /// The sum alone: traffic, money, errors.
    Count,
}

/// Which way a deviation is to be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The figure is higher than before.
    Rise,
    /// The figure is lower than before.
    Fall,
}

/// When a row was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Before the incident: what is normal.
    Before,
    /// The incident.
    Now,
}

/// What was counted, before and now.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sums {
    pub(crate) bad_before: f64,
    pub(crate) all_before: f64,
    pub(crate) bad_now: f64,
    pub(crate) all_now: f64,
}

impl Sums {
    pub(crate) fn add(&mut self, other: &Self) {
        self.bad_before += other.bad_before;
        self.all_before += other.all_before;
        self.bad_now += other.bad_now;
        self.all_now += other.all_now;
    }

    pub(crate) fn without(&self, other: &Self) -> Self {
        Self {
            bad_before: (self.bad_before - other.bad_before).max(0.0),
            all_before: (self.all_before - other.all_before).max(0.0),
            bad_now: (self.bad_now - other.bad_now).max(0.0),
            all_now: (self.all_now - other.all_now).max(0.0),
        }
    }

    /// All the counts together: how much a value matters where not all can be kept.
    pub(crate) fn all(&self) -> f64 {
        self.all_before + self.all_now
    }

    pub(crate) fn bad(&self) -> f64 {
        self.bad_before + self.bad_now
    }
}

/// Judges sums of one table: knows the whole, the measure and the direction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) measure: Measure,
    pub(crate) direction: Direction,
    pub(crate) total: Sums,
    /// Minutes of the incident over minutes before.
    pub(crate) minutes_ratio: f64,
    pub(crate) prior: f64,
}

impl Scale {
    pub(crate) fn new(
        measure: Measure,
        direction: Direction,
        total: Sums,
        minutes_ratio: f64,
        config: &Config,
    ) -> Self {
        Self { measure, direction, total, minutes_ratio, prior: config.prior }
    }

    /// What would have been counted now if nothing had changed, in the unit of `bad`.
    pub(crate) fn expected(&self, sums: &Sums) -> f64 {
        match self.measure {
            Measure::Rate | Measure::Mean => {
                let whole = ratio(self.total.bad_before, self.total.all_before);
                let own = (sums.bad_before + self.prior * whole) / (sums.all_before + self.prior);
                sums.all_now * own
            }
            Measure::Count => sums.bad_before * self.minutes_ratio,
        }
    }

    /// How much more (or less, where that is the incident) was counted than expected; positive is
    /// the way of the incident.
    pub(crate) fn deviation(&self, sums: &Sums) -> f64 {
        let more = sums.bad_now - self.expected(sums);
        match self.direction {
            Direction::Rise => more,
            Direction::Fall => -more,
        }
    }

    /// The set's part of what could deviate, 0 to 1: of the traffic now, or of the count expected.
    pub(crate) fn share(&self, sums: &Sums) -> f64 {
        match self.measure {
            Measure::Rate | Measure::Mean => ratio(sums.all_now, self.total.all_now),
            Measure::Count => ratio(sums.bad_before, self.total.bad_before),
        }
        .clamp(0.0, 1.0)
    }

    /// The deviation in standard deviations of chance: Poisson for counts; for sums whose spread
    /// is not known, that of an exponential distribution.
    pub(crate) fn z(&self, sums: &Sums) -> f64 {
        let variance = match self.measure {
            Measure::Rate => {
                let before = sums.all_now / (sums.all_before + self.prior);
                sums.bad_now.max(self.expected(sums)) + before * before * sums.bad_before
            }
            Measure::Mean => {
                let mean = ratio(self.expected(sums), sums.all_now);
                mean * mean * sums.all_now * (1.0 + ratio(sums.all_now, sums.all_before))
            }
            Measure::Count => {
                sums.bad_now + sums.bad_before * self.minutes_ratio * self.minutes_ratio
            }
        };
        self.deviation(sums) / variance.max(1.0).sqrt()
    }

    /// The figure itself before and now: a rate, a mean, or a count a minute of the incident's length.
    pub(crate) fn figures(&self, sums: &Sums) -> (f64, f64) {
        match self.measure {
            Measure::Rate | Measure::Mean => {
                (ratio(sums.bad_before, sums.all_before), ratio(sums.bad_now, sums.all_now))
            }
            Measure::Count => (sums.bad_before * self.minutes_ratio, sums.bad_now),
        }
    }
}

/// `a / b`, and 0 where there is nothing to divide by.
pub(crate) fn ratio(a: f64, b: f64) -> f64 {
    if b > 0.0 { a / b } else { 0.0 }
}
