//! Writing groups to segments.

use super::files::{Files, SegmentFile};
use super::scan::segment_name;
use super::segment::{HEADER_BYTES, Place, RECORD_HEADER_BYTES, Record, header};
use crate::buffer::{Durability, Item, JournalSettings, KeepError};
use std::io;
use std::path::PathBuf;

/// The end of a journal. Only one is open for a folder.
pub(super) struct Writer<F> {
    files: F,
    settings: JournalSettings,
    current: Option<Current>,
    /// Number of the next record. Numbers rise and may have gaps behind a failure.
    next_number: u64,
    total_bytes: u64,
    /// Kept between groups, so that its memory is.
    scratch: Vec<u8>,
}

/// The segment that is written to.
struct Current {
    file: Box<dyn SegmentFile>,
    path: PathBuf,
    number: u64,
    len: u64,
}

impl<F: Files> Writer<F> {
    /// A writer that begins a new segment at its first group. It never writes to an older one:
    /// what a crash or a failed write left there stays as it is.
    pub(super) fn new(
        files: F,
        settings: JournalSettings,
        next_number: u64,
        total_bytes: u64,
    ) -> Self {
        Self { files, settings, current: None, next_number, total_bytes, scratch: Vec::new() }
    }

    /// Writes a group in one step. `Ok` means that it is kept as the settings promise; otherwise
    /// nothing of it is in the journal, as far as the disk lets us take it back.
    ///
    /// # Errors
    /// When the journal is full or the disk refuses.
    pub(super) fn write(&mut self, group: &[Item], now_ms: u64) -> Result<(), KeepError> {
        let bytes = group.iter().map(|item| RECORD_HEADER_BYTES + item.bytes.len()).sum::<usize>();
        self.check_room(bytes as u64)?;
        let current = match self.current.take() {
            Some(current) if current.len + bytes as u64 <= self.settings.segment_bytes_max => {
                current
            }
            _ => self.begin().map_err(unavailable)?,
        };
        self.append(current, group, now_ms)
    }

    /// Whether a record of usual size would find room.
    ///
    /// # Errors
    /// [`KeepError::Full`] when it would not.
    pub(super) fn check_room(&self, bytes: u64) -> Result<(), KeepError> {
        let max = self.settings.total_bytes_max;
        let needed = self.total_bytes + bytes + HEADER_BYTES as u64;
        if needed <= max {
            return Ok(());
        }
        let dir = self.settings.dir.display();
        let reason = format!("the journal {dir} has {} of {max} bytes", self.total_bytes);
        Err(KeepError::Full { reason })
    }

    /// Writes and removes a small file: whether the disk takes anything again after a failure.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn try_disk(&self) -> Result<(), KeepError> {
        let path = self.settings.dir.join("probe");
        // One may be left from a probe that failed half-way.
        let _ = self.files.remove(&path);
        let attempt = || {
            let mut file = self.files.create(&path)?;
            file.append(&[0; 4096])?;
            file.sync()
        };
        let outcome = attempt().map_err(|error| unavailable((path.clone(), error)));
        let _ = self.files.remove(&path);
        outcome
    }

    #[cfg(test)]
    pub(super) fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// Begins a segment.
    fn begin(&mut self) -> Result<Current, (PathBuf, io::Error)> {
        let number = self.next_number;
        // A number is used for one file only, even when that file fails: a reader that has seen
        // the failed one is not led astray by another of the same name.
        self.next_number += 1;
        let path = self.settings.dir.join(segment_name(number));
        let attempt = || {
            let mut file = self.files.create(&path)?;
            file.append(&header())?;
            if self.settings.durability == Durability::Always {
                self.files.sync_dir(&self.settings.dir)?;
            }
            Ok(file)
        };
        match attempt() {
            Ok(file) => {
                self.next_number = number;
                self.total_bytes += HEADER_BYTES as u64;
                Ok(Current { file, path, number, len: HEADER_BYTES as u64 })
            }
            Err(error) => {
                let _ = self.files.remove(&path);
                Err((path, error))
            }
        }
    }

    fn append(
        &mut self,
        mut current: Current,
        group: &[Item],
        now_ms: u64,
    ) -> Result<(), KeepError> {
        self.scratch.clear();
        for item in group {
            let offset = current.len + self.scratch.len() as u64;
            let place = Place { segment: current.number, offset };
            let record = Record { shard: item.shard, kept_at_ms: now_ms, payload: &item.bytes };
            record.write(place, &mut self.scratch);
        }
        self.next_number += group.len() as u64;
        let mut written = current.file.append(&self.scratch);
        if written.is_ok() && self.settings.durability == Durability::Always {
            written = current.file.sync();
        }
        match written {
            Ok(()) => {
                current.len += self.scratch.len() as u64;
                self.total_bytes += self.scratch.len() as u64;
                self.current = Some(current);
                Ok(())
            }
            Err(error) => {
                let path = current.path.clone();
                self.abandon(current);
                Err(unavailable((path, error)))
            }
        }
    }

    /// Takes back what a failed group left, and never writes to that segment again: after a
    /// failed fsync nobody knows which of its pages are on the disk.
    fn abandon(&mut self, mut current: Current) {
        let empty = current.len == HEADER_BYTES as u64;
        if empty && self.files.remove(&current.path).is_ok() {
            self.total_bytes -= HEADER_BYTES as u64;
            return;
        }
        let taken_back = current.file.truncate(current.len).and_then(|()| current.file.sync());
        if let Err(error) = taken_back {
            let path = current.path.display();
            tracing::warn!(%path, %error, "an unacknowledged group may stay in the journal");
            self.total_bytes += self.scratch.len() as u64;
        }
    }
}

fn unavailable((path, error): (PathBuf, io::Error)) -> KeepError {
    KeepError::unavailable(format!("{}: {error}", path.display()))
}
