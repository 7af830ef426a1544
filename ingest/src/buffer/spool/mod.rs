//! The journal as spool: where entries are while Redis does not take them.
//!
//! A group goes to the primary store. When that is away, refuses, or is slower than a limit, the
//! group goes to a journal in a folder of its own instead and is acknowledged as the durability
//! setting says. From then on every group goes behind it, so that each session stays in its
//! order, while [`replay`] gives the primary what is on the disk, oldest first. When nothing is
//! left, groups go to the primary again. The intake never waits for more than the last batch.
//!
//! At least once: the outcome of a write that came too late is unknown, so it is spooled too, and
//! an end in the middle of a batch repeats that batch. Consumers tell the second copy by session
//! and sequence. What the spool of the last run holds is replayed before anything new.
//!
//! A stream that refuses for good holds up the others in the spool as well: all stay
//! acknowledged and on disk, until the spool is full or the stream is mended.

mod chunk;
mod counters;
mod divert;
mod position;
mod recent;
mod replay;

#[cfg(test)]
mod tests;

pub use counters::{Lost, SpoolCounters};

use super::commit::{GroupError, Sink, Written};
use super::journal::JournalSink;
use super::{BufferCounters, Durability, Group, JournalSettings, KeepError, OpenError};
use super::{SpoolSettings, limits};
use dna_buffer::journal::JournalReader;
use dna_buffer::journal::Tail;
use position::Position;
use recent::Recent;
use replay::{Replay, Replaying, State};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

/// What waits in the spool, for `/health/ready`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spooling {
    /// Entries that the primary does not have yet; after a restart an estimate.
    pub entries: u64,
    /// Bytes of the segments on the disk.
    pub bytes: u64,
    /// How many it may have.
    pub bytes_max: u64,
    /// Why the primary does not take them; `None` while it takes what is replayed.
    pub reason: Option<String>,
}

/// Writes groups to `S`, and to the spool while `S` does not take them.
pub struct SpoolSink<S> {
    /// The replay has it while the spool is in use, a write otherwise.
    primary: Arc<Mutex<S>>,
    journal: JournalSink,
    replaying: Arc<Replaying>,
    sender: Arc<watch::Sender<State>>,
    state: watch::Receiver<State>,
    task: AbortHandle,
    /// Counts what happened to the spool; nothing is left of it once the replay has got so far.
    generation: u64,
    is_spooling: bool,
    /// What the primary took a moment ago, and may yet forget.
    recent: Recent,
    /// When the segments that are replayed may go; later than at once where the primary may yet
    /// forget what was in them.
    clear_at: Option<Instant>,
    forgets_for: Duration,
    slow: Duration,
    bytes_max: u64,
    counters: Arc<BufferCounters>,
}

impl<S> Drop for SpoolSink<S> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<S: Sink> SpoolSink<S> {
    /// Opens the spool, and replays what the last run left in it.
    ///
    /// # Errors
    /// When another ingest has the folder, or it cannot be used.
    pub async fn open(
        primary: S,
        settings: SpoolSettings,
        durability: Durability,
        counters: Arc<BufferCounters>,
    ) -> Result<Self, OpenError> {
        let journal = JournalSettings {
            segment_bytes_max: limits::SPOOL_SEGMENT_BYTES.min(settings.total_bytes_max / 2),
            total_bytes_max: settings.total_bytes_max,
            when_full: None,
            durability,
            ..JournalSettings::new(&settings.dir)
        };
        let mut journal = JournalSink::open(journal, Arc::clone(&counters)).await?;
        match journal.tail() {
            Tail::None => {}
            Tail::Torn => counters.spool.lost(Lost::Torn, 1),
            Tail::Damaged => counters.spool.lost(Lost::Damaged, 1),
        }
        let (position, left) = resume(&mut journal, &settings.dir)?;
        let replaying = Arc::new(Replaying::new(left, journal.total_bytes(), &counters));
        let (sender, state) = watch::channel(State::default());
        let sender = Arc::new(sender);
        let primary = Arc::new(Mutex::new(primary));
        let place = position.place();
        let records = position.records();
        let reader = JournalReader::open_at(settings.dir.clone(), place, records).await;
        let reader = reader.map_err(|error| {
            OpenError::io(&settings.dir)(std::io::Error::other(error.to_string()))
        })?;
        let forgets_for = match durability {
            Durability::Everysec => limits::RECENT_KEPT,
            _ => Duration::ZERO,
        };
        let replay = Replay::new(
            Arc::clone(&primary),
            (settings.dir, reader, position),
            Arc::clone(&replaying),
            Arc::clone(&sender),
            (settings.slow, forgets_for),
        );
        let task = tokio::spawn(replay.run()).abort_handle();
        let mut sink = Self {
            primary,
            journal,
            replaying,
            sender,
            state,
            task,
            generation: 0,
            is_spooling: false,
            recent: Recent::new(forgets_for, settings.recent_bytes_max),
            clear_at: None,
            forgets_for,
            slow: settings.slow,
            bytes_max: settings.total_bytes_max,
            counters,
        };
        if left > 0 {
            tracing::info!(entries = left, "the last run left entries in the spool");
            sink.begin("what the last run left is to be replayed", false);
        }
        Ok(sink)
    }

