//! How far something has gone so far, and what is beyond it.

use crate::digest::Digest;
use serde::{Deserialize, Serialize};

/// The historical range of sizes: of deviations, changes, surprises.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Range {
    sizes: Digest,
}

/// Beyond the largest of what is usual by so much is new.
const BEYOND: f64 = 1.25;
/// The share of figures that the range has to hold: about two minutes of a day are beyond it.
const HELD: f64 = 0.999;
/// One figure widens the range by so much at most.
const WIDENED: f64 = 1.05;

impl Range {
    /// What is larger is outside: at least `floor`, and never more than `ceiling`, so that a series
    /// that was wild once still is watched.
    pub(crate) fn bound(&self, (floor, ceiling): (f64, f64)) -> f64 {
        (self.sizes.quantile(HELD).unwrap_or(0.0) * BEYOND).clamp(floor, ceiling)
    }

    /// Learns a size, but for how far it is beyond: the first minutes of an incident, while nobody
    /// knows yet that it is one, widen the range by little, and what comes often by much.
    pub(crate) fn learn(&mut self, size: f64, (floor, ceiling): (f64, f64)) {
        self.sizes.add(size.min(self.bound((floor, ceiling)) / BEYOND * WIDENED));
    }

    pub(crate) fn decay(&mut self, kept: f32) {
        self.sizes.decay(kept);
    }
}
