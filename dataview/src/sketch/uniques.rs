//! How many different ones (HyperLogLog, Flajolet et al. 2007, as Apache `DataSketches` has it).

use super::SketchError;
use datasketches::hll::{HllSketch, HllType, HllUnion};
use std::fmt;

/// 2^14 registers: a standard error of 0.8 %, so 2 % is two and a half of them. A day of a busy
/// application takes 8 KiB; a few hundred are kept as they are, four bytes each.
const REGISTERS_LOG2: u8 = 14;

/// How many different things there were, within 2 %.
#[derive(Clone)]
pub struct Uniques(Kept);

/// Most are read to be added to another one, once: they stay as they were read until something is
/// added to them.
#[derive(Clone)]
enum Kept {
    Read(HllSketch),
    Sum(HllUnion),
}

impl Default for Uniques {
    fn default() -> Self {
        Self(Kept::Sum(empty()))
    }
}

impl Uniques {
    /// Adds a thing by a hash of it; the same one as often as one likes.
    pub fn add(&mut self, hash: u64) {
        self.sum().update_value(hash);
    }

    /// Adds all things of another.
    pub fn merge(&mut self, other: &Self) {
        match &other.0 {
            Kept::Read(sketch) => self.sum().update(sketch),
            Kept::Sum(union) => self.sum().update(&union.to_sketch(HllType::Hll8)),
        }
    }

    /// How many different ones there were, about. Told by the registers alone, so the same however
    /// and in whichever order they were added and merged.
    #[must_use]
    pub fn estimate(&self) -> u64 {
        let estimate = match &self.0 {
            Kept::Read(sketch) => added(sketch).composite_estimate(),
            Kept::Sum(union) => union.composite_estimate(),
        };
        estimate.round() as u64
    }

    /// The bytes that it is stored as.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match &self.0 {
            Kept::Read(sketch) => added(sketch).to_sketch(HllType::Hll4).serialize(),
            Kept::Sum(union) => union.to_sketch(HllType::Hll4).serialize(),
        }
    }

    /// Reads [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    /// When they are something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SketchError> {
        let mut uniques = Self::read(bytes)?;
        uniques.settle();
        Ok(uniques)
    }

    /// The same, to be added to another one, which it costs half as much as to be one itself.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, SketchError> {
        let sketch =
            HllSketch::deserialize(bytes).map_err(|_| SketchError("unique ones cannot be read"))?;
        if sketch.lg_config_k() != REGISTERS_LOG2 {
            return Err(SketchError("unique ones of another size"));
        }
        Ok(Self(Kept::Read(sketch)))
    }

    /// Makes it a sum. What a damaged file has may panic in here, so who reads a file does this
    /// before it lets go of it.
    pub(crate) fn settle(&mut self) {
        self.sum();
    }

    fn sum(&mut self) -> &mut HllUnion {
        if let Kept::Read(sketch) = &self.0 {
            self.0 = Kept::Sum(added(sketch));
        }
        match &mut self.0 {
            Kept::Sum(union) => union,
            Kept::Read(_) => unreachable!("it was made a sum above"),
        }
    }
}

fn empty() -> HllUnion {
    HllUnion::new(REGISTERS_LOG2).expect("4 to 21 are allowed")
}

fn added(sketch: &HllSketch) -> HllUnion {
    let mut union = empty();
    union.update(sketch);
    union
}

impl fmt::Debug for Uniques {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "about {} different ones", self.estimate())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Hashes that differ between runs of the test in nothing.
    fn hash(seed: u64, n: u64) -> u64 {
        (seed << 40 | n).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    #[test]
    fn all_sizes_are_within_two_percent_added_up_from_minutes() {
        for (seed, size) in [10, 500, 1_000, 3_000, 10_000, 40_000, 200_000].into_iter().enumerate()
        {
            let seed = seed as u64;
            let mut sum = Uniques::default();
            // Each comes in two minutes, as sessions do.
            for minute in 0..60 {
                let mut part = Uniques::default();
                let of_minute = (0..size).filter(|n| n % 60 == minute || (n + 1) % 60 == minute);
                of_minute.for_each(|n| part.add(hash(seed, n)));
                sum.merge(&Uniques::from_bytes(&part.to_bytes()).unwrap());
            }
            let error = sum.estimate().abs_diff(size) as f64 / size as f64;
            assert!(error <= 0.02, "{sum:?} instead of {size}");
        }
    }

    #[test]
    fn few_are_counted_exactly() {
        let mut uniques = Uniques::default();
        for n in 0..200 {
            uniques.add(hash(1, n % 50));
            let again = Uniques::from_bytes(&uniques.to_bytes()).unwrap();
            assert_eq!(again.estimate(), (n + 1).min(50));
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Uniques::from_bytes(&bytes);
        }
    }
}
