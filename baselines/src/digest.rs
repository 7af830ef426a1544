//! A distribution in a few numbers, that forgets.

use crate::limits::CENTROIDS_MAX;
use serde::{Deserialize, Serialize};

/// Weight that is as good as none: what was seen once, seventeen weeks ago.
const FORGOTTEN: f32 = 0.05;

/// Values and their weights, near ones thrown together: more in the middle than at the ends (the
/// idea of the t-digest, Dunning 2019). Not DDSketch, which the roll-ups use: that takes a kilobyte
/// and does not forget.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Digest {
    /// Mean and weight, by rising mean.
    centroids: Vec<(f32, f32)>,
}

impl Digest {
    /// Adds a value, if it is finite.
    pub(crate) fn add(&mut self, value: f64) {
        let value = value.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32;
        if !value.is_finite() {
            return;
        }
        let at = self.centroids.partition_point(|(mean, _)| *mean < value);
        if let Some((mean, weight)) = self.centroids.get_mut(at)
            && *mean == value
        {
            *weight += 1.0;
            return;
        }
        if self.centroids.capacity() == self.centroids.len() {
            // Grows by few: most slots of most series stay small.
            self.centroids.reserve_exact(4);
        }
        self.centroids.insert(at, (value, 1.0));
        if self.centroids.len() > CENTROIDS_MAX {
            self.throw_two_together();
        }
    }

    /// Keeps only this share of the weight.
    pub(crate) fn decay(&mut self, kept: f32) {
        self.centroids.iter_mut().for_each(|(_, weight)| *weight *= kept);
        if self.weight() > 1.0 {
            self.centroids.retain(|(_, weight)| *weight > FORGOTTEN);
        }
    }

    /// How much there is.
    pub(crate) fn weight(&self) -> f32 {
        self.centroids.iter().map(|(_, weight)| weight).sum()
    }

    /// The value of the quantile `q` of 0 to 1; `None` when there is nothing.
    pub(crate) fn quantile(&self, q: f64) -> Option<f64> {
        let (first, last) = (self.centroids.first()?, self.centroids.last()?);
        let wanted = q * f64::from(self.weight());
        let (mut below, mut before) = (0.0, f64::from(first.0));
        let mut before_at = 0.0;
        for (mean, weight) in &self.centroids {
            let (mean, weight) = (f64::from(*mean), f64::from(*weight));
            let at = below + weight / 2.0;
            if wanted <= at {
                let part =
                    if at > before_at { (wanted - before_at) / (at - before_at) } else { 1.0 };
                return Some(before + (mean - before) * part.clamp(0.0, 1.0));
            }
            below += weight;
            (before, before_at) = (mean, at);
        }
        Some(f64::from(last.0))
    }

    /// The neighbours that matter least: light, and in the middle.
    fn throw_two_together(&mut self) {
        let total = self.weight();
        let (mut below, mut best, mut least) = (0.0, 0, f32::INFINITY);
        for (at, pair) in self.centroids.windows(2).enumerate() {
            let weight = pair[0].1 + pair[1].1;
            let q = ((below + weight / 2.0) / total).clamp(0.001, 0.999);
            let cost = weight / (q * (1.0 - q));
            if cost < least {
                (best, least) = (at, cost);
            }
            below += pair[0].1;
        }
        let (mean, weight) = self.centroids.remove(best + 1);
        let into = &mut self.centroids[best];
        let sum = into.1 + weight;
        into.0 += (mean - into.0) * (weight / sum);
        into.1 = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quantiles_are_near_the_exact_ones(mut values in prop::collection::vec(0.0..1e6_f64, 1..2000)) {
            let mut digest = Digest::default();
            values.iter().for_each(|value| digest.add(*value));
            values.sort_by(f64::total_cmp);
            for q in [0.01, 0.1, 0.5, 0.9, 0.99] {
                let told = digest.quantile(q).unwrap();
                let rank = values.partition_point(|value| *value < told) as f64 / values.len() as f64;
                prop_assert!((rank - q).abs() < 0.06 + 1.0 / values.len() as f64, "{q}: {rank}");
            }
        }

        #[test]
        fn nothing_spoils_it(values in prop::collection::vec(any::<f64>(), 0..200)) {
            let mut digest = Digest::default();
            values.iter().for_each(|value| digest.add(*value));
            digest.decay(0.5);
            let middle = digest.quantile(0.5);
            prop_assert!(middle.is_none_or(|it| !it.is_nan()));
            prop_assert!(digest.centroids.len() <= CENTROIDS_MAX);
        }
    }

    #[test]
    fn what_is_old_is_forgotten() {
        let mut digest = Digest::default();
        (0..300).for_each(|_| digest.add(100.0));
        for _week in 0..6 {
            digest.decay(0.84);
            (0..300).for_each(|n| digest.add(200.0 + f64::from(n % 7)));
        }
        assert!(digest.quantile(0.5).unwrap() > 199.0);
    }
}
