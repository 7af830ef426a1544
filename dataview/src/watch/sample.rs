//! Asks the store for what a rule's windows had.

use super::judge::Reading;
use super::limits::{CATCH_UP_MINUTES_MAX, FREQUENT_MINUTES, VALUES_MAX};
use super::measure::{Measure, samples_named, share_named};
use super::rule::{Rule, Scope, When};
use crate::model::{Dimension, Metric};
use crate::query::figures::Tally;
use crate::query::overview::by_value;
use crate::store::{Breakdown, Filter, Range, SeriesAsk, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;

/// The readings of each value that is watched, in the order of the rule's windows. Without a
/// dimension the value is empty.
pub type Readings = BTreeMap<String, Vec<Reading>>;

/// What `rule` reads at the end of the minute `end_ms`; `known` are values that it remembers, which
/// are read even if they are no longer among the most frequent.
///
/// # Errors
/// When the store does not answer.
pub async fn readings(
    store: &dyn Store,
    rule: &Rule,
    known: &BTreeSet<String>,
    end_ms: u64,
) -> Result<Readings, StoreError> {
    let windows = rule.when.windows();
    let mut readings = Readings::new();
    let dimension = rule.of.dimension();
    let values = match dimension {
        Dimension::All => Some(vec![String::new()]),
        _ if !rule.of.values.is_empty() => Some(rule.of.values.clone()),
        _ => None,
    };
    if let Some(values) = values {
        for value in values {
            let mut of_value = Vec::with_capacity(windows.len());
            for window in &windows {
                let tally = window_of_value(store, rule, &value, range(end_ms, *window)).await?;
                of_value.push(rule.when.reading(&tally));
            }
            readings.insert(value, of_value);
        }
        return Ok(readings);
    }
    let mut found: Vec<Vec<(String, Tally)>> = Vec::with_capacity(windows.len());
    for window in &windows {
        let ask = Breakdown {
            app: rule.app.clone(),
            metrics: metrics(&rule.when, dimension),
            by: dimension,
            range: range(end_ms, *window),
            // Known ones may be further down.
            limit: rule.of.top + VALUES_MAX,
        };
        found.push(by_value(store.breakdown(ask).await?));
    }
    let frequent = found.first().into_iter().flatten().take(rule.of.top);
    let frequent = frequent.map(|(value, _)| value.clone());
    let values: BTreeSet<String> = frequent.chain(known.iter().cloned()).collect();
    for value in values {
        let of_window = |rows: &Vec<(String, Tally)>| {
            let row = rows.iter().find(|(other, _)| *other == value);
            row.map_or_else(Reading::default, |(_, tally)| rule.when.reading(tally))
        };
        let of_value = found.iter().map(of_window).collect();
        readings.insert(value, of_value);
    }
    Ok(readings)
}

/// The values that `rule` watches: those that it names, or the most frequent ones of the last hour and
/// `known`.
///
/// # Errors
/// When the store does not answer.
pub async fn watched(
    store: &dyn Store,
    rule: &Rule,
    known: &BTreeSet<String>,
    end_ms: u64,
) -> Result<BTreeSet<String>, StoreError> {
    let dimension = rule.of.dimension();
    if dimension == Dimension::All {
        return Ok([String::new()].into());
    }
    if !rule.of.values.is_empty() {
        return Ok(rule.of.values.iter().cloned().collect());
    }
    let ask = Breakdown {
        app: rule.app.clone(),
        metrics: metrics(&rule.when, dimension),
        by: dimension,
        range: range(end_ms, FREQUENT_MINUTES),
        limit: rule.of.top,
    };
    let frequent = by_value(store.breakdown(ask).await?);
    Ok(frequent.into_iter().map(|(value, _)| value).chain(known.iter().cloned()).collect())
}

/// What each minute of `range` had.
///
/// # Errors
/// When the store does not answer.
pub async fn minutes(
    store: &dyn Store,
    rule: &Rule,
    value: &str,
    range: Range,
) -> Result<Vec<Tally>, StoreError> {
    let mut minutes: Vec<Tally> = Vec::new();
    let count = usize::try_from((range.to_ms - range.from_ms) / MINUTE_MS).unwrap_or_default();
    minutes.resize_with(count, Tally::default);
    for bucket in store.series(series(rule, value, range, MINUTE_MS)).await? {
        let at = bucket.at_ms.saturating_sub(range.from_ms) / MINUTE_MS;
        let minute = usize::try_from(at).ok().and_then(|at| minutes.get_mut(at));
        if let Some(minute) = minute {
            minute.add(&bucket);
        }
    }
    Ok(minutes)
}

/// Everything of the whole application in a range, whatever dimension `rule` watches.
///
/// # Errors
/// When the store does not answer.
pub async fn window(store: &dyn Store, rule: &Rule, range: Range) -> Result<Tally, StoreError> {
    let whole = Rule { of: Scope::default(), ..rule.clone() };
    window_of_value(store, &whole, "", range).await
}

/// Everything of one value in a range.
async fn window_of_value(
    store: &dyn Store,
    rule: &Rule,
    value: &str,
    range: Range,
) -> Result<Tally, StoreError> {
    let long = range.to_ms - range.from_ms;
    // Long steps are read from roll-ups of hours and days, with minutes at the edges.
    let step_ms = match long {
        DAY_MS.. => DAY_MS,
        HOUR_MS.. => HOUR_MS,
        _ => MINUTE_MS,
    };
    let mut tally = Tally::default();
    for bucket in store.series(series(rule, value, range, step_ms)).await? {
        tally.add(&bucket);
    }
    Ok(tally)
}

/// The question for one value of `rule`.
#[must_use]
pub fn series(rule: &Rule, value: &str, range: Range, step_ms: u64) -> SeriesAsk {
    let dimension = rule.of.dimension();
    SeriesAsk {
        app: rule.app.clone(),
        metrics: metrics(&rule.when, dimension),
        filter: Filter { dimension, value: value.to_owned() },
        range,
        step_ms,
    }
}

/// The metrics that it depends on, what there is most of first.
#[must_use]
pub fn metrics(when: &When, dimension: Dimension) -> Vec<Metric> {
    let name = when.measure();
    if let When::Objective { .. } = when {
        if let Some(share) = share_named(name) {
            return Measure::Share(share).metrics(dimension);
        }
        return samples_named(name).into_iter().collect();
    }
    Measure::named(name).map(|measure| measure.metrics(dimension)).unwrap_or_default()
}

/// The last `minutes` before `end_ms`.
#[must_use]
pub fn range(end_ms: u64, minutes: u32) -> Range {
    Range { from_ms: end_ms.saturating_sub(u64::from(minutes) * MINUTE_MS), to_ms: end_ms }
}

/// The minutes that are judged from behind `until_ms` to `end_ms`, and how many are too long ago.
#[must_use]
pub fn due(until_ms: u64, end_ms: u64) -> (Vec<u64>, u64) {
    let behind = end_ms.saturating_sub(until_ms) / MINUTE_MS;
    let skipped = behind.saturating_sub(CATCH_UP_MINUTES_MAX);
    let first = until_ms + (skipped + 1) * MINUTE_MS;
    let minutes = (0..behind - skipped).map(|at| first + at * MINUTE_MS).collect();
    (minutes, skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missed_minutes_are_due_as_far_as_they_still_matter() {
        assert_eq!(due(600_000, 600_000), (vec![], 0));
        assert_eq!(due(600_000, 720_000), (vec![660_000, 720_000], 0));
        assert_eq!(due(660_000, 600_000), (vec![], 0), "the clock went back");
        let end = 600_000 + (CATCH_UP_MINUTES_MAX + 7) * MINUTE_MS;
        let (minutes, skipped) = due(600_000, end);
        assert_eq!((minutes.len() as u64, skipped), (CATCH_UP_MINUTES_MAX, 7));
        assert_eq!(minutes.last(), Some(&end));
    }
}
