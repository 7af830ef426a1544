//! Gives the primary what is in the spool, oldest first, in bounded batches.

use super::counters::Lost;
use super::position::Position;
use crate::buffer::commit::{GroupError, Sink};
use crate::buffer::{BufferCounters, Group, Item, KeepError, limits};
use dna_buffer::ReadError;
use dna_buffer::journal::JournalReader;
use dna_buffer::journal::Place;
use dna_buffer::read::Kept;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, Notify, watch};

/// What the sink and the replay tell each other.
pub(super) struct Replaying {
    generation: AtomicU64,
    work: Notify,
    /// The primary may have ended, and forgotten what it took last.
    is_lost: AtomicBool,
    /// The primary is written to from another runtime from now on, and has not heard of it.
    is_moved: AtomicBool,
    /// The segments were removed, for nothing in them can be forgotten any more.
    is_cleared: AtomicBool,
    entries: AtomicU64,
    bytes: Arc<AtomicU64>,
    counters: Arc<BufferCounters>,
}

impl Replaying {
    pub(super) fn new(entries: u64, bytes: Arc<AtomicU64>, counters: &Arc<BufferCounters>) -> Self {
        let counters = Arc::clone(counters);
        let (generation, entries) = (AtomicU64::new(0), AtomicU64::new(entries));
        let [is_lost, is_moved, is_cleared] = [false; 3].map(AtomicBool::new);
        let work = Notify::new();
        let replaying =
            Self { generation, work, is_lost, is_moved, is_cleared, entries, bytes, counters };
        replaying.count();
        replaying
    }

    /// There is something for the replay to do.
    pub(super) fn go_on(&self, generation: u64) {
        self.generation.store(generation, Ordering::Release);
        self.work.notify_one();
    }

    pub(super) fn tell_lost(&self) {
        self.is_lost.store(true, Ordering::Release);
    }

    pub(super) fn tell_moved(&self) {
        self.is_moved.store(true, Ordering::Release);
    }

    pub(super) fn added(&self, entries: u64) {
        self.entries.fetch_add(entries, Ordering::Relaxed);
        self.count();
    }

    /// The segments are removed.
    pub(super) fn cleared(&self) {
        self.is_cleared.store(true, Ordering::Release);
        self.drained();
    }

    /// Nothing is left, whatever damage made of the count.
    pub(super) fn drained(&self) {
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
    /// Attempts that have failed so far.
    pub(super) failures: u64,
}

impl State {
    pub(super) fn is_failing(&self) -> bool {
        self.failure.is_some()
    }
}

/// The task that replays.
pub(super) struct Replay<S> {
    primary: Arc<Mutex<S>>,
    dir: PathBuf,
    reader: JournalReader,
    position: Position,
    /// Batches that the primary took and may yet forget: the position is before them.
    unconfirmed: VecDeque<Passed>,
    replaying: Arc<Replaying>,
    state: Arc<watch::Sender<State>>,
    slow: Duration,
    forgets_for: Duration,
    /// Whether the primary took the last thing that it was asked, and soon enough.
    is_well: bool,
    /// Read, and not yet taken by the primary.
    batch: Group,
    /// Whether the primary took a part of what was read with it.
    is_partly_taken: bool,
    /// Runs of damage that were counted.
    damage: u64,
}

/// The end of a batch that the primary took.
struct Passed {
    at: Instant,
    place: Place,
    records: u64,
    entries: u64,
}

impl<S: Sink> Replay<S> {
    pub(super) fn new(
        primary: Arc<Mutex<S>>,
        (dir, reader, position): (PathBuf, JournalReader, Position),
        replaying: Arc<Replaying>,
        state: Arc<watch::Sender<State>>,
        (slow, forgets_for): (Duration, Duration),
    ) -> Self {
        Self {
            primary,
            dir,
            reader,
            position,
            unconfirmed: VecDeque::new(),
            replaying,
            state,
            slow,
            forgets_for,
            is_well: false,
            batch: Group::default(),
            is_partly_taken: false,
            damage: 0,
        }
    }

