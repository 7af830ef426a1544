//! Percentiles with a bounded relative error (DDSketch, Masson et al., VLDB 2019).

use super::SketchError;
use sketches_ddsketch::{Config, DDSketch};
use std::collections::BTreeMap;
use std::fmt;

/// A little under the 1 % that is promised, for what rounding adds.
const RELATIVE_ERROR: f64 = 0.009;
/// The crate's own number, which it assumes when it reads bytes. They reach from
/// [`SMALLEST`] to [`LARGEST`], so none are ever thrown together.
const BINS_MAX: u32 = 2_048;
/// What is smaller counts as nought: a layout shift of 0.0001, or a tenth of a microsecond.
const SMALLEST: f64 = 1e-4;
/// What is larger counts as this: eleven days in ms.
const LARGEST: f64 = 1e9;
/// So many values are kept as they are. Most minutes of most pages have no more, and a sketch of
/// one value takes a kilobyte of memory.
const FEW_MAX: usize = 16;
/// What the bytes of a sketch begin with, where the bytes of a few values have their number.
const SKETCHED: u8 = 0xFF;

/// Values of which percentiles can be asked, each within 1 %.
///
/// The error is relative to the value that has the percentile's rank, floor(q × (n − 1)) from 0 in
/// their order.
#[derive(Clone)]
pub struct Percentiles(Kept);

#[derive(Clone)]
enum Kept {
    /// As they came.
    Few(Vec<f32>),
    Many(Box<DDSketch>),
}

impl Default for Percentiles {
    fn default() -> Self {
        Self(Kept::Few(Vec::new()))
    }
}

impl Percentiles {
    /// Adds a value. What is no number is not counted, and what is negative counts as nought.
    pub fn add(&mut self, value: f64) {
        if value.is_nan() {
            return;
        }
        // As precise as few values are kept, so that a value falls into the same bin however it came.
        let value = f64::from(if value < SMALLEST { 0.0 } else { value.min(LARGEST) } as f32);
        match &mut self.0 {
            Kept::Few(few) if few.len() < FEW_MAX => few.push(value as f32),
            Kept::Few(_) => self.sketched().add(value),
            Kept::Many(sketch) => sketch.add(value),
        }
    }

    /// Adds a value so many times: by sums of sums, so that millions cost some dozens of steps.
    pub fn add_many(&mut self, value: f64, count: u64) {
        let mut power = Self::default();
        power.add(value);
        let mut left = count;
        while left > 0 {
            if left % 2 == 1 {
                self.merge(&power);
            }
            left /= 2;
            if left > 0 {
                power.merge(&power.clone());
            }
        }
    }

