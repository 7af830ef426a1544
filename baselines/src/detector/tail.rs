//! How surprising a number is, by the tail of what came before.

use serde::{Deserialize, Serialize};

/// The distribution of a feature's distance from its mean, of which only the tail is of interest:
/// where it begins (the distance that one in a hundred passes), and how much further those go on
/// average. Further out it is taken to fall off exponentially (peaks over threshold, as in Siffer
/// et al., KDD 2017; they fit a general Pareto tail).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Tail {
    rows: u32,
    mean: f64,
    variance: f64,
    /// Where the tail begins, in standard deviations.
    begin: f64,
    /// What those in the tail went beyond its beginning, and how many they were.
    beyond: f64,
    passed: f64,
}

/// The share of rows in the tail.
const IN_TAIL: f64 = 0.01;
/// Rows until anything is surprising.
const LEARNING_ROWS: u32 = 100;
/// Rows until a distance is taken at all.
const FIRST_ROWS: u32 = 20;
/// Mean and variance are those of about so many rows: three weeks at five minutes.
const ROWS_MAX: u32 = 6_000;
/// No row moves the mean and the variance by more standard deviations than this.
const MOVE_MAX: f64 = 8.0;
/// Before anything is known, a tail goes so far, in standard deviations; that counts as one row.
const BEYOND_PRIOR: f64 = 0.3;
/// Nor is any tail shorter than this, or a constant series' rounding would be surprising.
const BEYOND_MIN: f64 = 0.02;
/// What the tail forgets with each row in it.
const FORGOTTEN: f64 = 0.001;
/// How fast its beginning moves.
const PACE: f64 = 0.3;

impl Tail {
    /// -log10 of the probability of something as far out, 0 when it is not in the tail; then learns.
    pub(super) fn observe(&mut self, feature: f64) -> f64 {
        self.rows = self.rows.saturating_add(1);
        let deviation = self.variance.sqrt().max(1e-9);
        let is_first = self.rows < FIRST_ROWS;
        let distance = if is_first { 0.0 } else { (feature - self.mean).abs() / deviation };
        let reach = ((self.beyond + BEYOND_PRIOR) / (self.passed + 1.0)).max(BEYOND_MIN);
        let past = distance - self.begin;
        let is_told = self.rows >= LEARNING_ROWS && past > 0.0;
        let surprise =
            if is_told { (past / reach) / std::f64::consts::LN_10 - IN_TAIL.log10() } else { 0.0 };
        if !is_first {
            self.learn_tail(distance, reach);
        }
        self.learn_mean(feature, if is_first { f64::INFINITY } else { MOVE_MAX * deviation });
        surprise
    }

    /// The beginning moves up with each row that passes it and down with each that does not, so that
    /// the share that passes is what it should be.
    fn learn_tail(&mut self, distance: f64, reach: f64) {
        let step = PACE * (1.0 / f64::from(self.rows).sqrt()).max(0.01);
        let up = if distance > self.begin { 1.0 - IN_TAIL } else { -IN_TAIL };
        self.begin = (self.begin + step * up).max(0.0);
        if distance > self.begin {
            let beyond = (distance - self.begin).min(3.0 * reach);
            self.beyond = (self.beyond + beyond) * (1.0 - FORGOTTEN);
            self.passed = (self.passed + 1.0) * (1.0 - FORGOTTEN);
        }
    }

    fn learn_mean(&mut self, feature: f64, move_max: f64) {
        let rows = f64::from(self.rows.min(ROWS_MAX));
        let away = (feature - self.mean).clamp(-move_max, move_max);
        self.mean += away / rows;
        self.variance += (away * away - self.variance) / rows;
    }
}
