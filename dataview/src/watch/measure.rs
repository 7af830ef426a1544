//! What a rule can be about: counts, shares and percentiles of what the roll-ups have.

use crate::model::{Dimension, Metric};
use crate::query::figures::Tally;

/// One figure of a window of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// How many there were.
    Count(Metric),
    /// How many different ones there were.
    Different(Metric),
    /// Which part was good, 0 to 1.
    Share(Share),
    /// The value that this part of the samples is at most.
    Percentile(Metric, f64),
}

/// Good ones of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Page views and API calls that worked.
    All,
    /// Page views that worked.
    Pages,
    /// API calls that worked.
    Calls,
    /// Transactions that did not fail.
    Transactions,
}

const COUNTS: [Metric; 6] = [
    Metric::PageViews,
    Metric::ApiCalls,
    Metric::Errors,
    Metric::Events,
    Metric::Transactions,
    Metric::TransactionsFailed,
];
const DIFFERENT: [Metric; 2] = [Metric::Sessions, Metric::Users];
const SAMPLES: [Metric; 8] = [
    Metric::Lcp,
    Metric::Inp,
    Metric::Cls,
    Metric::Fcp,
    Metric::Ttfb,
    Metric::PageLoad,
    Metric::ApiDuration,
    Metric::TransactionDuration,
];
const SHARES: [Share; 4] = [Share::All, Share::Pages, Share::Calls, Share::Transactions];
const PERCENTILES: [(&str, f64); 4] = [("p50", 0.5), ("p75", 0.75), ("p95", 0.95), ("p99", 0.99)];

impl Share {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "availability",
            Self::Pages => "availability.pages",
            Self::Calls => "availability.calls",
            Self::Transactions => "availability.transactions",
        }
    }

    /// How many were good, and how many there were.
    #[must_use]
    pub fn parts(self, tally: &Tally) -> (u64, u64) {
        let pair = |good, all| (tally.count(good), tally.count(all));
        let (pages, pages_ok) = (Metric::PageViews, Metric::PageViewsOk);
        let (calls, calls_ok) = (Metric::ApiCalls, Metric::ApiCallsOk);
        let (good, all) = match self {
            Self::Pages => pair(pages_ok, pages),
            Self::Calls => pair(calls_ok, calls),
            Self::All => {
                let ((a, b), (c, d)) = (pair(pages_ok, pages), pair(calls_ok, calls));
                (a + c, b + d)
            }
            Self::Transactions => {
                let all = tally.count(Metric::Transactions);
                (all.saturating_sub(tally.count(Metric::TransactionsFailed)), all)
            }
        };
        (good.min(all), all)
    }

    fn metrics(self) -> &'static [Metric] {
        match self {
            Self::Pages => &[Metric::PageViews, Metric::PageViewsOk],
            Self::Calls => &[Metric::ApiCalls, Metric::ApiCallsOk],
            Self::All => {
                &[Metric::PageViews, Metric::PageViewsOk, Metric::ApiCalls, Metric::ApiCallsOk]
            }
            Self::Transactions => &[Metric::Transactions, Metric::TransactionsFailed],
        }
    }
}

