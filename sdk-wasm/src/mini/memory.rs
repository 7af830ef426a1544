//! Warnings that memory runs short.

use super::record::Record;
use super::words;
use dna_protocol::model::MemoryWarning;
use dna_protocol::{Draft, Kind};

/// A warning: its level, where there is one that is known.
pub(super) fn warned(record: &mut Record<'_>) -> Draft {
    let mut draft = Draft::new(Kind::MemoryWarning);
    draft.fields.count(MemoryWarning::level, words::level(record.number()));
    draft
}
