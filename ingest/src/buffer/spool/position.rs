//! How far the replay has got, in a small file beside the segments. It is not forced to disk: after a
//! loss of power an older position may be found, and more than one batch is repeated.

use crate::buffer::slots::{Saved, Slots};
use dna_buffer::journal::Place;
use std::io;
use std::path::Path;

/// The position of a spool.
pub(super) struct Position {
    slots: Slots<3>,
    place: Place,
    /// Records of the segment before the place.
    records: u64,
}

impl Position {
    /// Opens the file at `path`; where nothing is in it, the position is the beginning, and
    /// everything that is there is repeated.
    ///
    /// # Errors
    /// When it cannot be opened or made.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let (slots, saved) = Slots::open(path)?;
        let [segment, offset, records] = match saved {
            Saved::Numbers(numbers) => numbers,
            Saved::Nothing => [0; 3],
            Saved::Damaged => {
                let path = path.display();
                tracing::warn!(%path, "the position in the spool is damaged: all of it is repeated");
                [0; 3]
            }
        };
        Ok(Self { slots, place: Place { segment, offset }, records })
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
        self.slots.save([place.segment, place.offset, records])
    }
}
