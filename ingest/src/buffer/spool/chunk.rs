//! Groups that are held one behind the other in one piece of memory, and packed (LZ4) when there
//! are enough of them.

use crate::buffer::limits::RECENT_CHUNK_BYTES;
use crate::buffer::{Group, Item};
use bytes::{Buf, BufMut, Bytes};
use lz4_flex::block::{compress_into, decompress, get_maximum_output_size};
use std::time::{Duration, Instant};

/// Groups as they come: how many entries, then of each its shard, its length and its bytes.
#[derive(Default)]
pub(super) struct Open {
    bytes: Vec<u8>,
    entries: usize,
    /// When the first and the last of them came.
    since: Option<(Instant, Instant)>,
    /// Where they are packed.
    packed: Vec<u8>,
}

impl Open {
    pub(super) fn push(&mut self, group: &Group, now: Instant) {
        // A queue holds far fewer and smaller ones.
        self.bytes.put_u32(u32::try_from(group.len()).unwrap_or(u32::MAX));
        for item in group.iter() {
            self.bytes.put_u16(item.shard);
            self.bytes.put_u32(u32::try_from(item.bytes.len()).unwrap_or(u32::MAX));
            self.bytes.put_slice(&item.bytes);
        }
        self.entries += group.len();
        self.since = Some((self.since.map_or(now, |(first, _)| first), now));
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn entries(&self) -> usize {
        self.entries
    }

    /// When the last came, if any did.
    pub(super) fn at(&self) -> Option<Instant> {
        self.since.map(|(_, last)| last)
    }

    /// How long ago the first came.
    pub(super) fn age(&self, now: Instant) -> Duration {
        self.since.map_or(Duration::ZERO, |(first, _)| now.saturating_duration_since(first))
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        (self.entries, self.since) = (0, None);
    }

    /// Packs all of it; what comes next begins anew, in the same memory.
    pub(super) fn pack(&mut self) -> Chunk {
        let most = get_maximum_output_size(self.bytes.len());
        if self.packed.len() < most {
            self.packed.resize(most, 0);
        }
        let length = compress_into(&self.bytes, &mut self.packed);
        let length = length.expect("there is room for whatever it becomes");
        let at = self.at().unwrap_or_else(Instant::now);
        let chunk = Chunk {
            packed: self.packed[..length].into(),
            unpacked_bytes: self.bytes.len(),
            entries: self.entries,
            at,
        };
        self.clear();
        // After a group of large entries.
        self.bytes.shrink_to(2 * RECENT_CHUNK_BYTES);
        if self.packed.len() > 4 * RECENT_CHUNK_BYTES {
            self.packed = Vec::new();
        }
        chunk
    }
}

/// Groups, packed.
pub(super) struct Chunk {
    packed: Box<[u8]>,
    unpacked_bytes: usize,
    entries: usize,
    at: Instant,
}

impl Chunk {
    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.packed.len() + size_of::<Self>()
    }

    pub(super) fn entries(&self) -> usize {
        self.entries
    }

    /// When the last of it was taken.
    pub(super) fn at(&self) -> Instant {
        self.at
    }

    /// All of it was taken once more.
    pub(super) fn taken_again(&mut self, now: Instant) {
        self.at = now;
    }

    /// Its groups, oldest first.
    pub(super) fn groups(&self) -> Vec<Group> {
        let bytes = decompress(&self.packed, self.unpacked_bytes);
        let mut bytes = Bytes::from(bytes.expect("what was packed here and never changed unpacks"));
        let mut groups = Vec::new();
        while bytes.has_remaining() {
            let items = (0..bytes.get_u32()).map(|_| {
                let (shard, length) = (bytes.get_u16(), bytes.get_u32());
                Item { shard, bytes: bytes.split_to(length as usize) }
            });
            groups.push(Group::new(items.collect()));
        }
        groups
    }
}