    /// Gives the primary a group, and the spool what of it the primary does not take.
    async fn write_through(&mut self, group: Group) -> Written {
        if let Err(error) = self.repay().await {
            return self.divert(group, &error).await;
        }
        let write = async { self.primary.lock().await.write_group(Group::clone(&group)).await };
        match timeout(self.slow, write).await {
            Ok(Ok(())) => {
                self.recent.push(&group);
                self.clear_when_due().await;
                Ok(())
            }
            Ok(Err(GroupError::All(error))) => self.divert(group, &error).await,
            Ok(Err(GroupError::Each(outcomes))) => self.divert_failed(group, outcomes).await,
            Err(_) => self.divert(group, &self.too_slow()).await,
        }
    }

    fn too_slow(&self) -> KeepError {
        KeepError::unavailable(format!("{} did not answer in {:?}", S::KIND, self.slow))
    }

    /// Puts a group behind what is in the spool.
    async fn append(&mut self, group: Group) -> Written {
        let entries = group.len() as u64;
        let written = self.journal.write_group(group).await;
        if written.is_ok() {
            self.counters.spool.spooled(entries);
            self.replaying.added(entries);
        }
        written
    }

    /// Whether the primary has all that was spooled. Where only a last batch is missing and the
    /// primary takes entries, that batch is waited for: under load something always comes while
    /// the last of the spool is written, and the spool would never be left.
    async fn has_caught_up(&mut self) -> bool {
        let generation = self.generation;
        let state = self.state.borrow_and_update().clone();
        let is_near = self.replaying.entries() <= limits::GROUP_ITEMS_MAX as u64;
        if state.drained != generation && (state.is_failing() || !is_near) {
            return false;
        }
        let drained = self.state.wait_for(|state| {
            state.drained == generation || (state.is_failing() && state.seen == generation)
        });
        let drained = timeout(self.slow, drained).await;
        let drained = drained.map(|state| state.is_ok_and(|state| state.drained == generation));
        drained.unwrap_or_else(|_| {
            // The next groups need not wait for it too, until it takes something.
            let failure = Some(self.too_slow().to_string());
            self.sender.send_modify(|state| state.failure = failure);
            false
        })
    }

    /// Removes the segments of a spool that was left, when the primary has all of it for good.
    async fn clear_when_due(&mut self) {
        if self.clear_at.is_none_or(|at| Instant::now() < at) {
            return;
        }
        self.clear_at = None;
        if let Err(error) = self.journal.clear().await {
            // They are removed when the replay passes them the next time, or at the next start.
            tracing::warn!(%error, "replayed segments could not be removed");
        }
        self.replaying.cleared();
    }

    /// Leaves the spool, of which the primary has everything.
    async fn end(&mut self) {
        self.is_spooling = false;
        self.replaying.drained();
        self.clear_at = Some(Instant::now() + self.forgets_for);
        self.clear_when_due().await;
        let replayed = self.counters.spool.replayed();
        tracing::info!(replayed, "{} has all that was in the spool", S::KIND);
    }
}

