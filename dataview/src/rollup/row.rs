//! A row: all that was counted and measured of one value of a dimension in one minute, hour or day.

use super::leb128;
use crate::model::{Metric, Value};
use crate::sketch::{Percentiles, SketchError, Uniques};
use std::collections::BTreeMap;

/// What was rolled up of one metric.
#[derive(Debug, Clone)]
pub enum Cell {
    /// How many. In a part of a sum it may be below nought: what was counted elsewhere and does not
    /// count any more.
    Count(i64),
    /// Values.
    Samples(Percentiles),
    /// Different ones.
    Uniques(Uniques),
}

/// All metrics of a value of a dimension in a step.
///
/// Stored as: for each metric its number, the kind of cell, and the cell: a count as LEB128, a
/// sketch as its length in LEB128 and its bytes. A count below nought is its two's complement. Samples
/// that count no more are a cell of their own, because a sketch forgets nothing: they are taken off
/// when the row is asked, so that rows add up in any order.
#[derive(Debug, Clone, Default)]
pub struct Row {
    cells: BTreeMap<u8, Cell>,
    /// Samples that count no more.
    removed: BTreeMap<u8, Percentiles>,
}

/// Bytes that are no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// They end too early, or have a kind that is not known.
    #[error("not a row of a roll-up")]
    Malformed,
    /// A sketch in it cannot be read.
    #[error(transparent)]
    Sketch(#[from] SketchError),
}

const COUNT: u8 = 0;
const SAMPLES: u8 = 1;
const UNIQUES: u8 = 2;
const REMOVED: u8 = 3;

impl Row {
    /// Adds one contribution. A metric has always the same kind of value; another kind is left out.
    pub fn add(&mut self, metric: Metric, value: Value) {
        let cell = self.cells.entry(metric as u8).or_insert_with(|| match value {
            Value::Count(_) => Cell::Count(0),
            Value::Sample(_) => Cell::Samples(Percentiles::default()),
            Value::Unique(_) => Cell::Uniques(Uniques::default()),
        });
        match (cell, value) {
            (Cell::Count(sum), Value::Count(more)) => *sum = sum.saturating_add_unsigned(more),
            (Cell::Samples(samples), Value::Sample(value)) => samples.add(value),
            (Cell::Uniques(uniques), Value::Unique(hash)) => uniques.add(hash),
            _ => {}
        }
    }

    /// Takes one contribution away, which this row or one that it is added to has.
    pub fn remove(&mut self, metric: Metric, value: Value) {
        match value {
            Value::Count(count) => {
                let cell = self.cells.entry(metric as u8).or_insert(Cell::Count(0));
                if let Cell::Count(sum) = cell {
                    *sum = sum.saturating_sub_unsigned(count);
                }
            }
            Value::Sample(value) => self.removed.entry(metric as u8).or_default().add(value),
            // The same thing may have been counted by another.
            Value::Unique(_) => {}
        }
    }

    /// Adds all that another row has.
    pub fn merge(&mut self, other: Self) {
        for (metric, more) in other.removed {
            self.removed.entry(metric).or_default().merge(&more);
        }
        for (metric, cell) in other.cells {
            match (self.cells.get_mut(&metric), cell) {
                (None, mut cell) => {
                    if let Cell::Uniques(uniques) = &mut cell {
                        uniques.settle();
                    }
                    self.cells.insert(metric, cell);
                }
                (Some(Cell::Count(sum)), Cell::Count(more)) => *sum = sum.saturating_add(more),
                (Some(Cell::Samples(sum)), Cell::Samples(more)) => sum.merge(&more),
                (Some(Cell::Uniques(sum)), Cell::Uniques(more)) => sum.merge(&more),
                _ => {}
            }
        }
    }

    /// What there is of `metric`, without what counts no more.
    #[must_use]
    pub fn cell(&self, metric: Metric) -> Option<Cell> {
        let cell = self.cells.get(&(metric as u8))?;
        match (cell, self.removed.get(&(metric as u8))) {
            (Cell::Samples(samples), Some(removed)) => {
                Some(Cell::Samples(samples.without(removed)))
            }
            _ => Some(cell.clone()),
        }
    }

