//! Measures become rows of minutes.

use super::limits::{EARLIER_MINUTES_MAX, LATER_MINUTES_MAX};
use super::{LabelId, Row};
use crate::model::{Dimension, Metric, Value};
use std::collections::BTreeMap;

/// What a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The application's number.
    pub app: i64,
    /// The dimension.
    pub dimension: Dimension,
    /// The minute since the Unix epoch.
    pub minute: i64,
    /// The value's number; 0 for [`Dimension::All`].
    pub label: LabelId,
}

/// Rows of minutes, in the order of their keys: the order in which a store wants them.
#[derive(Debug, Default)]
pub struct Table {
    /// The rows.
    pub rows: BTreeMap<Key, Row>,
}

impl Table {
    /// Adds a measure to `All` and to each of its values.
    pub fn add(
        &mut self,
        app: i64,
        minute: i64,
        labels: &[(Dimension, LabelId)],
        metric: Metric,
        value: Value,
    ) {
        for &(dimension, label) in [(Dimension::All, 0)].iter().chain(labels) {
            let key = Key { app, dimension, minute, label };
            self.rows.entry(key).or_default().add(metric, value);
        }
    }

    /// Takes away what was added in the same place.
    pub fn remove(
        &mut self,
        app: i64,
        minute: i64,
        labels: &[(Dimension, LabelId)],
        metric: Metric,
        value: Value,
    ) {
        for &(dimension, label) in [(Dimension::All, 0)].iter().chain(labels) {
            let key = Key { app, dimension, minute, label };
            self.rows.entry(key).or_default().remove(metric, value);
        }
    }
}

/// The minute that a measure of `at_ms` counts in, when it was received at `received_at_ms`.
#[must_use]
pub fn minute_of(at_ms: u64, received_at_ms: u64) -> i64 {
    let minute = |ms: u64| i64::try_from(ms / 60_000).unwrap_or(i64::MAX / 2);
    let received = minute(received_at_ms);
    minute(at_ms).clamp(received - EARLIER_MINUTES_MAX, received + LATER_MINUTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollup::Cell;

    #[test]
    fn a_measure_counts_for_all_and_for_each_value() {
        let mut table = Table::default();
        let of_page = [(Dimension::Page, 7), (Dimension::Os, 2)];
        table.add(1, 100, &of_page, Metric::PageViews, Value::Count(2));
        table.add(1, 100, &[(Dimension::Page, 8)], Metric::PageViews, Value::Count(3));
        let count = |dimension, label| {
            let row = &table.rows[&Key { app: 1, dimension, minute: 100, label }];
            match row.cell(Metric::PageViews) {
                Some(Cell::Count(count)) => count,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(count(Dimension::All, 0), 5);
        assert_eq!(count(Dimension::Page, 7), 2);
        assert_eq!(count(Dimension::Page, 8), 3);
        assert_eq!(count(Dimension::Os, 2), 2);
    }

    #[test]
    fn a_wrong_clock_counts_near_its_receipt() {
        let received = 1_764_000_000_000;
        let minute = 1_764_000_000_000 / 60_000;
        assert_eq!(minute_of(received - 120_000, received), minute - 2);
        assert_eq!(minute_of(0, received), minute - EARLIER_MINUTES_MAX);
        assert_eq!(minute_of(u64::MAX, received), minute + LATER_MINUTES_MAX);
    }
}
