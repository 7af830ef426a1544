//! Writing groups to segments.

use super::files::{Files, SegmentFile};
use super::flush::Flusher;
use crate::buffer::slots::Slots;
use crate::buffer::{BufferCounters, Durability, Item, JournalSettings, KeepError};
use dna_buffer::journal::scan::{remove_before, segment_name};
use dna_buffer::journal::segment::{HEADER_BYTES, Place, RECORD_HEADER_BYTES, Record, header};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

/// The end of a journal. Only one is open for a folder.
pub(super) struct Writer<F> {
    pub(super) files: F,
    pub(super) settings: JournalSettings,
    current: Option<Current>,
    /// Number of the next record. Numbers rise and may have gaps behind a failure.
    next_number: u64,
    /// Where the number of each segment is written down before there is one.
    newest: Option<Slots<1>>,
    /// Bytes of all segments; shared with who removes those that are done with.
    pub(super) total_bytes: Arc<AtomicU64>,
    /// When they were counted last because there was no room.
    pub(super) counted_at: Option<Instant>,
    pub(super) counters: Arc<BufferCounters>,
    /// Where the durability is `everysec`.
    flusher: Option<Arc<Flusher>>,
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
        let flushes = settings.durability == Durability::Everysec;
        Self {
            files,
            settings,
            current: None,
            next_number,
            newest: None,
            total_bytes: Arc::new(AtomicU64::new(total_bytes)),
            counted_at: None,
            counters: Arc::default(),
            flusher: flushes.then(Arc::default),
            scratch: Vec::new(),
        }
    }

    /// Counts in `counters` from now on.
    pub(super) fn counting(mut self, counters: Arc<BufferCounters>) -> Self {
        counters.journal_holds(self.total_bytes.load(Relaxed));
        self.counters = counters;
        self
    }

    /// Writes down the number of each segment in `newest` from now on.
    pub(super) fn numbering(mut self, newest: Slots<1>) -> Self {
        self.newest = Some(newest);
        self
    }

    /// Whether the segment of this number is written to.
    pub(super) fn is_written_to(&self, number: u64) -> bool {
        self.current.as_ref().is_some_and(|current| current.number == number)
    }

    /// Writes a group in one step. `Ok` means that it is kept as the settings promise; otherwise
    /// nothing of it is in the journal, as far as the disk lets us take it back.
    ///
    /// # Errors
    /// When the journal is full or the disk refuses.
    pub(super) fn write(&mut self, group: &[Item], now_ms: u64) -> Result<(), KeepError> {
        let bytes = group.iter().map(|item| RECORD_HEADER_BYTES + item.bytes.len()).sum::<usize>();
        self.check_room(bytes as u64)?;
        self.judge_flush()?;
        // An operator who makes room may take the newest segment too.
        let fits = |current: &mut Current| {
            current.len + bytes as u64 <= self.settings.segment_bytes_max
                && !current.file.is_removed()
        };
        let current = match self.current.take_if(fits) {
            Some(current) => current,
            None => {
                self.end_segment()?;
                self.trim_read();
                self.recount_removed();
                self.begin().map_err(unavailable)?
            }
        };
        self.append(current, group, now_ms)
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

    /// Bytes of all segments. Who removes one takes its bytes off.
    pub(super) fn total_bytes(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.total_bytes)
    }

    /// What has to run beside the writer where the durability is `everysec`.
    pub(super) fn flusher(&self) -> Option<Arc<Flusher>> {
        self.flusher.clone()
    }

    /// Closes the segment that is written to; the next group begins another. It is on the disk
    /// then, unless nothing is promised of that.
    ///
    /// # Errors
    /// When the disk does not take it. It is closed all the same.
    pub(super) fn end_segment(&mut self) -> Result<(), KeepError> {
        let Some(mut current) = self.current.take() else { return Ok(()) };
        if self.settings.durability == Durability::Memory {
            return Ok(());
        }
        current.file.sync().map_err(|error| unavailable((current.path, error)))
    }

    /// Removes all segments, and begins another for the next group.
    ///
    /// # Errors
    /// When some could not be removed.
    pub(super) fn clear(&mut self) -> Result<(), KeepError> {
        self.current = None;
        let dir = &self.settings.dir;
        let removed =
            remove_before(dir, u64::MAX).map_err(|error| unavailable((dir.clone(), error)))?;
        self.total_bytes.fetch_sub(removed, Relaxed);
        Ok(())
    }

    /// Number of the next record.
    pub(super) fn next_number(&self) -> u64 {
        self.next_number
    }

    /// Numbers records from `least` on, if they are not further already.
    pub(super) fn number_from(&mut self, least: u64) {
        self.next_number = self.next_number.max(least);
    }

    /// Puts on the disk what is not there yet, whatever is promised.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub(super) fn sync(&mut self) -> Result<(), KeepError> {
        let Some(current) = &mut self.current else { return Ok(()) };
        current.file.sync().map_err(|error| unavailable((current.path.clone(), error)))
    }

    /// A flush that failed is told to the next group. After it nobody knows which pages of the
    /// segment are on the disk, so nothing more is written to it.
    fn judge_flush(&mut self) -> Result<(), KeepError> {
        let failure = self.flusher.as_ref().and_then(|flusher| flusher.take_failure());
        let Some(error) = failure else { return Ok(()) };
        let path = self.current.take().map_or_else(|| self.settings.dir.clone(), |at| at.path);
        Err(unavailable((path, error)))
    }

    /// Begins a segment.
    fn begin(&mut self) -> Result<Current, (PathBuf, io::Error)> {
        let number = self.next_number;
        // A number is used for one file only, even when that file fails: a reader that has seen
        // the failed one is not led astray by another of the same name.
        self.next_number += 1;
        let path = self.settings.dir.join(segment_name(number));
        let is_forced = self.settings.durability != Durability::Memory;
        let newest = &mut self.newest;
        let mut attempt = || {
            if let Some(newest) = newest {
                newest.save([number])?;
                if is_forced {
                    newest.sync()?;
                }
            }
            let mut file = self.files.create(&path)?;
            file.append(&header())?;
            if is_forced {
                self.files.sync_dir(&self.settings.dir)?;
            }
            if let Some(flusher) = &self.flusher {
                flusher.follow(file.again()?);
            }
            Ok(file)
        };
        match attempt() {
            Ok(file) => {
                self.next_number = number;
                self.total_bytes.fetch_add(HEADER_BYTES as u64, Relaxed);
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
        if written.is_ok() && self.must_sync() {
            written = current.file.sync();
        }
        match written {
            Ok(()) => {
                current.len += self.scratch.len() as u64;
                let written = self.scratch.len() as u64;
                let total = self.total_bytes.fetch_add(written, Relaxed) + written;
                self.counters.journal_holds(total);
                self.current = Some(current);
                if let Some(flusher) = &self.flusher {
                    flusher.wrote();
                }
                Ok(())
            }
            Err(error) => {
                let path = current.path.clone();
                self.abandon(current);
                Err(unavailable((path, error)))
            }
        }
    }

    /// Whether a group has to be on the disk before it is acknowledged.
    fn must_sync(&self) -> bool {
        match &self.flusher {
            Some(flusher) => flusher.is_late(),
            None => self.settings.durability == Durability::Always,
        }
    }

    /// Takes back what a failed group left, and never writes to that segment again: after a
    /// failed fsync nobody knows which of its pages are on the disk.
    fn abandon(&mut self, mut current: Current) {
        let empty = current.len == HEADER_BYTES as u64;
        if empty && self.files.remove(&current.path).is_ok() {
            self.total_bytes.fetch_sub(HEADER_BYTES as u64, Relaxed);
            return;
        }
        let taken_back = current.file.truncate(current.len).and_then(|()| current.file.sync());
        if let Err(error) = taken_back {
            let path = current.path.display();
            tracing::warn!(%path, %error, "an unacknowledged group may stay in the journal");
            self.total_bytes.fetch_add(self.scratch.len() as u64, Relaxed);
        }
    }
}

pub(super) fn unavailable((path, error): (PathBuf, io::Error)) -> KeepError {
    KeepError::unavailable(format!("{}: {error}", path.display()))
}
