//! Rates, judged by binomial bounds.

use crate::slots::Learns;
use serde::{Deserialize, Serialize};
use statrs::function::beta::checked_beta_reg;

/// So many went wrong of so many, forgetting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Share {
    pub(crate) bad: f32,
    pub(crate) all: f32,
}

impl Learns for Share {
    type Item = (f64, f64);
    fn learn(&mut self, (bad, all): (f64, f64)) {
        self.bad += bad as f32;
        self.all += all as f32;
    }
    fn decay(&mut self, kept: f32) {
        self.bad *= kept;
        self.all *= kept;
    }
}

/// A rate has to be worse than this share of itself and this much beside, or nobody cares.
const WORSE_BY: f64 = 0.25;
const WORSE_AT_LEAST: f64 = 0.002;

/// The rate that is still fine: what is expected, what is not known about it (two standard errors
/// of it), and what nobody would care about.
pub(crate) fn tolerated(expected: f64, known_all: f64) -> f64 {
    let error = (expected.max(1.0 / known_all.max(1.0)) / known_all.max(1.0)).sqrt();
    (expected * (1.0 + WORSE_BY) + WORSE_AT_LEAST + 2.0 * error).clamp(0.0, 1.0)
}

/// How surprising `bad` or more of `all` are if each goes wrong by `rate`: -log10 of the
/// probability, 0 to 300. Clumping by `dispersion` (1 is independent) makes `all` count for less.
pub(crate) fn surprise(bad: f64, all: f64, rate: f64, dispersion: f64) -> f64 {
    let dispersion = dispersion.max(1.0);
    let (bad, all) = (bad / dispersion, all / dispersion);
    if bad <= 0.0 || all <= 0.0 || rate >= 1.0 {
        return 0.0;
    }
    // P(X >= bad) of a binomial is the incomplete beta function; it takes fractions, too.
    let tail = checked_beta_reg(bad, (all - bad).max(0.0) + 1.0, rate.max(1e-12)).unwrap_or(1.0);
    (-tail.max(1e-300).log10()).max(0.0)
}

/// The largest rate of `all` that is less surprising than `limit`.
pub(crate) fn highest(all: f64, rate: f64, dispersion: f64, limit: f64) -> f64 {
    let (mut low, mut high) = (rate.min(1.0), 1.0);
    if surprise(all, all, rate, dispersion) < limit {
        return 1.0;
    }
    // Twenty halvings: to a millionth.
    for _ in 0..20 {
        let middle = (low + high) / 2.0;
        if surprise(middle * all, all, rate, dispersion) < limit {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_the_binomial_ones() {
        // P(X >= 5), n = 20, p = 0.1: 0.0432 (tables of the binomial distribution).
        assert!((10_f64.powf(-surprise(5.0, 20.0, 0.1, 1.0)) - 0.0432).abs() < 1e-4);
        // P(X >= 1), n = 100, p = 0.01: 1 - 0.99^100 = 0.6340.
        assert!((10_f64.powf(-surprise(1.0, 100.0, 0.01, 1.0)) - 0.6340).abs() < 1e-4);
    }

    #[test]
    fn one_of_three_says_nothing_and_a_third_of_thousands_all() {
        assert!(surprise(1.0, 3.0, 0.02, 1.0) < 2.0);
        assert!(surprise(1000.0, 3000.0, 0.02, 1.0) > 100.0);
    }

    #[test]
    fn the_band_ends_where_the_surprise_does() {
        let high = highest(500.0, 0.02, 1.0, 4.0);
        assert!(surprise(high * 500.0 + 1.0, 500.0, 0.02, 1.0) > 4.0);
        assert!(surprise(high * 500.0 - 1.0, 500.0, 0.02, 1.0) < 4.0);
        assert!(high > 0.03 && high < 0.06, "{high}");
    }

    #[test]
    fn what_goes_wrong_in_clumps_surprises_less() {
        let (alone, clumped) = (surprise(30.0, 500.0, 0.02, 1.0), surprise(30.0, 500.0, 0.02, 4.0));
        assert!(clumped < alone / 2.0);
    }
}
