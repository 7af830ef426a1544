//! Figures over time, and by the values of a dimension.

use super::rows::{Wanted, longest, read};
use super::{ask, minutes};
use crate::model::{Dimension, Metric};
use crate::rollup::{Cell, Labels, Piece, Row, Step, pieces};
use crate::store::sqlite::catalog::Catalog;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::{DayFile, unsigned};
use crate::store::sqlite::limits::SERIES_STEPS_MAX;
use crate::store::{Breakdown, Bucket, Range, SeriesAsk, StoreError};
use rusqlite::{Connection, OptionalExtension};
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

const MINUTE_MS: u64 = 60_000;

/// Answers [`SeriesAsk`].
pub(in crate::store::sqlite) fn series(
    catalog: &Catalog,
    deadline: Instant,
    asked: &SeriesAsk,
) -> Result<Vec<Bucket>, StoreError> {
    let step = step_minutes(asked)?;
    let pieces = pieces(asked.range, longest(step));
    let mut sums: BTreeMap<i64, Row> = BTreeMap::new();
    for file in catalog.all() {
        let Some(pieces) = of_file(&file, asked.range, &pieces) else { continue };
        ask(&file, deadline, |connection| {
            let filter = &asked.filter;
            let Some(app) = app(connection, &asked.app)? else { return Ok(()) };
            let Some(label) = label(connection, app, filter.dimension, &filter.value)? else {
                return Ok(());
            };
            let wanted = Wanted {
                app,
                dimension: filter.dimension as u8,
                label: Some(label),
                pieces: &pieces,
                metrics: bits(&asked.metrics),
            };
            read(connection, &wanted, |at, _, row| {
                sums.entry(at - at.rem_euclid(step)).or_default().merge(row);
            })
        })?;
    }
    let mut buckets = Vec::new();
    for (at, row) in &sums {
        let at_ms = unsigned(*at) * MINUTE_MS;
        buckets.extend(asked.metrics.iter().filter_map(|metric| bucket(at_ms, *metric, row)));
    }
    Ok(buckets)
}

/// Answers [`Breakdown`].
pub(in crate::store::sqlite) fn breakdown(
    catalog: &Catalog,
    deadline: Instant,
    asked: &Breakdown,
) -> Result<Vec<(String, Bucket)>, StoreError> {
    let pieces = pieces(asked.range, Step::Day);
    let mut sums: HashMap<String, Row> = HashMap::new();
    for file in catalog.all() {
        let Some(pieces) = of_file(&file, asked.range, &pieces) else { continue };
        let of_file = ask(&file, deadline, |connection| {
            let mut sums: HashMap<i64, Row> = HashMap::new();
            let Some(app) = app(connection, &asked.app)? else { return Ok(Vec::new()) };
            let wanted = Wanted {
                app,
                dimension: asked.by as u8,
                label: None,
                pieces: &pieces,
                metrics: bits(&asked.metrics),
            };
            read(connection, &wanted, |_, label, row| sums.entry(label).or_default().merge(row))?;
            let named = sums.into_iter().map(|(id, row)| Ok((text(connection, id)?, row)));
            named.collect::<Result<Vec<_>, Fault>>()
        })?;
        for (text, row) in of_file.unwrap_or_default() {
            sums.entry(text).or_default().merge(row);
        }
    }
    let first = asked.metrics.first().copied();
    let size = |row: &Row| first.and_then(|metric| bucket(0, metric, row)).map_or(0, |b| b.count);
    let mut values: Vec<(u64, String, Row)> =
        sums.into_iter().map(|(text, row)| (size(&row), text, row)).collect();
    values.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    values.truncate(asked.limit);
    let mut buckets = Vec::new();
    for (_, text, row) in values {
        let of_value =
            asked.metrics.iter().filter_map(|metric| bucket(asked.range.from_ms, *metric, &row));
        buckets.extend(of_value.map(|bucket| (text.clone(), bucket)));
    }
    Ok(buckets)
}

