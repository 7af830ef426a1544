//! The values of dimensions, bounded in number.

use super::limits::{LABEL_CHARS_MAX, LABELS_MAX};
use crate::model::Dimension;
use std::collections::HashMap;

/// What values beyond the bound count as.
pub const OTHER: &str = "(other)";

/// The number of a value, within its application and day.
pub type LabelId = i64;

/// The values that one application has had in one day.
#[derive(Debug, Default)]
pub struct Labels {
    of: HashMap<Dimension, HashMap<String, LabelId>>,
}

/// What number a value has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// It was there already, or counts as [`OTHER`] that was there.
    Known(LabelId),
    /// It is new and has to be stored; the flag tells that it is [`OTHER`].
    New {
        /// What it is counted as.
        is_other: bool,
    },
}

impl Labels {
    /// Notes a value that is stored.
    pub fn note(&mut self, dimension: Dimension, text: &str, id: LabelId) {
        self.of.entry(dimension).or_default().insert(text.to_owned(), id);
    }

    /// Looks up a value. A new one is to be [noted](Self::note) when it has a number.
    #[must_use]
    pub fn admit(&self, dimension: Dimension, text: &str) -> Admitted {
        let Some(known) = self.of.get(&dimension) else {
            return Admitted::New { is_other: false };
        };
        match known.get(text) {
            Some(id) => Admitted::Known(*id),
            None if known.len() < LABELS_MAX => Admitted::New { is_other: false },
            None => match known.get(OTHER) {
                Some(id) => Admitted::Known(*id),
                None => Admitted::New { is_other: true },
            },
        }
    }

    /// `text` as it is counted: cut where it is too long.
    #[must_use]
    pub fn cut(text: &str) -> &str {
        match text.char_indices().nth(LABEL_CHARS_MAX) {
            Some((end, _)) => &text[..end],
            None => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_beyond_the_bound_count_as_other() {
        let mut labels = Labels::default();
        for n in 0..LABELS_MAX {
            assert_eq!(
                labels.admit(Dimension::Page, &n.to_string()),
                Admitted::New { is_other: false }
            );
            labels.note(Dimension::Page, &n.to_string(), n as LabelId);
        }
        assert_eq!(labels.admit(Dimension::Page, "more"), Admitted::New { is_other: true });
        labels.note(Dimension::Page, OTHER, 5000);
        assert_eq!(labels.admit(Dimension::Page, "and more"), Admitted::Known(5000));
        assert_eq!(labels.admit(Dimension::Page, "7"), Admitted::Known(7));
        assert_eq!(labels.admit(Dimension::Os, "Linux"), Admitted::New { is_other: false });
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let long = "转".repeat(LABEL_CHARS_MAX + 1);
        assert_eq!(Labels::cut(&long).chars().count(), LABEL_CHARS_MAX);
    }
}
