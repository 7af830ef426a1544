//! Figures: what is told of an application, a page, a minute. Totals, points of a series and rows
//! of a breakdown have the same ones.

use crate::model::Metric;
use crate::sketch::{Percentiles, Uniques};
use crate::store::Bucket;
use serde::Serialize;
use utoipa::ToSchema;

/// The figures of one application, value of a dimension or step.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Figures {
    /// Page views, and changes of route.
    pub page_views: u64,
    /// Page views that worked: loaded, and without an exception that nobody caught.
    pub page_views_ok: u64,
    /// API calls.
    pub api_calls: u64,
    /// API calls that worked: answered with a status below 400.
    pub api_calls_ok: u64,
    /// Exceptions and rejections that nobody caught, and resources that failed.
    pub errors: u64,
    /// Events of any kind.
    pub events: u64,
    /// Different sessions, within about 2 %.
    pub sessions: u64,
    /// Different users, by pseudonym, within about 2 %.
    pub users: u64,
    /// Transactions that ended, well or not.
    pub transactions: u64,
    /// Transactions that failed or were given up.
    pub transactions_failed: u64,
    /// The shares that worked.
    pub availability: Availability,
    /// Largest Contentful Paint, in ms.
    pub lcp_ms: Distribution,
    /// Interaction to Next Paint, in ms.
    pub inp_ms: Distribution,
    /// Cumulative Layout Shift, without unit.
    pub cls: Distribution,
    /// First Contentful Paint, in ms.
    pub fcp_ms: Distribution,
    /// Time to First Byte, in ms.
    pub ttfb_ms: Distribution,
    /// From the navigation's start to the end of `load`, in ms.
    pub page_load_ms: Distribution,
    /// Duration of API calls, in ms.
    pub api_duration_ms: Distribution,
    /// Duration of transactions that ended well, in ms.
    pub transaction_duration_ms: Distribution,
}

/// The shares that worked, 0 to 1; null where there was nothing that could.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Availability {
    /// Of page views.
    pub pages: Option<f64>,
    /// Of API calls.
    pub calls: Option<f64>,
    /// Of both together.
    pub all: Option<f64>,
}

/// How values are spread, each percentile within 1 %; null where there is no value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct Distribution {
    /// How many values.
    pub count: u64,
    /// Half of them are at most this.
    pub p50: Option<f64>,
    /// Three quarters are at most this: what Web Vitals are judged by.
    pub p75: Option<f64>,
    /// Nineteen of twenty are at most this.
    pub p95: Option<f64>,
}

/// Adds buckets up: of one step, of one value, or of all.
#[derive(Debug, Default)]
pub struct Tally {
    counts: [u64; SLOTS],
    samples: [Option<Percentiles>; SLOTS],
    uniques: [Option<Uniques>; SLOTS],
}

/// A place for each metric by its number, which counts from 1.
const SLOTS: usize = Metric::ALL.len() + 1;

impl Tally {
    /// Adds `bucket`.
    pub fn add(&mut self, bucket: &Bucket) {
        let slot = bucket.metric as usize;
        self.counts[slot] += bucket.count;
        if let Some(more) = &bucket.sketch {
            match &mut self.samples[slot] {
                Some(samples) => samples.merge(more),
                none => *none = Some(more.clone()),
            }
        }
        if let Some(more) = &bucket.uniques {
            match &mut self.uniques[slot] {
                Some(uniques) => uniques.merge(more),
                none => *none = Some(more.clone()),
            }
        }
    }

    /// Adds all that another one has.
    pub fn merge(&mut self, other: &Self) {
        for slot in 0..SLOTS {
            self.counts[slot] += other.counts[slot];
            match (&mut self.samples[slot], &other.samples[slot]) {
                (_, None) => {}
                (Some(samples), Some(more)) => samples.merge(more),
                (none, Some(more)) => *none = Some(more.clone()),
            }
            match (&mut self.uniques[slot], &other.uniques[slot]) {
                (_, None) => {}
                (Some(uniques), Some(more)) => uniques.merge(more),
                (none, Some(more)) => *none = Some(more.clone()),
            }
        }
    }

    /// Whether nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| *count == 0)
    }

    /// What it comes to.
    #[must_use]
    pub fn figures(&self) -> Figures {
        Figures {
            page_views: self.count(Metric::PageViews),
            page_views_ok: self.count(Metric::PageViewsOk),
            api_calls: self.count(Metric::ApiCalls),
            api_calls_ok: self.count(Metric::ApiCallsOk),
            errors: self.count(Metric::Errors),
            events: self.count(Metric::Events),
            sessions: self.different(Metric::Sessions),
            users: self.different(Metric::Users),
            transactions: self.count(Metric::Transactions),
            transactions_failed: self.count(Metric::TransactionsFailed),
            availability: self.availability(),
            lcp_ms: self.distribution(Metric::Lcp),
            inp_ms: self.distribution(Metric::Inp),
            cls: self.distribution(Metric::Cls),
            fcp_ms: self.distribution(Metric::Fcp),
            ttfb_ms: self.distribution(Metric::Ttfb),
            page_load_ms: self.distribution(Metric::PageLoad),
            api_duration_ms: self.distribution(Metric::ApiDuration),
            transaction_duration_ms: self.distribution(Metric::TransactionDuration),
        }
    }

    /// The shares that worked.
    #[must_use]
    pub fn availability(&self) -> Availability {
        let (pages, pages_ok) = (self.count(Metric::PageViews), self.count(Metric::PageViewsOk));
        let (calls, calls_ok) = (self.count(Metric::ApiCalls), self.count(Metric::ApiCallsOk));
        Availability {
            pages: share(pages_ok, pages),
            calls: share(calls_ok, calls),
            all: share(pages_ok + calls_ok, pages + calls),
        }
    }

    /// How many there were of `metric`.
    #[must_use]
    pub fn count(&self, metric: Metric) -> u64 {
        self.counts[metric as usize]
    }

    /// How many different ones there were of `metric`, within about 2 %.
    #[must_use]
    pub fn different(&self, metric: Metric) -> u64 {
        self.uniques[metric as usize].as_ref().map_or(0, Uniques::estimate)
    }

    /// The samples of `metric`.
    #[must_use]
    pub fn samples(&self, metric: Metric) -> Option<&Percentiles> {
        self.samples[metric as usize].as_ref()
    }

    fn distribution(&self, metric: Metric) -> Distribution {
        let Some(samples) = self.samples(metric) else { return Distribution::default() };
        let percentile = |share| samples.quantile(share).map(rounded);
        Distribution {
            count: self.count(metric),
            p50: percentile(0.5),
            p75: percentile(0.75),
            p95: percentile(0.95),
        }
    }
}

/// Which part `good` is of `all`.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn share(good: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| good as f64 / all as f64)
}

/// Five digits: a percentile is known within 1 %.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
