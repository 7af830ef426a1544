//! Figures before and now, by dimension values.

use std::collections::{BTreeMap, BTreeSet};

use crate::limits::{DIMENSIONS_MAX, LEAVES_MAX, MINUTES_MAX, NAMES_MAX, VALUES_MAX};
use crate::measure::{Period, Sums};
use crate::values::Values;

/// What is less counts as nothing: dividing by it tells nothing.
const COUNT_MIN: f64 = 1e-9;

/// Why a row or a table is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// No dimension, too many, or one twice.
    #[error(
        "{0} dimensions are not allowed; expected 1 to {DIMENSIONS_MAX}, each with a name of its own"
    )]
    Dimensions(usize),
    /// The row has another number of values than the table has dimensions.
    #[error("a row of {values} values is not allowed; this table has {dimensions} dimensions")]
    Values {
        /// How many the row has.
        values: usize,
        /// How many it must have.
        dimensions: usize,
    },
    /// More minutes than are compared.
    #[error("more than {MINUTES_MAX} different minutes before or now are not allowed")]
    Minutes,
    /// A count that is none.
    #[error("{name} = {value} is not allowed; expected a number from 0")]
    Count {
        /// `bad` or `all`.
        name: &'static str,
        /// As it was given.
        value: String,
    },
}

/// What was counted before and now, by dimension values. Holds at most [`LEAVES_MAX`] combinations of
/// at most [`VALUES_MAX`] values a dimension; what is less important is one value, [`crate::OTHER`].
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) dimensions: Vec<String>,
    pub(crate) values: Vec<Values>,
    pub(crate) leaves: BTreeMap<Box<[u16]>, Sums>,
    pub(crate) total: Sums,
    before: BTreeSet<i64>,
    now: BTreeSet<i64>,
    /// Values that are kept, of each dimension.
    values_max: Vec<usize>,
}

impl Table {
    /// An empty table of these dimensions, 1 to [`DIMENSIONS_MAX`].
    ///
    /// # Errors
    /// [`TableError::Dimensions`].
    pub fn new<S: AsRef<str>>(dimensions: &[S]) -> Result<Self, TableError> {
        let names: BTreeSet<&str> = dimensions.iter().map(AsRef::as_ref).collect();
        let count = dimensions.len();
        if count == 0 || count > DIMENSIONS_MAX || names.len() != count {
            return Err(TableError::Dimensions(count));
        }
        Ok(Self {
            dimensions: dimensions.iter().map(|name| name.as_ref().to_owned()).collect(),
            values: vec![Values::default(); count],
            leaves: BTreeMap::new(),
            total: Sums::default(),
            before: BTreeSet::new(),
            now: BTreeSet::new(),
            values_max: vec![VALUES_MAX; count],
        })
    }

    /// The names of the dimensions, in the order of a row's values.
    #[must_use]
    pub fn dimensions(&self) -> &[String] {
        &self.dimensions
    }

    /// Counts a row: of `all`, `bad` ones, with one value a dimension. For a mean `bad` is the sum, for
    /// a count `all` is not looked at. `minute` is whatever tells minutes apart.
    ///
    /// # Errors
    /// [`TableError::Values`], [`TableError::Count`], [`TableError::Minutes`]; then nothing is counted.
    pub fn add<S: AsRef<str>>(
        &mut self,
        period: Period,
        minute: i64,
        bad: f64,
        all: f64,
        values: &[S],
    ) -> Result<(), TableError> {
        if values.len() != self.dimensions.len() {
            let (values, dimensions) = (values.len(), self.dimensions.len());
            return Err(TableError::Values { values, dimensions });
        }
        for (name, value) in [("bad", bad), ("all", all)] {
            // 2^53 a row: sums of a table stay exact enough.
            if !(0.0..=9e15).contains(&value) {
                return Err(TableError::Count { name, value: value.to_string() });
            }
        }
        let whole = |value: f64| if value < COUNT_MIN { 0.0 } else { value };
        let (bad, all) = (whole(bad), whole(all));
        let (sums, minutes) = match period {
            Period::Before => {
                (Sums { bad_before: bad, all_before: all, ..Sums::default() }, &mut self.before)
            }
            Period::Now => (Sums { bad_now: bad, all_now: all, ..Sums::default() }, &mut self.now),
        };
        if minutes.len() >= MINUTES_MAX && !minutes.contains(&minute) {
            return Err(TableError::Minutes);
        }
        minutes.insert(minute);
        self.total.add(&sums);
        let leaf: Box<[u16]> = self
            .values
            .iter_mut()
            .zip(values)
            .map(|(known, value)| known.count(value.as_ref(), &sums))
            .collect();
        self.leaves.entry(leaf).or_default().add(&sums);
        if self.values.iter().any(|known| known.len() > NAMES_MAX) {
            self.fold();
        }
        if self.leaves.len() > LEAVES_MAX {
            self.narrow();
        }
        Ok(())
    }

    /// Makes the least important values of each dimension "other".
    pub(crate) fn fold(&mut self) {
        let renumbered: Vec<Option<Vec<u16>>> = self
            .values
            .iter_mut()
            .zip(&self.values_max)
            .map(|(known, most)| (known.len() > most + 1).then(|| known.fold(*most)))
            .collect();
        if renumbered.iter().all(Option::is_none) {
            return;
        }
        let leaves = std::mem::take(&mut self.leaves);
        for (mut leaf, sums) in leaves {
            for (value, new) in leaf.iter_mut().zip(&renumbered) {
                if let Some(new) = new {
                    *value = new[usize::from(*value)];
                }
            }
            self.leaves.entry(leaf).or_default().add(&sums);
        }
    }

    /// Makes room among the combinations: the dimension of most values keeps half as many, until half of
    /// [`LEAVES_MAX`] is free, so that the next time is far.
    fn narrow(&mut self) {
        self.fold();
        while self.leaves.len() > LEAVES_MAX / 2 {
            let lengths = self.values.iter().map(Values::len).enumerate();
            let Some((widest, length)) = lengths.max_by_key(|(_, length)| *length) else { return };
            if length <= 2 {
                // One value and "other" each: at most 2^16 combinations.
                return;
            }
            self.values_max[widest] = (length - 1) / 2;
            self.fold();
        }
    }

    /// Minutes before and now.
    pub(crate) fn minutes(&self) -> (usize, usize) {
        (self.before.len(), self.now.len())
    }
}
