//! Room for what comes: how much the segments may have together, and what is done beyond.

use super::files::Files;
use super::writer::{Writer, unavailable};
use crate::buffer::KeepError;
use crate::buffer::limits::JOURNAL_RECOUNT_EVERY;
use crate::buffer::settings::WhenFull;
use dna_buffer::journal::scan::segments;
use dna_buffer::journal::segment::HEADER_BYTES;
use std::io;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

impl<F: Files> Writer<F> {
    /// Makes sure that a group of so many bytes finds room.
    ///
    /// # Errors
    /// [`KeepError::Full`] when it would not.
    pub(super) fn check_room(&mut self, bytes: u64) -> Result<(), KeepError> {
        if self.has_room(bytes) {
            return Ok(());
        }
        let when_full = self.settings.when_full;
        if when_full.is_some()
            && self.counted_at.is_none_or(|at| at.elapsed() > JOURNAL_RECOUNT_EVERY)
        {
            self.trim_read();
            self.recount().map_err(|error| unavailable((self.settings.dir.clone(), error)))?;
        }
        if when_full == Some(WhenFull::RemoveOldest) {
            self.remove_oldest(bytes)
                .map_err(|error| unavailable((self.settings.dir.clone(), error)))?;
        }
        if self.has_room(bytes) {
            return Ok(());
        }
        let (dir, max) = (self.settings.dir.display(), self.settings.total_bytes_max);
        let total = self.total_bytes.load(Relaxed);
        let why = self.why_not_trimmed();
        Err(KeepError::Full {
            reason: format!("the journal {dir} has {total} of {max} bytes{why}"),
        })
    }

    /// Counts anew with each segment, so that what is told of the bytes falls where somebody makes
    /// room. Where it cannot be counted the old figure holds.
    pub(super) fn recount_removed(&mut self) {
        if self.settings.when_full.is_some()
            && let Err(error) = self.recount()
        {
            // Where the folder has gone, each group says so itself; a line for each would fill the
            // disk that the log is on.
            tracing::debug!(%error, "the journal's segments cannot be counted");
        }
    }

    fn has_room(&self, bytes: u64) -> bool {
        let needed = self.total_bytes.load(Relaxed) + bytes + HEADER_BYTES as u64;
        needed <= self.settings.total_bytes_max
    }

    /// Counts anew what is in the folder: an operator may have removed what all have read.
    fn recount(&mut self) -> io::Result<()> {
        self.counted_at = Some(Instant::now());
        let mut total = 0;
        for (_, path) in segments(&self.settings.dir)? {
            match std::fs::metadata(path) {
                Ok(data) => total += data.len(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        self.total_bytes.store(total, Relaxed);
        self.counters.journal_holds(total);
        Ok(())
    }

    /// Removes segments, the oldest first and never the one that is written to, until a group of
    /// so many bytes finds room.
    fn remove_oldest(&mut self, bytes: u64) -> io::Result<()> {
        let segments = segments(&self.settings.dir)?;
        for (at, (number, path)) in segments.iter().enumerate() {
            if self.has_room(bytes) || self.is_written_to(*number) {
                break;
            }
            let size = std::fs::metadata(path)?.len();
            self.files.remove(path)?;
            // Numbers may have gaps behind a failure, so it is as many at most.
            let next = segments.get(at + 1).map_or(self.next_number(), |(next, _)| *next);
            let entries = next.saturating_sub(*number);
            tracing::warn!(
                path = %path.display(), entries, bytes = size,
                "the journal is full: its oldest entries are removed, read or not"
            );
            self.total_bytes.fetch_sub(size, Relaxed);
            self.counters.journal_removed(entries);
        }
        self.counters.journal_holds(self.total_bytes.load(Relaxed));
        Ok(())
    }
}