    /// Adds all values of another.
    pub fn merge(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            (Kept::Many(sketch), Kept::Many(more)) => {
                sketch.merge(more).expect("all are made by `empty`, with one configuration");
            }
            (Kept::Few(few), Kept::Many(more)) => {
                let mut sum = more.clone();
                few.iter().for_each(|value| sum.add(f64::from(*value)));
                self.0 = Kept::Many(sum);
            }
            (_, Kept::Few(more)) => more.iter().for_each(|value| self.add(f64::from(*value))),
        }
    }

    /// Without the values of another, each of which was added here.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        if let (Kept::Few(few), Kept::Few(removed)) = (&self.0, &other.0) {
            let mut few = few.clone();
            for value in removed {
                if let Some(at) = few.iter().position(|one| one.to_bits() == value.to_bits()) {
                    few.swap_remove(at);
                }
            }
            return Self(Kept::Few(few));
        }
        let mut bins = self.bins();
        for (bin, (_, count)) in other.bins() {
            take(&mut bins, bin, count);
        }
        let mut left = empty();
        bins.values().for_each(|(value, count)| left.add_with_count(*value, *count));
        Self(Kept::Many(Box::new(left)))
    }

    /// Its bins by their numbers, each with a value of it and how many there are; nought has the
    /// lowest number.
    fn bins(&self) -> BTreeMap<i32, (f64, u64)> {
        let config = Config::new(RELATIVE_ERROR, BINS_MAX, 1.0e-9);
        let bin = |value: f64| if value < SMALLEST { i32::MIN } else { config.key(value) };
        let mut bins = BTreeMap::new();
        let mut add = |value: f64, count: u64| {
            bins.entry(bin(value)).or_insert((value, 0)).1 += count;
        };
        match &self.0 {
            Kept::Few(few) => few.iter().for_each(|value| add(f64::from(*value), 1)),
            Kept::Many(sketch) => {
                let count = sketch.count() as u64;
                let mut rank = 0;
                while rank < count {
                    let value = at_rank(sketch, rank);
                    // The last rank of the same bin, between this one and the end.
                    let (mut last, mut beyond) = (rank, count);
                    while beyond - last > 1 {
                        let middle = last + (beyond - last) / 2;
                        let is_same = bin(at_rank(sketch, middle)) == bin(value);
                        *(if is_same { &mut last } else { &mut beyond }) = middle;
                    }
                    add(value, beyond - rank);
                    rank = beyond;
                }
            }
        }
        bins
    }

    /// The value of the quantile `q` of 0 to 1; `None` when there are no values.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<f64> {
        match &self.0 {
            Kept::Few(few) => {
                let mut few = few.clone();
                few.sort_by(f32::total_cmp);
                let rank = (q.clamp(0.0, 1.0) * (few.len() as f64 - 1.0)) as usize;
                few.get(rank).map(|value| f64::from(*value))
            }
            Kept::Many(sketch) => sketch.quantile(q.clamp(0.0, 1.0)).ok().flatten(),
        }
    }

    /// How many values there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        match &self.0 {
            Kept::Few(few) => few.len() as u64,
            Kept::Many(sketch) => sketch.count() as u64,
        }
    }

    /// The bytes that it is stored as: 5 for one value, some hundreds for a page's whole day.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match &self.0 {
            Kept::Few(few) => {
                let mut bytes = Vec::with_capacity(1 + few.len() * 4);
                bytes.push(u8::try_from(few.len()).expect("at most FEW_MAX"));
                few.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
                bytes
            }
            Kept::Many(sketch) => {
                let mut bytes = vec![SKETCHED];
                bytes.extend(sketch.to_java_bytes());
                bytes
            }
        }
    }

    /// Reads [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    /// When they are something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SketchError> {
        match bytes.split_first() {
            Some((&SKETCHED, sketch)) => {
                let sketch = DDSketch::from_java_bytes(sketch)
                    .map_err(|_| SketchError("percentiles cannot be read"))?;
                let mut own = empty();
                own.merge(&sketch).map_err(|_| SketchError("percentiles of another error"))?;
                Ok(Self(Kept::Many(Box::new(own))))
            }
            Some((&few, values))
                if usize::from(few) <= FEW_MAX && values.len() == usize::from(few) * 4 =>
            {
                let (values, _) = values.as_chunks::<4>();
                let values = values.iter().map(|value| f32::from_le_bytes(*value));
                Ok(Self(Kept::Few(values.collect())))
            }
            _ => Err(SketchError("percentiles have another length")),
        }
    }

    fn sketched(&mut self) -> &mut DDSketch {
        if let Kept::Few(few) = &self.0 {
            let mut sketch = empty();
            few.iter().for_each(|value| sketch.add(f64::from(*value)));
            self.0 = Kept::Many(Box::new(sketch));
        }
        match &mut self.0 {
            Kept::Many(sketch) => sketch,
            Kept::Few(_) => unreachable!("made into a sketch above"),
        }
    }
}

/// The value at `rank`, from 0, in the order of values.
fn at_rank(sketch: &DDSketch, rank: u64) -> f64 {
    let last = sketch.count() as f64 - 1.0;
    // In the middle between two ranks, as the sketch rounds down; the last has none behind it.
    let quantile = if last > 0.0 { ((rank as f64 + 0.5) / last).min(1.0) } else { 0.0 };
    sketch.quantile(quantile).ok().flatten().unwrap_or_default()
}