fn step_minutes(asked: &SeriesAsk) -> Result<i64, StoreError> {
    let wrong =
        |what: &str| Err(StoreError::Wrong(format!("a step of {} ms {what}", asked.step_ms)));
    if asked.step_ms == 0 || !asked.step_ms.is_multiple_of(MINUTE_MS) {
        return wrong("is not a number of minutes");
    }
    let (from, to) = minutes(asked.range);
    let steps = unsigned(to - from) * MINUTE_MS / asked.step_ms;
    if steps > SERIES_STEPS_MAX {
        return Err(StoreError::TooMuch(format!(
            "{steps} steps; at most {SERIES_STEPS_MAX} are told, so ask for longer ones"
        )));
    }
    Ok(i64::try_from(asked.step_ms / MINUTE_MS).unwrap_or(i64::MAX))
}

/// What to read in a file; `None` when it has none of it. Where minutes are gone, an hour counts
/// when its beginning is in the range.
fn of_file(file: &DayFile, range: Range, wanted: &[Piece]) -> Option<Vec<Piece>> {
    let (from, to) = minutes(range);
    if !file.has_minutes(from, to) {
        return None;
    }
    let (first, last) = file.facts().minutes?;
    if !file.name.is_rolled_up {
        let near = wanted.iter().filter_map(|piece| cut(*piece, first, last));
        return Some(near.collect());
    }
    let hours = |minute: i64| (minute + 59) / 60 * 60;
    let range = Range {
        from_ms: unsigned(hours(from)) * MINUTE_MS,
        to_ms: unsigned(hours(to)) * MINUTE_MS,
    };
    Some(pieces(range, Step::Day).iter().filter_map(|piece| cut(*piece, first, last)).collect())
}

/// The steps of a piece that may have minutes from `first` to `last`.
fn cut(piece: Piece, first: i64, last: i64) -> Option<Piece> {
    let long = piece.step.minutes();
    let from = piece.from.max(first - first.rem_euclid(long));
    let to = piece.to.min(last - last.rem_euclid(long) + long);
    (from < to).then_some(Piece { from, to, ..piece })
}

fn bits(metrics: &[Metric]) -> u64 {
    metrics.iter().fold(0, |bits, metric| bits | 1 << (*metric as u8))
}

fn bucket(at_ms: u64, metric: Metric, row: &Row) -> Option<Bucket> {
    let (count, sketch, uniques) = match row.cell(metric)? {
        Cell::Count(count) => (unsigned(count), None, None),
        Cell::Samples(samples) => (samples.count(), Some(samples), None),
        Cell::Uniques(uniques) => (uniques.estimate(), None, Some(uniques)),
    };
    // Nothing is left of what counts no more.
    (count > 0).then_some(Bucket { at_ms, metric, count, sketch, uniques })
}

pub(super) fn app(connection: &Connection, name: &str) -> Result<Option<i64>, Fault> {
    let mut ask = connection.prepare_cached("SELECT id FROM apps WHERE name = ?")?;
    Ok(ask.query_row([name], |row| row.get(0)).optional()?)
}

fn label(
    connection: &Connection,
    app: i64,
    dimension: Dimension,
    text: &str,
) -> Result<Option<i64>, Fault> {
    if dimension == Dimension::All {
        return Ok(Some(0));
    }
    let mut ask = connection
        .prepare_cached("SELECT id FROM labels WHERE app = ? AND dimension = ? AND text = ?")?;
    let text = Labels::cut(text);
    Ok(ask.query_row((app, dimension as u8, text), |row| row.get(0)).optional()?)
}

fn text(connection: &Connection, label: i64) -> Result<String, Fault> {
    if label == 0 {
        return Ok(String::new());
    }
    let mut ask = connection.prepare_cached("SELECT text FROM labels WHERE id = ?")?;
    Ok(ask.query_row([label], |row| row.get(0))?)
}
