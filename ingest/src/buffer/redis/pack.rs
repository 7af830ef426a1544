//! A group becomes messages: what a shard gets in a group is packed, several entries a message.

use super::limits::{PACK_BYTES_MAX, PACK_ITEMS_MAX};
use crate::buffer::Item;
use ::redis::Pipeline;
use dna_buffer::redis::{ENTRY_FIELD, stream_key};
use dna_protocol::packed::EntryPacker;
use std::collections::BTreeMap;

/// Entries of one shard that are written as one message: all of them are kept, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pack {
    pub(super) shard: u16,
    /// Places in the group, in its order.
    pub(super) items: Vec<usize>,
}

/// Packs a group; a shard's packs are in the order of its entries.
pub(super) fn pack(group: &[Item]) -> Vec<Pack> {
    let mut open: BTreeMap<u16, (usize, Pack)> = BTreeMap::new();
    let mut packs = Vec::new();
    for (at, item) in group.iter().enumerate() {
        let new = || Pack { shard: item.shard, items: Vec::new() };
        let (bytes, pack) = open.entry(item.shard).or_insert_with(|| (0, new()));
        let is_full =
            pack.items.len() >= PACK_ITEMS_MAX || *bytes + item.bytes.len() > PACK_BYTES_MAX;
        if is_full && !pack.items.is_empty() {
            packs.push(std::mem::replace(pack, new()));
            *bytes = 0;
        }
        *bytes += item.bytes.len();
        pack.items.push(at);
    }
    packs.extend(open.into_values().map(|(_, pack)| pack));
    packs
}

/// The entries as they stand in Redis, each packed where that is shorter.
pub(super) fn pack_entries(packer: &mut EntryPacker, group: &[Item]) -> Vec<Item> {
    let packed = |item: &Item| match packer.pack(&item.bytes) {
        Some(bytes) => Item { shard: item.shard, bytes: bytes.into() },
        None => item.clone(),
    };
    group.iter().map(packed).collect()
}

impl Pack {
    /// Adds the command that writes it.
    pub(super) fn add_to(&self, pipeline: &mut Pipeline, group: &[Item]) {
        let add = pipeline.cmd("XADD").arg(stream_key(self.shard)).arg("*");
        for at in &self.items {
            add.arg(ENTRY_FIELD).arg(&group[*at].bytes[..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(entries: &[(u16, usize)]) -> Vec<Item> {
        let item =
            |(shard, bytes): &(u16, usize)| Item { shard: *shard, bytes: vec![0; *bytes].into() };
        entries.iter().map(item).collect()
    }

    fn packed(entries: &[(u16, usize)]) -> Vec<(u16, Vec<usize>)> {
        pack(&group(entries)).into_iter().map(|pack| (pack.shard, pack.items)).collect()
    }

    #[test]
    fn a_shard_gets_one_message_of_a_small_group() {
        assert_eq!(packed(&[(1, 9), (0, 9), (1, 9)]), [(0, vec![1]), (1, vec![0, 2])]);
    }

    #[test]
    fn packs_are_bounded_and_in_order() {
        let many = packed(&vec![(0, 1); PACK_ITEMS_MAX + 1]);
        assert_eq!(many.len(), 2);
        assert_eq!(many.concat_items(), (0..=PACK_ITEMS_MAX).collect::<Vec<_>>());
        let large = packed(&[(0, 10), (0, PACK_BYTES_MAX * 2), (0, 10)]);
        assert_eq!(large, [(0, vec![0]), (0, vec![1]), (0, vec![2])]);
    }

    trait ConcatItems {
        fn concat_items(&self) -> Vec<usize>;
    }

    impl ConcatItems for Vec<(u16, Vec<usize>)> {
        fn concat_items(&self) -> Vec<usize> {
            self.iter().flat_map(|(_, items)| items.clone()).collect()
        }
    }
}
