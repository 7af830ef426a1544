//! From what was read to what is stored. Pure.

use super::limits::DETAIL_BYTES_MAX;
use crate::facts;
use crate::geo::Geo;
use crate::model::FrameFacts;
use bytes::Bytes;
use dna_buffer::limits::ENTRY_BYTES_MAX;
use dna_protocol::packed::unpack_entry;

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
    /// A stable name of the reason.
    pub(super) reason: &'static str,
    /// In words. It says nothing of what the entry holds.
    pub(super) detail: String,
}

impl Dead {
    pub(super) fn new(arrived: Arrived, reason: &'static str, mut detail: String) -> Self {
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

pub(super) fn prepare(arrived: &[Arrived], geo: &Geo) -> Prepared {
    let mut prepared = Prepared::default();
    for arrived in arrived {
        let entry = match unpack_entry(&arrived.bytes, ENTRY_BYTES_MAX) {
            Ok(Some(entry)) => Bytes::from(entry),
            Ok(None) => arrived.bytes.clone(),
            Err(problem) => {
                let dead = Dead::new(arrived.clone(), "malformed_packing", problem.to_string());
                prepared.dead.push(dead);
                continue;
            }
        };
        match facts::read(entry, |address| geo.locate(address)) {
            Ok(read) => {
                prepared.passed_over += read.passed_over;
                prepared.frames.push(read.facts);
            }
            Err(error) => {
                let dead = Dead::new(arrived.clone(), error.code(), error.to_string());
                prepared.dead.push(dead);
            }
        }
    }
    prepared
}
