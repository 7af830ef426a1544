//! Why something is a dead letter.

use crate::facts::FactsError;
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// Why something is a dead letter. Letters keep its name: those of older versions may have others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeadReason {
    /// It is no entry.
    MalformedEntry,
    /// A message of a stream without the field of entries.
    NoEntry,
    /// It cannot be unpacked.
    MalformedPacking,
    /// It lacks what every entry has.
    MissingField,
    /// It was received at a time at which nothing of ours existed, or will.
    ReceivedAtOutOfRange,
    /// Reading its facts made dataview panic.
    FactsPanicked,
    /// The file of its day is damaged.
    StoreDamaged,
    /// The store does not take it.
    StoreRefused,
    /// The letter's own file cannot be read.
    LetterUnreadable,
}

impl DeadReason {
    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MalformedEntry => "malformed_entry",
            Self::NoEntry => "no_entry",
            Self::MalformedPacking => "malformed_packing",
            Self::MissingField => "missing_field",
            Self::ReceivedAtOutOfRange => "received_at_out_of_range",
            Self::FactsPanicked => "facts_panicked",
            Self::StoreDamaged => "store_damaged",
            Self::StoreRefused => "store_refused",
            Self::LetterUnreadable => "letter_unreadable",
        }
    }
}

impl fmt::Display for DeadReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<&FactsError> for DeadReason {
    fn from(error: &FactsError) -> Self {
        match error {
            FactsError::Malformed(_) => Self::MalformedEntry,
            FactsError::Missing(_) => Self::MissingField,
            FactsError::ReceivedAt(_) => Self::ReceivedAtOutOfRange,
        }
    }
}