/// Takes `count` values out of a bin; where it has fewer, out of those nearest to it.
fn take(bins: &mut BTreeMap<i32, (f64, u64)>, bin: i32, mut count: u64) {
    while count > 0 {
        let below = bins.range(..=bin).next_back().map(|(near, _)| *near);
        let above = bins.range(bin..).next().map(|(near, _)| *near);
        let far = |near: i32| near.abs_diff(bin);
        let Some(near) = below.into_iter().chain(above).min_by_key(|near| far(*near)) else {
            return;
        };
        if let Some((_, left)) = bins.get_mut(&near) {
            let taken = count.min(*left);
            *left -= taken;
            count -= taken;
            if *left == 0 {
                bins.remove(&near);
            }
        }
    }
}

fn empty() -> DDSketch {
    DDSketch::new(Config::new(RELATIVE_ERROR, BINS_MAX, 1.0e-9))
}

impl fmt::Debug for Percentiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Percentiles of {}", self.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const QUANTILES: [f64; 8] = [0.0, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0];

    /// Whether every quantile is within 1 % of the value that has its rank.
    fn check(sketch: &Percentiles, values: &[f64]) {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        assert_eq!(sketch.count(), values.len() as u64);
        for q in QUANTILES {
            let exact = sorted[(q * (sorted.len() as f64 - 1.0)) as usize];
            let told = sketch.quantile(q).unwrap();
            assert!(
                (told - exact).abs() <= exact * 0.01 + SMALLEST,
                "quantile {q} of {} values: {told} instead of {exact}",
                values.len()
            );
        }
    }

    fn of(values: &[f64]) -> Percentiles {
        let mut sketch = Percentiles::default();
        values.iter().for_each(|value| sketch.add(*value));
        sketch
    }

    proptest! {
        #[test]
        fn every_percentile_is_within_one_percent_however_they_are_added_up(
            parts in prop::collection::vec(
                // From a shift of 0.001 to a day in ms, as many of each magnitude.
                prop::collection::vec((-3.0..8.0_f64).prop_map(|power| 10_f64.powf(power)), 0..60),
                1..12,
            )
        ) {
            let mut sum = Percentiles::default();
            for part in &parts {
                let bytes = of(part).to_bytes();
                sum.merge(&Percentiles::from_bytes(&bytes).unwrap());
            }
            let all = parts.concat();
            if all.is_empty() {
                prop_assert_eq!(sum.quantile(0.5), None);
            } else {
                check(&sum, &all);
                check(&of(&all), &all);
            }
        }

        #[test]
        fn what_is_taken_away_again_was_never_there(
            kept in prop::collection::vec((-3.0..8.0_f64).prop_map(|power| 10_f64.powf(power)), 0..80),
            gone in prop::collection::vec((-3.0..8.0_f64).prop_map(|power| 10_f64.powf(power)), 0..40),
        ) {
            let left = of(&[&kept[..], &gone[..]].concat()).without(&of(&gone));
            if kept.is_empty() {
                prop_assert_eq!(left.count(), 0);
            } else {
                check(&left, &kept);
            }
        }

        #[test]
        fn hostile_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Percentiles::from_bytes(&bytes);
        }
    }

    #[test]
    fn odd_values_spoil_nothing() {
        let mut sketch = of(&[100.0; 100]);
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -5.0, 0.0, 1e300, 1e-300] {
            sketch.add(odd);
        }
        assert_eq!(sketch.count(), 106);
        assert!((sketch.quantile(0.5).unwrap() - 100.0).abs() <= 1.0);
    }

    #[test]
    fn a_value_is_added_many_times() {
        for count in [0, 1, 2, 16, 17, 1000, 12_345] {
            let mut sketch = of(&[5.0; 3]);
            sketch.add_many(700.0, count);
            assert_eq!(sketch.count(), count + 3);
            let expected = if count > 3 { 700.0 } else { 5.0 };
            let median = sketch.quantile(0.5).unwrap();
            assert!((median - expected).abs() <= expected * 0.01, "{count}: {median}");
        }
    }

    #[test]
    fn one_value_takes_five_bytes() {
        assert_eq!(of(&[1234.0]).to_bytes().len(), 5);
    }
}
