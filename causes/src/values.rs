//! The values of one dimension, numbered; the least important ones are one value, "other".

use std::collections::HashMap;

use crate::limits::VALUE_BYTES_MAX;
use crate::measure::Sums;

/// What the values that are not told apart are called.
pub const OTHER: &str = "(other)";

/// The number of [`OTHER`] in every dimension.
pub(crate) const OTHER_NUMBER: u16 = 0;

#[derive(Debug, Clone)]
pub(crate) struct Values {
    names: Vec<String>,
    numbers: HashMap<String, u16>,
    sums: Vec<Sums>,
    /// Values that have been folded into "other", counted each time one is.
    pub(crate) folded: u64,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            names: vec![OTHER.to_owned()],
            numbers: HashMap::from([(OTHER.to_owned(), OTHER_NUMBER)]),
            sums: vec![Sums::default()],
            folded: 0,
        }
    }
}

impl Values {
    /// The number of a value, which is counted with `sums`.
    pub(crate) fn count(&mut self, name: &str, sums: &Sums) -> u16 {
        let name = cut(name);
        let number = self.numbers.get(name).copied().unwrap_or_else(|| {
            let number = u16::try_from(self.names.len())
                .expect("a table folds values long before there are 65,536");
            self.names.push(name.to_owned());
            self.numbers.insert(name.to_owned(), number);
            self.sums.push(Sums::default());
            number
        });
        self.sums[usize::from(number)].add(sums);
        number
    }

    pub(crate) fn name(&self, number: u16) -> &str {
        &self.names[usize::from(number)]
    }

    /// Values with a name of their own, and "other".
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    pub(crate) fn other(&self) -> &Sums {
        &self.sums[usize::from(OTHER_NUMBER)]
    }

    /// Keeps the `keep` most important values and makes the rest "other". Half of them are those of most
    /// traffic, half those of most that is bad: a small value that fails wholly must not be lost.
    /// Gives the new number of each old one.
    pub(crate) fn fold(&mut self, keep: usize) -> Vec<u16> {
        let mut kept: Vec<usize> = Vec::with_capacity(keep);
        let mut by_all: Vec<usize> = (1..self.names.len()).collect();
        let mut by_bad = by_all.clone();
        by_all.sort_by(|a, b| self.sums[*b].all().total_cmp(&self.sums[*a].all()).then(a.cmp(b)));
        by_bad.sort_by(|a, b| self.sums[*b].bad().total_cmp(&self.sums[*a].bad()).then(a.cmp(b)));
        let mut is_kept = vec![false; self.names.len()];
        for index in by_bad.into_iter().take(keep.div_ceil(2)).chain(by_all) {
            if kept.len() < keep && !is_kept[index] {
                is_kept[index] = true;
                kept.push(index);
            }
        }
        kept.sort_unstable();
        let mut renumbered = vec![OTHER_NUMBER; self.names.len()];
        let mut folded = Self { folded: self.folded, ..Self::default() };
        folded.sums[0] = self.sums[0];
        for (old, its_new) in renumbered.iter_mut().enumerate().skip(1) {
            if is_kept[old] {
                *its_new = folded.count(&self.names[old], &self.sums[old]);
            } else {
                folded.folded += 1;
                folded.sums[0].add(&self.sums[old]);
            }
        }
        *self = folded;
        renumbered
    }
}

/// At most [`VALUE_BYTES_MAX`] bytes of a value, whole characters.
fn cut(name: &str) -> &str {
    let mut end = name.len().min(VALUE_BYTES_MAX);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}
