//! A few numbers in a small file.
//!
//! Two slots are written in turn, in place: no room on the disk is needed for it, and a write that
//! is cut off leaves the other slot.

use crc32c::crc32c;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// `N` numbers in a file.
#[derive(Debug)]
pub(super) struct Slots<const N: usize> {
    file: File,
    /// Rises with each save; the higher one of the two slots counts.
    saves: u64,
}

/// What is in a file of slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saved<const N: usize> {
    /// Nothing was saved.
    Nothing,
    /// These numbers.
    Numbers([u64; N]),
    /// Something that is no numbers.
    Damaged,
}

impl<const N: usize> Slots<N> {
    /// The numbers, the count of saves and a checksum.
    const BYTES: usize = 8 * (N + 1) + 4;

    /// Opens the file at `path`, which is made if it is not there.
    ///
    /// # Errors
    /// When it cannot be opened or made.
    pub(super) fn open(path: &Path) -> io::Result<(Self, Saved<N>)> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path)?;
        let slots = [0, 1].map(|slot| Self::read(&file, slot));
        if let Some((numbers, saves)) = slots.into_iter().flatten().max_by_key(|slot| slot.1) {
            return Ok((Self { file, saves }, Saved::Numbers(numbers)));
        }
        let mut bytes = vec![0; 2 * Self::BYTES + 1];
        let len = file.read_at(&mut bytes, 0)?;
        let is_empty = bytes[..len].iter().all(|byte| *byte == 0);
        // Now, while there may be room: later it is written in place.
        let _ = file.write_all_at(&vec![0; 2 * Self::BYTES], 0);
        let saved = if is_empty { Saved::Nothing } else { Saved::Damaged };
        Ok((Self { file, saves: 0 }, saved))
    }

    /// Saves other numbers. Not forced to disk: see [`sync`](Self::sync).
    ///
    /// # Errors
    /// What the system says. The older numbers then count.
    pub(super) fn save(&mut self, numbers: [u64; N]) -> io::Result<()> {
        self.saves += 1;
        let mut slot = Vec::with_capacity(Self::BYTES);
        for number in numbers.into_iter().chain([self.saves]) {
            slot.extend_from_slice(&number.to_le_bytes());
        }
        slot.extend_from_slice(&crc32c(&slot).to_le_bytes());
        self.file.write_all_at(&slot, (self.saves % 2) * Self::BYTES as u64)
    }

    /// Forces what was saved to disk.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// The numbers of a slot and its count of saves; `None` when it is not good.
    fn read(file: &File, slot: u64) -> Option<([u64; N], u64)> {
        let mut bytes = vec![0; Self::BYTES];
        file.read_exact_at(&mut bytes, slot * Self::BYTES as u64).ok()?;
        let (numbers, checksum) = bytes.split_at(Self::BYTES - 4);
        let is_good = crc32c(numbers).to_le_bytes() == checksum;
        let mut each = numbers.chunks_exact(8).filter_map(|eight| eight.first_chunk());
        let mut next = || each.next().map(|eight| u64::from_le_bytes(*eight));
        let mut numbers = [0; N];
        for number in &mut numbers {
            *number = next()?;
        }
        let saves = next()?;
        (is_good && saves > 0).then_some((numbers, saves))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_good_slot_counts() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("numbers");
        let open = || Slots::<3>::open(&path).expect("opened");
        let (mut slots, saved) = open();
        assert_eq!(saved, Saved::Nothing);
        assert_eq!(open().1, Saved::Nothing, "there is a file now");
        for n in 1..=3 {
            slots.save([n, n * 10, n * 2]).expect("saved");
            assert_eq!(open().1, Saved::Numbers([n, n * 10, n * 2]));
        }
        // Any flipped bit of the newest slot leaves the one before; the file never grows.
        let good = std::fs::read(&path).expect("readable");
        assert_eq!(good.len(), 72);
        for at in 36..72 {
            let mut bytes = good.clone();
            bytes[at] ^= 4;
            std::fs::write(&path, bytes).expect("written");
            assert_eq!(open().1, Saved::Numbers([2, 20, 4]));
        }
        std::fs::write(&path, [7; 50]).expect("written");
        assert_eq!(open().1, Saved::Damaged);
        assert_eq!(open().1, Saved::Nothing);
    }
}
