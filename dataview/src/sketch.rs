//! What roll-ups keep beside counts: sketches that can be added up over minutes, hours and days.

use datasketches::hll::HllSketch;
use sketches_ddsketch::DDSketch;
use std::fmt;

/// Values of which percentiles can be asked, each within 1 % (DDSketch, Masson et al. 2019).
#[derive(Clone)]
pub struct Percentiles(pub(crate) DDSketch);

/// How many different things there were, within about 1 % (HyperLogLog).
#[derive(Clone)]
pub struct Uniques(pub(crate) HllSketch);

impl fmt::Debug for Percentiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Percentiles of {}", self.0.count())
    }
}

impl fmt::Debug for Uniques {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "about {:.0} different ones", self.0.estimate())
    }
}
