//! A score for each row of any series of numbers.

mod daily;
mod features;
mod smooth;
mod tail;

use crate::snapshot::{self, SnapshotError};
use features::{FEATURES, Features};
use serde::{Deserialize, Serialize};
use tail::Tail;

/// Scores rows as they come: 0 is usual, [`Detector::OUT`] and more is outside, 1 is the most.
///
/// A row is looked at in six ways (its value, its shift against the last hundred rows and against
/// the last three hundred, what differs from the hour of the day, how restless it is, and its
/// magnitude), and each says how surprising it is against its own history: -log10 of the
/// probability of so much, by the tail that was seen so far. What the six say is added up; none
/// alone is enough. A burst is told once: after a high score only a higher one is told for some
/// dozens of rows.
///
/// The interval may be any and vary; time is only asked for the hour of the day. Under 1 KB of memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detector {
    features: Features,
    tails: [Tail; FEATURES],
    /// What each feature said most of late.
    held: [f64; FEATURES],
    /// What a row has to say to be told, after a burst.
    bar: f64,
}

// These numbers, and those of features and tails, are round ones from the middle of where
// `cargo xtask bench baselines` changes little; they are the same for every series.

/// No feature says more than that it is one in ten thousand: the sum is a vote.
const SURPRISE_MAX: f64 = 4.0;
/// Of what a feature has said so much is left in the next row: those that see the same thing a
/// little later add up with it, over some fifty rows.
const HELD: f64 = 0.98;
/// The evidence of a row that is outside: as much as three features that say one in 4,000 each.
const EVIDENCE_OUT: f64 = 10.5;
/// After a burst a row has to say so much more to be told.
const BAR_RAISED: f64 = 1.2;
/// And so much of that is left in the next row: after 55 rows as much as the burst is told again.
const BAR_KEPT: f64 = 0.9967;

/// Goes up when what is kept changes.
const VERSION: u8 = 1;

impl Default for Detector {
    fn default() -> Self {
        Self {
            features: Features::default(),
            tails: Default::default(),
            held: [0.0; FEATURES],
            bar: 0.0,
        }
    }
}

impl Detector {
    /// The score from which on a row is outside. It is the one that finds most for what it costs where
    /// a tenth of all rows belong to something that happened (NAB); in noise alone one row in 500 is
    /// beyond it, and one in 10,000 beyond 0.75.
    pub const OUT: f64 = 0.5;

    /// Takes a row, at `at_s` (Unix time in s, or local time counted the same way), and gives its
    /// score, 0 to 1. What is no finite number, and the first hundred rows, score 0.
    pub fn observe(&mut self, at_s: i64, value: f64) -> f64 {
        if !value.is_finite() {
            return 0.0;
        }
        // Larger ones would overflow when squared.
        let value = value.clamp(-1e100, 1e100);
        let features = self.features.observe(at_s, value);
        let mut evidence = 0.0;
        for ((tail, held), feature) in self.tails.iter_mut().zip(&mut self.held).zip(features) {
            let said = feature.map_or(0.0, |feature| tail.observe(feature).min(SURPRISE_MAX));
            *held = (*held * HELD).max(said);
            evidence += *held;
        }
        self.bar *= BAR_KEPT;
        let is_told = evidence > self.bar;
        self.bar = self.bar.max(evidence * BAR_RAISED);
        if is_told { (evidence / EVIDENCE_OUT * Self::OUT).min(1.0) } else { 0.0 }
    }

    /// Bytes that [`restore`](Self::restore) goes on from: under 1 KB, of a version.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        snapshot::write(VERSION, self)
    }

    /// The detector that a [`snapshot`](Self::snapshot) was made of.
    ///
    /// # Errors
    /// When the bytes are something else, or of another version.
    pub fn restore(bytes: &[u8]) -> Result<Self, SnapshotError> {
        snapshot::read(VERSION, bytes)
    }
}
