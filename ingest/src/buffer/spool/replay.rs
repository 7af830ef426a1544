//! Gives the primary what is in the spool, oldest first, in bounded batches.

use super::counters::Lost;
use super::position::Position;
use crate::buffer::commit::{GroupError, Sink};
use crate::buffer::journal::{JournalReader, Place};
use crate::buffer::{BufferCounters, Item, KeepError, limits};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, Notify, watch};

/// What the sink and the replay tell each other.
pub(super) struct Replaying {
    generation: AtomicU64,
    work: Notify,
    entries: AtomicU64,
    bytes: Arc<AtomicU64>,
    counters: Arc<BufferCounters>,
}

impl Replaying {
    pub(super) fn new(entries: u64, bytes: Arc<AtomicU64>, counters: &Arc<BufferCounters>) -> Self {
        let counters = Arc::clone(counters);
        let (generation, entries) = (AtomicU64::new(0), AtomicU64::new(entries));
        let replaying = Self { generation, work: Notify::new(), entries, bytes, counters };
        replaying.count();
        replaying
    }

    /// There is something for the replay to do.
    pub(super) fn go_on(&self, generation: u64) {
        self.generation.store(generation, Ordering::Release);
        self.work.notify_one();
    }

    pub(super) fn added(&self, entries: u64) {
        self.entries.fetch_add(entries, Ordering::Relaxed);
        self.count();
    }

    /// Nothing is left, whatever damage made of the count.
    pub(super) fn cleared(&self) {
        self.entries.store(0, Ordering::Relaxed);
        self.count();
    }

    pub(super) fn entries(&self) -> u64 {
        self.entries.load(Ordering::Relaxed)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    fn took(&self, entries: u64) {
        let less = |left: u64| Some(left.saturating_sub(entries));
        let _ = self.entries.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        self.counters.spool.took(entries);
        self.count();
    }

    fn count(&self) {
        self.counters.spool.holds(self.entries(), self.bytes());
    }
}

/// How the replay is.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// The generation up to which the primary has everything.
    pub(super) drained: u64,
    /// The generation that the failure was met in.
    pub(super) seen: u64,
    /// Why the primary does not take entries.
    pub(super) failure: Option<String>,
}

impl State {
    pub(super) fn is_failing(&self) -> bool {
        self.failure.is_some()
    }
}

/// The task that replays.
pub(super) struct Replay<S> {
    primary: Arc<Mutex<S>>,
    reader: JournalReader,
    position: Position,
    replaying: Arc<Replaying>,
    state: Arc<watch::Sender<State>>,
    slow: Duration,
    /// Whether the primary took the last thing that it was asked, and soon enough.
    is_well: bool,
    /// Read, and not yet taken by the primary.
    batch: Vec<Item>,
    /// Runs of damage that were counted.
    damage: u64,
}

impl<S: Sink> Replay<S> {
    pub(super) fn new(
        primary: Arc<Mutex<S>>,
        reader: JournalReader,
        position: Position,
        replaying: Arc<Replaying>,
        state: Arc<watch::Sender<State>>,
        slow: Duration,
    ) -> Self {
        let (is_well, batch, damage) = (false, Vec::new(), 0);
        Self { primary, reader, position, replaying, state, slow, is_well, batch, damage }
    }

    /// Replays whenever there is something, until it is aborted.
    pub(super) async fn run(mut self) {
        let mut pause = limits::REPLAY_PAUSE_MIN;
        loop {
            let generation = self.replaying.generation.load(Ordering::Acquire);
            if self.state.borrow().drained == generation {
                self.replaying.work.notified().await;
                // Something made the sink turn to the spool: the primary has to be asked.
                self.is_well = false;
                continue;
            }
            match self.round().await {
                Ok(true) => pause = limits::REPLAY_PAUSE_MIN,
                Ok(false) => self.tell_drained(generation),
                Err(error) => {
                    self.is_well = false;
                    let failure = Some(error.to_string());
                    self.state.send_modify(|state| {
                        (state.failure, state.seen) = (failure, generation);
                    });
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(limits::REPLAY_PAUSE_MAX);
                }
            }
        }
    }

    /// Everything is with the primary, if nothing has come meanwhile.
    fn tell_drained(&mut self, generation: u64) {
        if self.replaying.generation.load(Ordering::Acquire) == generation {
            // No more will come in this segment before the sink hears of it, so what cannot be
            // read at its end is damage.
            self.reader.give_up_rest();
            self.count_damage();
            self.state.send_modify(|state| {
                (state.drained, state.failure) = (generation, None);
            });
        }
    }

    /// Replays a batch; false when there is none.
    async fn round(&mut self) -> Result<bool, KeepError> {
        if !self.is_well {
            self.primary.lock().await.probe().await?;
            self.is_well = true;
            self.tell_well();
        }
        if self.batch.is_empty() {
            self.read().await?;
        }
        if self.batch.is_empty() {
            return Ok(false);
        }
        let started = Instant::now();
        self.write().await?;
        self.is_well = started.elapsed() < self.slow;
        self.tell_well();
        self.pass().await;
        Ok(true)
    }

    fn tell_well(&self) {
        if self.state.borrow().is_failing() {
            self.state.send_modify(|state| state.failure = None);
        }
    }

    async fn read(&mut self) -> Result<(), KeepError> {
        let batch = self.reader.next(limits::GROUP_ITEMS_MAX, Duration::ZERO).await;
        let batch = batch.map_err(|error| KeepError::unavailable(format!("the spool: {error}")))?;
        self.count_damage();
        self.batch =
            batch.into_iter().map(|kept| Item { shard: kept.shard, bytes: kept.bytes }).collect();
        Ok(())
    }

    fn count_damage(&mut self) {
        let runs = self.reader.damage().runs;
        if runs > self.damage {
            let lost = runs - self.damage;
            tracing::error!(lost, "entries of the spool are damaged and lost");
            self.replaying.counters.spool.lost(Lost::Damaged, lost);
            self.damage = runs;
        }
    }

    /// Writes the batch. What the primary refuses of it stays, to be tried again.
    async fn write(&mut self) -> Result<(), KeepError> {
        let written = self.primary.lock().await.write_group(self.batch.clone()).await;
        let outcomes = match written {
            Ok(()) => {
                self.replaying.took(self.batch.len() as u64);
                self.batch.clear();
                return Ok(());
            }
            Err(GroupError::All(error)) => return Err(error),
            Err(GroupError::Each(outcomes)) => outcomes,
        };
        let before = self.batch.len();
        let batch = std::mem::take(&mut self.batch).into_iter().zip(&outcomes);
        self.batch = batch.filter(|(_, outcome)| outcome.is_err()).map(|(item, _)| item).collect();
        self.replaying.took((before - self.batch.len()) as u64);
        outcomes.into_iter().find_map(Result::err).map_or(Ok(()), Err)
    }

    /// Notes that everything that was read is done with, and removes the segments before.
    async fn pass(&mut self) {
        let Some((place, records)) = self.reader.place() else { return };
        let is_new_segment = place.segment != self.position.place().segment;
        if let Err(error) = self.position.save(place, records) {
            tracing::warn!(%error, "the position in the spool was not saved: a kill repeats more");
            return;
        }
        if is_new_segment {
            self.remove_before(place).await;
        }
    }

    async fn remove_before(&mut self, place: Place) {
        match self.reader.remove_before(place.segment).await {
            Ok(bytes) => {
                self.replaying.bytes.fetch_sub(bytes, Ordering::Relaxed);
                self.replaying.count();
            }
            Err(error) => tracing::warn!(%error, "a replayed segment could not be removed"),
        }
    }
}
