//! How far the replay has got, in a small file beside the segments.
//!
//! Two slots are written in turn, in place: no room on the disk is needed for it, and a write
//! that is cut off leaves the other slot. It is not forced to disk: after a loss of power an
//! older one may be found, and more than one batch is repeated.

use crc32c::crc32c;
use dna_buffer::journal::Place;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Four numbers and a checksum.
const SLOT_BYTES: usize = 36;

/// The position of a spool.
pub(super) struct Position {
    file: File,
    place: Place,
    /// Records of the segment before the place.
    records: u64,
    /// Rises with each save; the higher one of the two slots counts.
    saves: u64,
}

impl Position {
    /// Opens the file at `path`; without a good slot in it, the position is the beginning, and
    /// everything that is there is repeated.
    ///
    /// # Errors
    /// When it cannot be opened or made.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path)?;
        let beginning = ([0; 3], 0);
        let slots = [0, 1].map(|slot| read_slot(&file, slot));
        let newest = slots.into_iter().flatten().max_by_key(|(_, saves)| *saves);
        if newest.is_none() && file.metadata()?.len() > 0 {
            let path = path.display();
            tracing::warn!(%path, "the position in the spool is damaged: all of it is repeated");
        }
        let ([segment, offset, records], saves) = newest.unwrap_or(beginning);
        if newest.is_none() {
            // Now, while there may be room: later it is written in place.
            let _ = file.write_all_at(&[0; 2 * SLOT_BYTES], 0);
        }
        Ok(Self { file, place: Place { segment, offset }, records, saves })
    }

    /// The place of the next record.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// Records of its segment that are before it.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// Saves a new place, behind so many records of its segment.
    ///
    /// # Errors
    /// What the system says. The older position then counts.
    pub(super) fn save(&mut self, place: Place, records: u64) -> io::Result<()> {
        (self.place, self.records) = (place, records);
        self.saves += 1;
        let mut slot = [0; SLOT_BYTES];
        let numbers = [place.segment, place.offset, records, self.saves];
        for (bytes, number) in slot.chunks_exact_mut(8).zip(numbers) {
            bytes.copy_from_slice(&number.to_le_bytes());
        }
        let checksum = crc32c(&slot[..32]);
        slot[32..].copy_from_slice(&checksum.to_le_bytes());
        self.file.write_all_at(&slot, (self.saves % 2) * SLOT_BYTES as u64)
    }
}

/// The numbers of a slot and its count of saves; `None` when it is not good.
fn read_slot(file: &File, slot: u64) -> Option<([u64; 3], u64)> {
    let mut bytes = [0; SLOT_BYTES];
    file.read_exact_at(&mut bytes, slot * SLOT_BYTES as u64).ok()?;
    let number = |at: usize| bytes[at * 8..].first_chunk().map(|eight| u64::from_le_bytes(*eight));
    let checksum = u32::from_le_bytes(*bytes[32..].first_chunk()?);
    let is_good = crc32c(&bytes[..32]) == checksum && number(3)? > 0;
    is_good.then_some(([number(0)?, number(1)?, number(2)?], number(3)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(position: &Position) -> (u64, u64, u64) {
        (position.place.segment, position.place.offset, position.records)
    }

    #[test]
    fn the_newest_good_slot_counts() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("position");
        let mut position = Position::open(&path).expect("made");
        assert_eq!(place(&position), (0, 0, 0));
        for n in 1..=3 {
            position.save(Place { segment: n, offset: n * 10 }, n * 2).expect("saved");
            assert_eq!(place(&Position::open(&path).expect("opened")), (n, n * 10, n * 2));
        }
        // Any flipped bit of the newest slot leaves the one before; the file never grows.
        let good = std::fs::read(&path).expect("readable");
        assert_eq!(good.len(), 2 * SLOT_BYTES);
        for at in SLOT_BYTES..2 * SLOT_BYTES {
            let mut bytes = good.clone();
            bytes[at] ^= 4;
            std::fs::write(&path, bytes).expect("written");
            assert_eq!(place(&Position::open(&path).expect("opened")), (2, 20, 4));
        }
        std::fs::write(&path, [7; 50]).expect("written");
        assert_eq!(place(&Position::open(&path).expect("opened")), (0, 0, 0));
    }
}
