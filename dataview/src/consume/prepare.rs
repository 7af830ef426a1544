//! From what was read to what is stored. Pure.

use super::dead::DeadReason;
use super::limits::DETAIL_BYTES_MAX;
use crate::facts::{self, FactsError};
use crate::model::FrameFacts;
use bytes::Bytes;
use dna_buffer::limits::ENTRY_BYTES_MAX;
use dna_protocol::packed::unpack_entry;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// One entry as the buffer has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Arrived {
    pub(super) shard: u16,
    /// Where it was: a message's ID with `/N` for the further entries of one, or a place in the
    /// journal.
    pub(super) origin: String,
    /// The entry, perhaps packed.
    pub(super) bytes: Bytes,
}

/// An entry that can never be stored, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dead {
    pub(super) arrived: Arrived,
    pub(super) reason: DeadReason,
    /// In words. It says nothing of what the entry holds.
    pub(super) detail: String,
}

impl Dead {
    pub(super) fn new(arrived: Arrived, reason: DeadReason, mut detail: String) -> Self {
        detail.truncate(detail.floor_char_boundary(DETAIL_BYTES_MAX));
        Self { arrived, reason, detail }
    }
}

/// What can be stored, and what never can.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    pub(super) frames: Vec<FrameFacts>,
    pub(super) dead: Vec<Dead>,
    /// Events that have no facts.
    pub(super) passed_over: u64,
}

/// Takes the facts of each entry with `read`. One that makes it panic is a dead letter as well: the
/// others must go on, and it would come again for ever.
pub(super) fn prepare(
    arrived: &[Arrived],
    read: impl Fn(Bytes) -> Result<facts::Read, FactsError>,
) -> Prepared {
    let mut prepared = Prepared::default();
    for arrived in arrived {
        let one = catch_unwind(AssertUnwindSafe(|| one(arrived, &read)));
        let panicked =
            || (DeadReason::FactsPanicked, "reading its facts made dataview panic".to_owned());
        match one.unwrap_or_else(|_| Err(panicked())) {
            Ok(read) => {
                prepared.passed_over += read.passed_over;
                prepared.frames.push(read.facts);
            }
            Err((reason, detail)) => {
                prepared.dead.push(Dead::new(arrived.clone(), reason, detail));
            }
        }
    }
    prepared
}

fn one(
    arrived: &Arrived,
    read: impl Fn(Bytes) -> Result<facts::Read, FactsError>,
) -> Result<facts::Read, (DeadReason, String)> {
    let entry = match unpack_entry(&arrived.bytes, ENTRY_BYTES_MAX) {
        Ok(Some(entry)) => Bytes::from(entry),
        Ok(None) => arrived.bytes.clone(),
        Err(problem) => return Err((DeadReason::MalformedPacking, problem.to_string())),
    };
    read(entry).map_err(|error| (DeadReason::from(&error), error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_that_makes_reading_panic_is_a_dead_letter_and_the_others_are_read() {
        let arrived = |origin: &str, bytes: &'static [u8]| Arrived {
            shard: 0,
            origin: origin.to_owned(),
            bytes: Bytes::from_static(bytes),
        };
        let all = [arrived("1-0", b"{}"), arrived("2-0", b"{\"panics\":1}"), arrived("3-0", b"{}")];
        let prepared = prepare(&all, |entry| {
            assert!(!entry.ends_with(b"1}"), "as it would be a fault of ours");
            facts::read(entry, |_| crate::geo::Place::default())
        });
        let dead: Vec<_> =
            prepared.dead.iter().map(|dead| (&*dead.arrived.origin, dead.reason)).collect();
        let malformed = DeadReason::MalformedEntry;
        assert_eq!(
            dead,
            [("1-0", malformed), ("2-0", DeadReason::FactsPanicked), ("3-0", malformed)]
        );
    }
}
