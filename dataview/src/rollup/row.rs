//! A row: all that was counted and measured of one value of a dimension in one minute, hour or day.

use crate::model::{Metric, Value};
use crate::sketch::{Percentiles, SketchError, Uniques};
use std::collections::BTreeMap;

/// What was rolled up of one metric.
#[derive(Debug, Clone)]
pub enum Cell {
    /// How many.
    Count(u64),
    /// Values.
    Samples(Percentiles),
    /// Different ones.
    Uniques(Uniques),
}

/// All metrics of a value of a dimension in a step.
///
/// Stored as: for each metric its number, the kind of cell, and the cell: a count as LEB128, a
/// sketch as its length in LEB128 and its bytes.
#[derive(Debug, Clone, Default)]
pub struct Row {
    cells: BTreeMap<u8, Cell>,
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

impl Row {
    /// Adds one contribution. A metric has always the same kind of value; another kind is left out.
    pub fn add(&mut self, metric: Metric, value: Value) {
        let cell = self.cells.entry(metric as u8).or_insert_with(|| match value {
            Value::Count(_) => Cell::Count(0),
            Value::Sample(_) => Cell::Samples(Percentiles::default()),
            Value::Unique(_) => Cell::Uniques(Uniques::default()),
        });
        match (cell, value) {
            (Cell::Count(sum), Value::Count(more)) => *sum = sum.saturating_add(more),
            (Cell::Samples(samples), Value::Sample(value)) => samples.add(value),
            (Cell::Uniques(uniques), Value::Unique(hash)) => uniques.add(hash),
            _ => {}
        }
    }

    /// Adds all that another row has.
    pub fn merge(&mut self, other: Self) {
        for (metric, cell) in other.cells {
            match (self.cells.get_mut(&metric), cell) {
                (None, cell) => {
                    self.cells.insert(metric, cell);
                }
                (Some(Cell::Count(sum)), Cell::Count(more)) => *sum = sum.saturating_add(more),
                (Some(Cell::Samples(sum)), Cell::Samples(more)) => sum.merge(&more),
                (Some(Cell::Uniques(sum)), Cell::Uniques(more)) => sum.merge(&more),
                _ => {}
            }
        }
    }

    /// What there is of `metric`.
    #[must_use]
    pub fn cell(&self, metric: Metric) -> Option<&Cell> {
        self.cells.get(&(metric as u8))
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
                    put_number(&mut bytes, *count);
                }
                Cell::Samples(samples) => put_sketch(&mut bytes, SAMPLES, &samples.to_bytes()),
                Cell::Uniques(uniques) => put_sketch(&mut bytes, UNIQUES, &uniques.to_bytes()),
            }
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
            let (number, rest) = number(rest)?;
            bytes = rest;
            let cell = if *kind == COUNT {
                Cell::Count(number)
            } else {
                let length = usize::try_from(number).map_err(|_| RowError::Malformed)?;
                let sketch;
                (sketch, bytes) = rest.split_at_checked(length).ok_or(RowError::Malformed)?;
                match *kind {
                    _ if !is_wanted(*metric) => continue,
                    SAMPLES => Cell::Samples(Percentiles::from_bytes(sketch)?),
                    UNIQUES => Cell::Uniques(Uniques::from_bytes(sketch)?),
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

fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn put_sketch(bytes: &mut Vec<u8>, kind: u8, sketch: &[u8]) {
    bytes.push(kind);
    put_number(bytes, sketch.len() as u64);
    bytes.extend_from_slice(sketch);
}

fn number(mut bytes: &[u8]) -> Result<(u64, &[u8]), RowError> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(RowError::Malformed)?;
        bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Ok((number, bytes));
        }
    }
    Err(RowError::Malformed)
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
            let _ = Row::from_bytes(&bytes, |_| true);
        }
    }
}