    /// The bytes that it is stored as.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.cells.len() * 16);
        for (metric, cell) in &self.cells {
            bytes.push(*metric);
            match cell {
                Cell::Count(count) => {
                    bytes.push(COUNT);
                    leb128::put(&mut bytes, count.cast_unsigned());
                }
                Cell::Samples(samples) => put_sketch(&mut bytes, SAMPLES, &samples.to_bytes()),
                Cell::Uniques(uniques) => put_sketch(&mut bytes, UNIQUES, &uniques.to_bytes()),
            }
        }
        for (metric, samples) in &self.removed {
            bytes.push(*metric);
            put_sketch(&mut bytes, REMOVED, &samples.to_bytes());
        }
        bytes
    }

    /// Reads [`to_bytes`](Self::to_bytes): the metrics that `is_wanted` tells, and passes over the
    /// others.
    ///
    /// # Errors
    /// When they are something else.
    pub fn from_bytes(mut bytes: &[u8], is_wanted: impl Fn(u8) -> bool) -> Result<Self, RowError> {
        let mut row = Self::default();
        while let [metric, kind, rest @ ..] = bytes {
            let (number, rest) = leb128::take(rest).ok_or(RowError::Malformed)?;
            bytes = rest;
            let cell = if *kind == COUNT {
                Cell::Count(number.cast_signed())
            } else {
                let length = usize::try_from(number).map_err(|_| RowError::Malformed)?;
                let sketch;
                (sketch, bytes) = rest.split_at_checked(length).ok_or(RowError::Malformed)?;
                match *kind {
                    _ if !is_wanted(*metric) => continue,
                    REMOVED => {
                        row.removed.insert(*metric, Percentiles::from_bytes(sketch)?);
                        continue;
                    }
                    SAMPLES => Cell::Samples(Percentiles::from_bytes(sketch)?),
                    UNIQUES => Cell::Uniques(Uniques::read(sketch)?),
                    _ => return Err(RowError::Malformed),
                }
            };
            if is_wanted(*metric) {
                row.cells.insert(*metric, cell);
            }
        }
        if bytes.is_empty() { Ok(row) } else { Err(RowError::Malformed) }
    }
}

fn put_sketch(bytes: &mut Vec<u8>, kind: u8, sketch: &[u8]) {
    bytes.push(kind);
    leb128::put(bytes, sketch.len() as u64);
    bytes.extend_from_slice(sketch);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filled(values: std::ops::Range<u64>) -> Row {
        let mut row = Row::default();
        for n in values {
            row.add(Metric::PageViews, Value::Count(1000));
            row.add(Metric::Lcp, Value::Sample(n as f64));
            row.add(Metric::Users, Value::Unique(n % 3));
        }
        row
    }

    #[test]
    fn rows_add_up_as_they_are_stored() {
        let mut sum = Row::default();
        for part in [0..10, 10..100, 100..101] {
            sum.merge(Row::from_bytes(&filled(part).to_bytes(), |_| true).unwrap());
        }
        let sum = Row::from_bytes(&sum.to_bytes(), |_| true).unwrap();
        assert!(matches!(sum.cell(Metric::PageViews), Some(Cell::Count(101_000))));
        let Some(Cell::Samples(lcp)) = sum.cell(Metric::Lcp) else { panic!("{sum:?}") };
        assert_eq!(lcp.count(), 101);
        let Some(Cell::Uniques(users)) = sum.cell(Metric::Users) else { panic!("{sum:?}") };
        assert_eq!(users.estimate(), 3);
    }

    #[test]
    fn what_counts_no_more_is_taken_off_in_whatever_order_rows_are_added() {
        for values in [3, 10, 5000_u32] {
            let mut rows: Vec<Row> = (0..values)
                .map(|n| {
                    let mut row = Row::default();
                    row.add(Metric::Inp, Value::Sample(f64::from(100 + n % 7)));
                    row.add(Metric::PageViewsOk, Value::Count(1));
                    row
                })
                .collect();
            let mut gone = Row::default();
            gone.remove(Metric::Inp, Value::Sample(101.0));
            gone.remove(Metric::PageViewsOk, Value::Count(1));
            rows.insert(0, Row::from_bytes(&gone.to_bytes(), |_| true).unwrap());
            let mut sum = Row::default();
            rows.into_iter().for_each(|row| sum.merge(row));
            let sum = Row::from_bytes(&sum.to_bytes(), |_| true).unwrap();
            let Some(Cell::Samples(inp)) = sum.cell(Metric::Inp) else { panic!("{sum:?}") };
            assert_eq!(inp.count(), u64::from(values) - 1);
            let left = i64::from(values) - 1;
            assert!(matches!(sum.cell(Metric::PageViewsOk), Some(Cell::Count(n)) if n == left));
        }
    }

    #[test]
    fn only_what_is_wanted_is_read() {
        let row =
            Row::from_bytes(&filled(0..50).to_bytes(), |metric| metric == Metric::Users as u8);
        let row = row.unwrap();
        assert!(row.cell(Metric::PageViews).is_none() && row.cell(Metric::Lcp).is_none());
        assert!(row.cell(Metric::Users).is_some());
    }

    proptest! {
        #[test]
        fn hostile_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(row) = Row::from_bytes(&bytes, |_| true) {
                Row::default().merge(row);
            }
        }
    }
}
