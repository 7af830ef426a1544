//! Warnings that memory runs short.

use super::record::Record;
use dna_protocol::model::MemoryWarning;
use dna_protocol::{Draft, Kind};

/// A warning: its level, where there is one.
pub(super) fn warned(record: &mut Record<'_>) -> Draft {
    let mut draft = Draft::new(Kind::MemoryWarning);
    draft.fields.count(MemoryWarning::level, record.number());
    draft
}
