//! The journal: entries in append-only segments on the local disk.
//!
//! A folder holds `lock`, which one ingest holds, segments `NNNNNNNNNNNNNNNNNNNN.seg`, named
//! by the number of their first record ([`segment`](dna_buffer::journal::segment) has their form),
//! `newest`, the number of the last of them, which is never given twice, and `journal.id`, which
//! journal it is ([`identity`](dna_buffer::journal::identity)). A group is one write and
//! one fdatasync; a new segment is followed by an fsync of the folder. Segments have a bounded
//! size, a group stays in one, and all of them together have a bound beyond which nothing more
//! is taken: what was acknowledged is deleted when all registered readers are past it ([`trim`]),
//! else only if the operator wants the oldest to make room ([`room`]).
//!
//! A write that fails is taken back and its segment is closed for good; the next group begins
//! another. So a reader's place in a file never becomes another record's.

mod files;
mod flush;
mod recover;
mod room;
mod trim;
mod writer;

#[cfg(test)]
mod tests;

use super::commit::{GroupError, Sink, Written};
use super::settings::WhenFull;
use super::{BufferCounters, Durability, Group, JournalSettings, KeepError, OpenError};
use dna_buffer::journal::{Tail, scan};
use files::OsFiles;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::task::AbortHandle;
use writer::Writer;

/// Writes groups to the journal of a folder.
pub struct JournalSink {
    /// Locked by the thread that waits for the disk, even where nobody waits for that any more.
    /// Poisoned when it panicked there.
    writer: Arc<Mutex<Writer<OsFiles>>>,
    /// The last failure, until the disk is seen to be well again.
    failure: Option<KeepError>,
    durability: String,
    /// The task that forces the disk where the durability is `everysec`.
    flushing: Option<AbortHandle>,
    /// Bytes that were cut off when it was opened.
    tail: Tail,
    dir: PathBuf,
    _lock: File,
}

impl Drop for JournalSink {
    fn drop(&mut self) {
        if let Some(flushing) = &self.flushing {
            flushing.abort();
        }
    }
}

impl JournalSink {
    /// Locks and opens a folder.
    ///
    /// # Errors
    /// When another ingest has it, or it cannot be used.
    pub async fn open(
        settings: JournalSettings,
        counters: Arc<BufferCounters>,
    ) -> Result<Self, OpenError> {
        let dir = settings.dir.clone();
        let path = dir.clone();
        let is_of_spool = settings.when_full.is_none();
        let recovering = tokio::task::spawn_blocking(move || {
            let recovered = recover::recover(&dir)?;
            // Nobody else reads a spool.
            if !is_of_spool {
                recover::identify(&dir, recovered.next_number)?;
            }
            Ok::<_, OpenError>(recovered)
        });
        let recovered =
            recovering.await.map_err(|error| OpenError::io(&path)(io::Error::other(error)))??;
        match recovered.tail {
            Tail::None | Tail::Torn => counters.torn(recovered.cut_bytes),
            Tail::Damaged => counters.damaged(recovered.cut_bytes),
        }
        let beyond = match settings.when_full {
            Some(WhenFull::RemoveOldest) => {
                format!("; beyond {} bytes the oldest are removed", settings.total_bytes_max)
            }
            _ => String::new(),
        };
        let durability = match settings.durability {
            Durability::Memory => {
                "memory: with this machine's system; loss of power may take some seconds"
            }
            Durability::Everysec => {
                "everysec: on this machine's disk about a second later; loss of power may take that"
            }
            Durability::Always | Durability::Replicated { .. } => {
                "always: on this machine's disk (fdatasync of each group)"
            }
        };
        let (next, total) = (recovered.next_number, recovered.total_bytes);
        let mut writer = Writer::new(OsFiles, settings, next, total).numbering(recovered.newest);
        if !is_of_spool {
            writer = writer.counting(counters);
        }
        let flushing = writer.flusher().map(|flusher| tokio::spawn(flusher.run()).abort_handle());
        Ok(Self {
            writer: Arc::new(Mutex::new(writer)),
            failure: None,
            durability: format!("{durability}{beyond}"),
            flushing,
            tail: recovered.tail,
            dir: path,
            _lock: recovered.lock,
        })
    }

    /// Does `work` with the writer on a thread that may wait for the disk.
    async fn with_writer(
        &mut self,
        work: impl FnOnce(&mut Writer<OsFiles>) -> Result<(), KeepError> + Send + 'static,
    ) -> Result<(), KeepError> {
        let lost = || KeepError::unavailable("the journal's writer has failed; restart ingest");
        let writer = Arc::clone(&self.writer);
        let blocking = tokio::task::spawn_blocking(move || {
            let mut writer = writer.lock().map_err(|_| lost())?;
            work(&mut writer)
        });
        let outcome = blocking.await.map_err(|_| lost()).flatten();
        self.failure = outcome.as_ref().err().cloned();
        outcome
    }
}

/// For a journal whose entries are taken out again; see [`spool`](super::spool).
impl JournalSink {
    /// The writer, for what does not wait for the disk.
    fn now(&self) -> MutexGuard<'_, Writer<OsFiles>> {
        // Figures, which no panic leaves half made.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was cut off when it was opened.
    pub(super) fn tail(&self) -> Tail {
        self.tail
    }

    /// Bytes of all segments. Who removes one takes its bytes off.
    pub(super) fn total_bytes(&self) -> Arc<AtomicU64> {
        self.now().total_bytes()
    }

    /// Number of the next record.
    pub(super) fn next_number(&self) -> u64 {
        self.now().next_number()
    }

    /// Numbers records from `least` on, if they are not further already.
    pub(super) fn number_from(&mut self, least: u64) {
        self.now().number_from(least);
    }

    /// Removes the segments before the one numbered `segment`; the first that is left.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn remove_before(&mut self, segment: u64) -> io::Result<Option<u64>> {
        let removed = scan::remove_before(&self.dir, segment)?;
        self.total_bytes().fetch_sub(removed, Relaxed);
        Ok(scan::segments(&self.dir)?.first().map(|(number, _)| *number))
    }

    /// Removes everything; the next group begins a segment.
    ///
    /// # Errors
    /// What the system says. What could not be removed stays, and is not written to.
    pub(super) async fn clear(&mut self) -> Result<(), KeepError> {
        self.with_writer(Writer::clear).await
    }
}

impl Sink for JournalSink {
    const KIND: &'static str = "journal";

    async fn write_group(&mut self, group: Group) -> Written {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        self.with_writer(move |writer| writer.write(&group, now_ms)).await.map_err(GroupError::All)
    }

    async fn probe(&mut self) -> Result<(), KeepError> {
        if self.failure.is_none() && !self.writer.is_poisoned() {
            return Ok(());
        }
        // Room for a record of usual size, then whether the disk takes anything.
        self.with_writer(|writer| writer.check_room(4096).and_then(|()| writer.try_disk())).await
    }

    /// What was written is on the disk afterwards, whatever is promised.
    async fn close(&mut self) {
        if let Err(error) = self.with_writer(Writer::sync).await {
            tracing::warn!(%error, "the journal could not be forced to disk");
        }
    }

    fn durability(&self) -> String {
        self.durability.clone()
    }
}
