//! Where something of a view counts that may change: the minute, the labels and the value.
//!
//! Stored behind one another, all numbers in LEB128 but the value (8 bytes, little-endian): metric,
//! time in ms, sequence of the frame, minute, value, number of labels, and each label's dimension and
//! number.

use super::day::KnownOfDay;
use crate::model::{Dimension, Measure, Metric, Value};
use crate::rollup::{LabelId, leb128};
use crate::store::sqlite::fault::Fault;
use rusqlite::Connection;

/// A place, with labels as its file numbers them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) metric: u8,
    /// When the value was told, in ms since the Unix epoch.
    pub(super) at_ms: u64,
    pub(super) sequence: u64,
    pub(super) minute: i64,
    /// Of a sample the sample, else how many.
    pub(super) value: f64,
    pub(super) labels: Vec<(Dimension, LabelId)>,
}

/// A place of another file, with the labels' texts.
pub(super) struct Named {
    placed: Placed,
    texts: Vec<String>,
}

impl Placed {
    /// Of what `measure`, of the frame number `sequence`, counts.
    pub(super) fn new(
        measure: &Measure,
        sequence: u64,
        minute: i64,
        labels: &[(Dimension, LabelId)],
    ) -> Self {
        let value = match measure.value {
            Value::Sample(value) => value,
            Value::Count(count) => count as f64,
            Value::Unique(_) => 0.0,
        };
        let (metric, at_ms, labels) = (measure.metric as u8, measure.at_ms, labels.to_vec());
        Self { metric, at_ms, sequence, minute, value, labels }
    }

    /// By what it is the last.
    pub(super) fn when(&self) -> (u64, u64) {
        (self.at_ms, self.sequence)
    }

    /// What counts there, that `measure` takes away.
    pub(super) fn what(&self, measure: &Measure) -> (Metric, Value) {
        match measure.metric {
            Metric::PageViewsBroken => (Metric::PageViewsOk, Value::Count(1)),
            metric => (metric, Value::Sample(self.value)),
        }
    }

    pub(super) fn bytes(all: &[Self]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(all.len() * 40);
        for one in all {
            bytes.push(one.metric);
            for number in [one.at_ms, one.sequence, one.minute.cast_unsigned()] {
                leb128::put(&mut bytes, number);
            }
            bytes.extend_from_slice(&one.value.to_le_bytes());
            leb128::put(&mut bytes, one.labels.len() as u64);
            for (dimension, label) in &one.labels {
                bytes.push(*dimension as u8);
                leb128::put(&mut bytes, label.cast_unsigned());
            }
        }
        bytes
    }

    /// Reads [`bytes`](Self::bytes); `None` when they are something else.
    pub(super) fn all(mut bytes: &[u8]) -> Option<Vec<Self>> {
        let mut all = Vec::new();
        while let [metric, rest @ ..] = bytes {
            let (at_ms, rest) = leb128::take(rest)?;
            let (sequence, rest) = leb128::take(rest)?;
            let (minute, rest) = leb128::take(rest)?;
            let (value, rest) = rest.split_first_chunk::<8>()?;
            let (count, mut rest) = leb128::take(rest)?;
            let mut labels = Vec::new();
            for _ in 0..count {
                let (number, more) = rest.split_first()?;
                let (label, more) = leb128::take(more)?;
                let dimension = Dimension::ALL.into_iter().find(|one| *one as u8 == *number)?;
                labels.push((dimension, label.cast_signed()));
                rest = more;
            }
            all.push(Self {
                metric: *metric,
                at_ms,
                sequence,
                minute: minute.cast_signed(),
                value: f64::from_le_bytes(*value),
                labels,
            });
            bytes = rest;
        }
        Some(all)
    }

    /// With the texts that its labels have in its file.
    pub(super) fn named(self, there: &Connection) -> Result<Named, Fault> {
        let mut ask = there.prepare_cached("SELECT text FROM labels WHERE id = ?")?;
        let text = |(_, label): &(_, LabelId)| Ok(ask.query_row([label], |row| row.get(0))?);
        let texts = self.labels.iter().map(text).collect::<Result<_, Fault>>()?;
        Ok(Named { placed: self, texts })
    }
}

impl Named {
    /// With the numbers that the labels have here.
    pub(super) fn numbered(
        mut self,
        write: &Connection,
        known: &mut KnownOfDay,
        app: i64,
    ) -> Result<Placed, Fault> {
        for ((dimension, label), text) in self.placed.labels.iter_mut().zip(&self.texts) {
            *label = known.label(write, app, *dimension, text)?;
        }
        Ok(self.placed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_are_read_as_they_were_written() {
        let one = Placed {
            metric: 13,
            at_ms: 1_795_708_800_000,
            sequence: u64::MAX,
            minute: -7,
            value: 0.125,
            labels: vec![(Dimension::Page, 300), (Dimension::Os, 1)],
        };
        let other = Placed { metric: 2, labels: Vec::new(), ..one.clone() };
        let all = vec![one, other];
        assert_eq!(Placed::all(&Placed::bytes(&all)), Some(all));
    }

    proptest! {
        #[test]
        fn hostile_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = Placed::all(&bytes);
        }
    }
}