impl Measure {
    /// The measure called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        if let Some(share) = SHARES.into_iter().find(|share| share.name() == name) {
            return Some(Self::Share(share));
        }
        if let Some((metric, percentile)) = name.rsplit_once('.') {
            let metric = samples_named(metric)?;
            let (_, q) = PERCENTILES.into_iter().find(|(name, _)| *name == percentile)?;
            return Some(Self::Percentile(metric, q));
        }
        let metric = Metric::named(name)?;
        match metric {
            _ if COUNTS.contains(&metric) => Some(Self::Count(metric)),
            _ if DIFFERENT.contains(&metric) => Some(Self::Different(metric)),
            _ => None,
        }
    }

    /// All names, for who has written a wrong one.
    #[must_use]
    pub fn names() -> String {
        let shares = SHARES.map(Share::name);
        let counts = COUNTS.iter().chain(&DIFFERENT).map(|metric| metric.name());
        let samples = SAMPLES.map(Metric::name).join(", ");
        let plain: Vec<_> = shares.into_iter().chain(counts).collect();
        format!("{}; or .p50, .p75, .p95 or .p99 of {samples}", plain.join(", "))
    }

    /// What must be asked for, what there is most of first.
    #[must_use]
    pub fn metrics(self, dimension: Dimension) -> Vec<Metric> {
        match self {
            Self::Count(metric) | Self::Different(metric) | Self::Percentile(metric, _) => {
                vec![metric]
            }
            // An API has no page views to be sorted by.
            Self::Share(Share::All) if dimension == Dimension::Api => {
                Share::Calls.metrics().to_vec()
            }
            Self::Share(share) => share.metrics().to_vec(),
        }
    }

    /// What it is, where there is anything.
    #[must_use]
    pub fn value(self, tally: &Tally) -> Option<f64> {
        match self {
            Self::Count(metric) => Some(float(tally.count(metric))),
            Self::Different(metric) => Some(float(tally.different(metric))),
            Self::Share(share) => {
                let (good, all) = share.parts(tally);
                (all > 0).then(|| float(good) / float(all))
            }
            Self::Percentile(metric, q) => tally.samples(metric)?.quantile(q),
        }
    }

    /// Of how many it is told. Of what is counted there is always enough: none is a figure, too.
    #[must_use]
    pub fn volume(self, tally: &Tally) -> u64 {
        match self {
            Self::Count(_) | Self::Different(_) => u64::MAX,
            Self::Share(share) => share.parts(tally).1,
            Self::Percentile(metric, _) => tally.count(metric),
        }
    }

    /// Whether it can be said that there was none of it.
    #[must_use]
    pub fn is_count(self) -> bool {
        matches!(self, Self::Count(_) | Self::Different(_))
    }
}

/// The metric of samples called `name`.
#[must_use]
pub fn samples_named(name: &str) -> Option<Metric> {
    Metric::named(name).filter(|metric| SAMPLES.contains(metric))
}

/// The share called `name`.
#[must_use]
pub fn share_named(name: &str) -> Option<Share> {
    SHARES.into_iter().find(|share| share.name() == name)
}

/// How many samples of `metric` are at most `limit`, within 1 % of the value, and how many there are.
#[must_use]
pub fn at_most(tally: &Tally, metric: Metric, limit: f64) -> (u64, u64) {
    /// Halvings: the rank of one in a million.
    const HALVINGS: u32 = 20;
    let Some(samples) = tally.samples(metric) else { return (0, 0) };
    let all = samples.count();
    let is_below = |q: f64| samples.quantile(q).is_some_and(|value| value <= limit);
    if all == 0 || !is_below(0.0) {
        return (0, all);
    }
    if is_below(1.0) {
        return (all, all);
    }
    let (mut below, mut above) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(below, above);
        if is_below(middle) { below = middle } else { above = middle }
    }
    // The sample of rank q (n - 1) is the last one below, so there are that many and one.
    let good = (above * (float(all) - 1.0)).ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and a count"
    )]
    let good = good.max(0.0) as u64;
    (good.min(all), all)
}

/// A count as a figure.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::Percentiles;
    use crate::store::Bucket;

    fn tally(metric: Metric, values: impl IntoIterator<Item = f64>) -> Tally {
        let mut sketch = Percentiles::default();
        values.into_iter().for_each(|value| sketch.add(value));
        let mut tally = Tally::default();
        let count = sketch.count();
        tally.add(&Bucket { at_ms: 0, metric, count, sketch: Some(sketch), uniques: None });
        tally
    }

    #[test]
    fn every_name_is_known_again() {
        for name in ["availability", "availability.calls", "errors", "users", "lcp_ms.p75"] {
            assert!(Measure::named(name).is_some(), "{name}");
            let first = name.split('.').next().unwrap();
            assert!(Measure::names().contains(first), "{name}");
        }
        for name in ["", "lcp_ms", "lcp_ms.p80", "page_views_ok", "errors.p75", "availability.x"] {
            assert!(Measure::named(name).is_none(), "{name}");
        }
    }

    #[test]
    fn samples_below_a_limit_are_counted() {
        for all in [1_u64, 10, 100, 5_000] {
            let tally = tally(Metric::Lcp, (1..=all).map(float));
            for limit in [0, all / 4, all / 2, all] {
                let (good, counted) = at_most(&tally, Metric::Lcp, float(limit) + 0.5);
                assert_eq!(counted, all);
                assert!(good.abs_diff(limit) <= 1 + all / 50, "{good} of {all}, {limit}");
            }
        }
        assert_eq!(at_most(&Tally::default(), Metric::Lcp, 1.0), (0, 0));
    }
}
