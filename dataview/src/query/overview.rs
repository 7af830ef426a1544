//! Figures over a range of time: totals, series and breakdowns.

use super::figures::{Figures, Tally};
use super::steps::aligned;
use crate::model::{Dimension, Metric};
use crate::store::{Breakdown, Bucket, Filter, Range, SeriesAsk, Store, StoreError};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// Totals and their course.
#[derive(Debug, Serialize, ToSchema)]
pub struct Overview {
    /// The first moment covered, in ms since the Unix epoch: where the step of `from` begins.
    pub from: u64,
    /// The first moment that is no longer covered.
    pub to: u64,
    /// The length of a step, in ms.
    pub step_ms: u64,
    /// The whole range.
    pub totals: Figures,
    /// Each step of it.
    pub series: Vec<Point>,
    /// Days of the range, e.g. 2026-11-26 (UTC), of which something cannot be read and is not in here;
    /// the newest, at most 100.
    pub damaged_days: Vec<String>,
}

/// One step of a series.
#[derive(Debug, Serialize, ToSchema)]
pub struct Point {
    /// When it begins, in ms since the Unix epoch.
    pub at: u64,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Figures by the values of a dimension.
#[derive(Debug, Serialize, ToSchema)]
pub struct BreakdownAnswer {
    /// The first moment covered, in ms since the Unix epoch.
    pub from: u64,
    /// The first moment that is no longer covered.
    pub to: u64,
    /// The dimension.
    pub by: String,
    /// Its values, the most frequent first.
    pub rows: Vec<Row>,
    /// Days of the range, e.g. 2026-11-26 (UTC), of which something cannot be read and is not in here;
    /// the newest, at most 100.
    pub damaged_days: Vec<String>,
}

/// One value of a dimension.
#[derive(Debug, Serialize, ToSchema)]
pub struct Row {
    /// The value.
    pub value: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Totals and series of `app` for `filter`.
///
/// # Errors
/// When the store does not answer.
pub async fn overview(
    store: &dyn Store,
    app: &str,
    filter: Filter,
    range: Range,
    step_ms: u64,
) -> Result<Overview, StoreError> {
    let range = aligned(range, step_ms);
    let ask =
        SeriesAsk { app: app.to_owned(), metrics: Metric::ALL.to_vec(), filter, range, step_ms };
    let mut totals = Tally::default();
    let mut steps: HashMap<u64, Tally> = HashMap::new();
    for bucket in store.series(ask).await? {
        totals.add(&bucket);
        steps.entry(bucket.at_ms - bucket.at_ms % step_ms).or_default().add(&bucket);
    }
    let nothing = Tally::default();
    let point = |at| Point { at, figures: steps.get(&at).unwrap_or(&nothing).figures() };
    let step = usize::try_from(step_ms).unwrap_or(usize::MAX);
    Ok(Overview {
        from: range.from_ms,
        to: range.to_ms,
        step_ms,
        totals: totals.figures(),
        series: (range.from_ms..range.to_ms).step_by(step).map(point).collect(),
        damaged_days: store.damaged_days(range),
    })
}

/// Figures of `app` by the values of `by`, at most `limit` of them.
///
/// # Errors
/// When the store does not answer.
pub async fn breakdown(
    store: &dyn Store,
    app: &str,
    by: Dimension,
    range: Range,
    limit: usize,
) -> Result<BreakdownAnswer, StoreError> {
    let range = aligned(range, 60_000);
    let metrics = Metric::ALL.to_vec();
    let ask = Breakdown { app: app.to_owned(), metrics, by, range, limit };
    let rows = by_value(store.breakdown(ask).await?);
    let row = |(value, tally): (String, Tally)| Row { value, figures: tally.figures() };
    Ok(BreakdownAnswer {
        from: range.from_ms,
        to: range.to_ms,
        by: by.name().to_owned(),
        rows: rows.into_iter().map(row).collect(),
        damaged_days: store.damaged_days(range),
    })
}

/// What was rolled up of each value, in the order in which they come.
pub(crate) fn by_value(buckets: Vec<(String, Bucket)>) -> Vec<(String, Tally)> {
    let mut rows: Vec<(String, Tally)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (value, bucket) in buckets {
        let place = *places.entry(value.clone()).or_insert_with(|| {
            rows.push((value, Tally::default()));
            rows.len() - 1
        });
        rows[place].1.add(&bucket);
    }
    rows
}