    /// Replays whenever there is something, until it is aborted.
    pub(super) async fn run(mut self) {
        let mut pause = limits::REPLAY_PAUSE_MIN;
        loop {
            if self.replaying.is_moved.swap(false, Ordering::AcqRel) {
                self.primary.lock().await.moved().await;
            }
            let generation = self.replaying.generation.load(Ordering::Acquire);
            if self.state.borrow().drained == generation {
                self.replaying.work.notified().await;
                // Something made the sink turn to the spool: the primary has to be asked.
                self.is_well = false;
                continue;
            }
            if self.replaying.is_cleared.swap(false, Ordering::AcqRel) {
                self.unconfirmed.clear();
            }
            let round = match self.rewind_if_lost().await {
                Ok(()) => self.round().await,
                Err(error) => Err(error),
            };
            match round {
                Ok(true) => pause = limits::REPLAY_PAUSE_MIN,
                Ok(false) => self.tell_drained(generation),
                Err(error) => {
                    self.is_well = false;
                    let failure = Some(error.to_string());
                    self.state.send_modify(|state| {
                        (state.failure, state.seen) = (failure, generation);
                        state.failures += 1;
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
            let asked = self.primary.lock().await.probe().await;
            asked.inspect_err(|error| {
                if matches!(error, KeepError::Unavailable { .. }) {
                    self.replaying.tell_lost();
                }
            })?;
            self.is_well = true;
            self.tell_well();
        }
        if self.batch.is_empty() {
            self.read().await?;
        }
        if self.batch.is_empty() {
            return Ok(false);
        }
        let (started, entries) = (Instant::now(), self.batch.len() as u64);
        self.write().await?;
        self.is_well = started.elapsed() < self.slow;
        self.tell_well();
        self.pass(entries).await;
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
        let item = |kept: Kept| Item { shard: kept.shard, bytes: kept.bytes };
        self.batch = Group::new(batch.into_iter().map(item).collect());
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
        let written = self.primary.lock().await.write_group(Group::clone(&self.batch)).await;
        let outcomes = match written {
            Ok(()) => {
                self.replaying.took(self.batch.len() as u64);
                self.batch = Group::default();
                self.is_partly_taken = false;
                return Ok(());
            }
            Err(GroupError::All(error)) => {
                self.replaying.tell_lost();
                return Err(error);
            }
            Err(GroupError::Each(outcomes)) => outcomes,
        };
        let is_lost =
            |outcome: &Result<(), KeepError>| matches!(outcome, Err(KeepError::Unavailable { .. }));
        if outcomes.iter().any(is_lost) {
            self.replaying.tell_lost();
        }
        let before = self.batch.len();
        let left = self.batch.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_err());
        self.batch = Group::new(left.map(|(item, _)| item.clone()).collect());
        self.is_partly_taken |= self.batch.len() < before;
        self.replaying.took((before - self.batch.len()) as u64);
        outcomes.into_iter().find_map(Result::err).map_or(Ok(()), Err)
    }

    /// Notes that the primary has everything that was read. What it will not forget any more is
    /// done with: the position goes behind it, and the segments before are removed.
    async fn pass(&mut self, entries: u64) {
        if let Some((place, records)) = self.reader.place() {
            self.unconfirmed.push_back(Passed { at: Instant::now(), place, records, entries });
        }
        let mut confirmed = None;
        let is_confirmed = |passed: &mut Passed| passed.at.elapsed() >= self.forgets_for;
        while let Some(passed) = self.unconfirmed.pop_front_if(is_confirmed) {
            confirmed = Some(passed);
        }
        let Some(Passed { place, records, .. }) = confirmed else { return };
        let is_new_segment = place.segment != self.position.place().segment;
        if let Err(error) = self.position.save(place, records) {
            tracing::warn!(%error, "the position in the spool was not saved: a kill repeats more");
            return;
        }
        if is_new_segment {
            self.remove_before(place).await;
        }
    }

    /// Goes back to the position where the primary was lost: what it took since, it may have
    /// forgotten. Until that has been done nothing is replayed, or the position would go past it.
    async fn rewind_if_lost(&mut self) -> Result<(), KeepError> {
        if !self.replaying.is_lost.swap(false, Ordering::AcqRel) {
            return Ok(());
        }
        let may_forget_part = self.is_partly_taken && !self.forgets_for.is_zero();
        if self.unconfirmed.is_empty() && !may_forget_part {
            return Ok(());
        }
        let (place, records) = (self.position.place(), self.position.records());
        let reader = JournalReader::open_at(self.dir.clone(), place, records).await;
        self.reader = reader.map_err(|error| self.rewind_failed(&error))?;
        // Damage that lies there is counted again; what is counted never is too little.
        self.damage = 0;
        self.batch = Group::default();
        self.is_partly_taken = false;
        let again = self.unconfirmed.drain(..).map(|passed| passed.entries).sum();
        self.replaying.added(again);
        Ok(())
    }

    /// It is tried again; told once, not at each attempt.
    fn rewind_failed(&self, error: &ReadError) -> KeepError {
        self.replaying.tell_lost();
        let reason = format!("the spool cannot be read, to repeat what was replayed last: {error}");
        let failure = KeepError::unavailable(reason);
        if self.state.borrow().failure.as_deref() != Some(failure.to_string().as_str()) {
            tracing::error!(%error, "what was replayed last cannot be repeated yet");
        }
        failure
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
