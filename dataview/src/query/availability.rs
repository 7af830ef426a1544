//! Availability: which share of page views and API calls worked.

use super::figures::{Availability, Tally};
use super::steps::aligned;
use crate::model::{Dimension, Metric};
use crate::store::{Breakdown, Filter, Range, SeriesAsk, Store, StoreError};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What availability is made of.
const METRICS: [Metric; 4] =
    [Metric::PageViews, Metric::PageViewsOk, Metric::ApiCalls, Metric::ApiCallsOk];

/// Availability over a range of time.
#[derive(Debug, Serialize, ToSchema)]
pub struct AvailabilityAnswer {
    /// The first moment covered, in ms since the Unix epoch.
    pub from: u64,
    /// The first moment that is no longer covered.
    pub to: u64,
    /// The length of a step, in ms.
    pub step_ms: u64,
    /// The whole range.
    pub totals: Shares,
    /// Each step of it.
    pub series: Vec<SharesAt>,
    /// By the values of `by`, the most frequent first; empty where nothing was asked for.
    pub rows: Vec<SharesOf>,
    /// Days of the range, e.g. 2026-11-26 (UTC), of which something cannot be read and is not in here;
    /// the newest, at most 100.
    pub damaged_days: Vec<String>,
}

/// What happened and which share of it worked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shares {
    /// Page views, and changes of route.
    pub page_views: u64,
    /// Those that worked.
    pub page_views_ok: u64,
    /// API calls.
    pub api_calls: u64,
    /// Those that worked.
    pub api_calls_ok: u64,
    /// The shares that worked.
    pub availability: Availability,
}

/// One step.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharesAt {
    /// When it begins, in ms since the Unix epoch.
    pub at: u64,
    /// What happened in it.
    #[serde(flatten)]
    pub shares: Shares,
}

/// One value of a dimension.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharesOf {
    /// The value.
    pub value: String,
    /// What happened of it.
    #[serde(flatten)]
    pub shares: Shares,
}

/// What availability is asked of.
#[derive(Debug)]
pub struct Ask<'a> {
    /// The application.
    pub app: &'a str,
    /// When.
    pub range: Range,
    /// The length of a step, in ms.
    pub step_ms: u64,
    /// By what it is broken down.
    pub by: Option<Dimension>,
    /// At most so many values of that.
    pub limit: usize,
}

/// The availability of an application.
///
/// # Errors
/// When the store does not answer.
pub async fn availability(
    store: &dyn Store,
    ask: Ask<'_>,
) -> Result<AvailabilityAnswer, StoreError> {
    let Ask { app, range, step_ms, by, limit } = ask;
    let range = aligned(range, step_ms);
    let series = SeriesAsk {
        app: app.to_owned(),
        metrics: METRICS.to_vec(),
        filter: Filter { dimension: Dimension::All, value: String::new() },
        range,
        step_ms,
    };
    let mut totals = Tally::default();
    let mut steps: BTreeMap<u64, Tally> = BTreeMap::new();
    for bucket in store.series(series).await? {
        totals.add(&bucket);
        steps.entry(bucket.at_ms - bucket.at_ms % step_ms).or_default().add(&bucket);
    }
    let rows = match by {
        None => Vec::new(),
        Some(by) => {
            let metrics = METRICS.to_vec();
            let ask = Breakdown { app: app.to_owned(), metrics, by, range, limit };
            super::overview::by_value(store.breakdown(ask).await?)
        }
    };
    let nothing = Tally::default();
    let step = usize::try_from(step_ms).unwrap_or(usize::MAX);
    let at = |at| SharesAt { at, shares: shares(steps.get(&at).unwrap_or(&nothing)) };
    let of = |(value, tally): (String, Tally)| SharesOf { value, shares: shares(&tally) };
    Ok(AvailabilityAnswer {
        from: range.from_ms,
        to: range.to_ms,
        step_ms,
        totals: shares(&totals),
        series: (range.from_ms..range.to_ms).step_by(step).map(at).collect(),
        rows: rows.into_iter().map(of).collect(),
        damaged_days: store.damaged_days(range),
    })
}

fn shares(tally: &Tally) -> Shares {
    Shares {
        page_views: tally.count(Metric::PageViews),
        page_views_ok: tally.count(Metric::PageViewsOk),
        api_calls: tally.count(Metric::ApiCalls),
        api_calls_ok: tally.count(Metric::ApiCallsOk),
        availability: tally.availability(),
    }
}
