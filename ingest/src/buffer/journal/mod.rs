//! The journal: entries in append-only segments on the local disk.
//!
//! A folder holds `lock`, which one ingest holds, and segments `NNNNNNNNNNNNNNNNNNNN.seg`, named
//! by the number of their first record ([`segment`] has their form). A group is one write and
//! one fdatasync; a new segment is followed by an fsync of the folder. Segments have a bounded
//! size, a group stays in one, and all of them together have a bound beyond which nothing more
//! is taken: nothing that was acknowledged is deleted here.
//!
//! A write that fails is taken back and its segment is closed for good; the next group begins
//! another. So a reader's place in a file never becomes another record's.

mod files;
mod reader;
mod recover;
mod scan;
mod segment;
mod writer;

#[cfg(test)]
mod tests;

pub use reader::JournalReader;
pub use scan::Damage;

use super::commit::{GroupError, Sink, Written};
use super::{BufferCounters, Durability, Item, JournalSettings, KeepError, OpenError};
use files::OsFiles;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use writer::Writer;

/// Writes groups to the journal of a folder.
pub struct JournalSink {
    /// `None` only while a blocking thread has it, or after it panicked there.
    writer: Option<Writer<OsFiles>>,
    /// The last failure, until the disk is seen to be well again.
    failure: Option<KeepError>,
    durability: &'static str,
    _lock: File,
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
        let recovered = tokio::task::spawn_blocking(move || recover::recover(&dir))
            .await
            .map_err(|error| OpenError::io(path)(io::Error::other(error)))??;
        counters.torn(recovered.torn_bytes);
        let durability = match settings.durability {
            Durability::Always => "always: on this machine's disk (fdatasync of each group)",
            _ => "memory: with this machine's system; loss of power may take some seconds",
        };
        let (next, total) = (recovered.next_number, recovered.total_bytes);
        Ok(Self {
            writer: Some(Writer::new(OsFiles, settings, next, total)),
            failure: None,
            durability,
            _lock: recovered.lock,
        })
    }

    /// Does `work` with the writer on a thread that may wait for the disk.
    async fn with_writer(
        &mut self,
        work: impl FnOnce(&mut Writer<OsFiles>) -> Result<(), KeepError> + Send + 'static,
    ) -> Result<(), KeepError> {
        let lost = || KeepError::unavailable("the journal's writer has failed; restart ingest");
        let mut writer = self.writer.take().ok_or_else(lost)?;
        let blocking = tokio::task::spawn_blocking(move || {
            let outcome = work(&mut writer);
            (writer, outcome)
        });
        let (writer, outcome) = blocking.await.map_err(|_| lost())?;
        self.writer = Some(writer);
        self.failure = outcome.as_ref().err().cloned();
        outcome
    }
}

impl Sink for JournalSink {
    const KIND: &'static str = "journal";

    async fn write_group(&mut self, group: Vec<Item>) -> Written {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        self.with_writer(move |writer| writer.write(&group, now_ms)).await.map_err(GroupError::All)
    }

    async fn probe(&mut self) -> Result<(), KeepError> {
        if self.failure.is_none() && self.writer.is_some() {
            return Ok(());
        }
        // Room for a record of usual size, then whether the disk takes anything.
        self.with_writer(|writer| writer.check_room(4096).and_then(|()| writer.try_disk())).await
    }

    fn durability(&self) -> String {
        self.durability.to_owned()
    }
}