/// The position of the last run, and how many entries are behind it. Segments before it, which an
/// end at the wrong moment may have left, are removed.
fn resume(journal: &mut JournalSink, dir: &Path) -> Result<(Position, u64), OpenError> {
    let path = dir.join("position");
    let position = Position::open(&path).map_err(OpenError::io(&path))?;
    let place = position.place();
    let first = journal.remove_before(place.segment).map_err(OpenError::io(dir))?;
    // A new segment must never come before the position: it would be passed over.
    journal.number_from(place.segment + 1);
    let read = match first {
        Some(segment) if segment == place.segment => place.segment + position.records(),
        Some(segment) => segment,
        None => return Ok((position, 0)),
    };
    // A segment is there, so something may be in it, whatever the numbers say.
    let left = journal.next_number().saturating_sub(read).max(1);
    Ok((position, left))
}

impl<S: Sink> Sink for SpoolSink<S> {
    const KIND: &'static str = S::KIND;

    async fn write_group(&mut self, group: Group) -> Written {
        if self.is_spooling {
            if !self.has_caught_up().await {
                let written = match self.save_owed().await {
                    Ok(()) => self.append(group).await,
                    full => full,
                };
                self.went_on();
                return written;
            }
            self.end().await;
        }
        self.write_through(group).await
    }

    async fn probe(&mut self) -> Result<(), KeepError> {
        if self.is_spooling && self.state.borrow().drained == self.generation {
            self.end().await;
        }
        if !self.is_spooling {
            let probe = async { self.primary.lock().await.probe().await };
            let asked = timeout(self.slow, probe).await.unwrap_or_else(|_| Err(self.too_slow()));
            let well = match asked {
                Ok(()) => self.repay().await,
                failed => failed,
            };
            match well {
                Ok(()) => {
                    self.recent.forget();
                    self.clear_when_due().await;
                    return Ok(());
                }
                // What is told is whether the spool takes entries.
                Err(error) => drop(self.divert(Group::default(), &error).await),
            }
        } else if self.recent.is_owed() {
            // What it says is told by the journal's probe too.
            drop(self.save_owed().await);
            self.went_on();
        }
        // Ready as long as the spool takes entries.
        self.journal.probe().await
    }

    fn problem(&self) -> Option<KeepError> {
        if self.is_spooling {
            return None;
        }
        self.primary.try_lock().ok().and_then(|primary| primary.problem())
    }

    fn durability(&self) -> String {
        match self.primary.try_lock() {
            Ok(primary) if !self.is_spooling => primary.durability(),
            _ => format!("{}; in the spool until {} has it", self.journal.durability(), S::KIND),
        }
    }

    /// Also while it is replayed to: the connection may be one that was made here before, and ends
    /// with the runtime that it was made on. The replay sees to it behind the batch in its hands, for
    /// which nothing here waits.
    async fn moved(&mut self) {
        match self.primary.try_lock() {
            Ok(mut primary) => primary.moved().await,
            Err(_) => self.replaying.tell_moved(),
        }
    }

    fn spooling(&self) -> Option<Spooling> {
        self.is_spooling.then(|| Spooling {
            entries: self.replaying.entries(),
            bytes: self.replaying.bytes(),
            bytes_max: self.bytes_max,
            reason: self.state.borrow().failure.clone(),
        })
    }

    async fn close(&mut self) {
        if self.recent.is_owed() {
            drop(self.save_owed().await);
            self.went_on();
        }
        if self.is_spooling {
            let generation = self.generation;
            let given_up = self.state.borrow().failures + limits::SPOOL_CLOSE_ATTEMPTS;
            let settled = self.state.wait_for(|state| {
                state.drained == generation || (state.is_failing() && state.failures >= given_up)
            });
            let _ = timeout(limits::SPOOL_CLOSE_PATIENCE, settled).await;
        }
        self.task.abort();
        self.settle_owed().await;
        self.journal.close().await;
        let (entries, bytes) = (self.replaying.entries(), self.replaying.bytes());
        if self.is_spooling && entries > 0 {
            tracing::warn!(
                entries,
                bytes,
                "stays in the spool, forced to disk, for the next start"
            );
        }
        self.primary.lock().await.close().await;
    }
}
