//! What became of what was read, and how far behind we are.

use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use utoipa::ToSchema;

/// Why something that was read is not in the store, or was left out of its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// A dead letter: it is no entry, or lacks what each must have.
    DeadLetter,
    /// Gone from its stream between delivery and reading: somebody trimmed what was not read.
    RemovedBeforeRead,
    /// Damaged places of the journal.
    JournalDamage,
    /// Frames of a day that has let go of its raw data: they may have been counted before.
    TooOld,
    /// Files in the folder of what is to be replayed that are no dead letters.
    ReplayUnreadable,
    /// Events within a stored frame that are wrong or of an unknown kind. The frame has them still.
    EventPassedOver,
}

impl DropReason {
    /// As metrics and the query API name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DeadLetter => "dead_letter",
            Self::RemovedBeforeRead => "removed_before_read",
            Self::JournalDamage => "journal_damage",
            Self::TooOld => "too_old",
            Self::ReplayUnreadable => "replay_unreadable",
            Self::EventPassedOver => "event_passed_over",
        }
    }
}

/// Why somebody waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Waiting {
    /// For what.
    pub code: WaitingCode,
    /// The reason in words, as it was told.
    pub detail: String,
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitingCode {
    /// The store takes nothing now: the disk is full, or ClickHouse does not answer.
    Store,
    /// The buffer, Redis or the journal, does not give what it has.
    Buffer,
    /// There are as many dead letters as may be, or they cannot be kept now.
    DeadLetters,
}

/// Counts since the start.
#[derive(Debug, Default)]
pub struct ConsumeCounters {
    frames: AtomicU64,
    events: AtomicU64,
    duplicates: AtomicU64,
    claimed: AtomicU64,
    retries: AtomicU64,
    journals_begun: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    dropped: BTreeMap<DropReason, u64>,
    shards: BTreeMap<u16, ShardHealth>,
    /// Who waits, and why.
    waiting: BTreeMap<String, Waiting>,
    dead_letters: u64,
}

/// How far one shard is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ShardHealth {
    /// The shard.
    pub shard: u16,
    /// Messages that no consumer was given yet; absent where Redis cannot tell.
    pub lag_messages: Option<u64>,
    /// Messages that were given to a consumer and not acknowledged.
    pub pending: u64,
    /// How long ago the oldest message came that is not stored, in ms; 0 when all are.
    pub lag_ms: u64,
}

/// All that is known, at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Frames stored.
    pub frames: u64,
    /// Events in them.
    pub events: u64,
    /// Frames that had been stored before.
    pub duplicates: u64,
    /// Messages taken over from dead consumers.
    pub claimed: u64,
    /// Times that the store or the buffer had to be tried again.
    pub retries: u64,
    /// Times that the journal was another than the one read before, and was read from its beginning.
    pub journals_begun: u64,
    /// By reason.
    pub dropped: BTreeMap<&'static str, u64>,
    /// By shard; the journal is shard 0.
    pub consumers: Vec<ShardHealth>,
    /// Who waits, and why; empty when all is well.
    pub waiting: BTreeMap<String, Waiting>,
    /// Dead letters that are kept.
    pub dead_letters: u64,
}

impl ConsumeCounters {
    /// All of it.
    #[must_use]
    pub fn health(&self) -> Health {
        let state = self.state();
        Health {
            frames: self.frames.load(Relaxed),
            events: self.events.load(Relaxed),
            duplicates: self.duplicates.load(Relaxed),
            claimed: self.claimed.load(Relaxed),
            retries: self.retries.load(Relaxed),
            journals_begun: self.journals_begun.load(Relaxed),
            dropped: state.dropped.iter().map(|(reason, count)| (reason.name(), *count)).collect(),
            consumers: state.shards.values().cloned().collect(),
            waiting: state.waiting.clone(),
            dead_letters: state.dead_letters,
        }
    }

    pub(super) fn stored(&self, appended: crate::store::Appended) {
        self.frames.fetch_add(appended.frames, Relaxed);
        self.events.fetch_add(appended.events, Relaxed);
        self.duplicates.fetch_add(appended.duplicates, Relaxed);
        self.dropped(DropReason::TooOld, appended.too_old);
    }

    pub(super) fn dropped(&self, reason: DropReason, count: u64) {
        if count > 0 {
            *self.state().dropped.entry(reason).or_default() += count;
        }
    }

    pub(super) fn claimed(&self, messages: u64) {
        self.claimed.fetch_add(messages, Relaxed);
    }

    pub(super) fn begins_journal(&self) {
        self.journals_begun.fetch_add(1, Relaxed);
    }

    /// Says that `who` waits, and why; true when that is news.
    pub(super) fn waits(&self, who: &str, code: WaitingCode, why: &str) -> bool {
        self.retries.fetch_add(1, Relaxed);
        let now = Waiting { code, detail: why.to_owned() };
        let before = self.state().waiting.insert(who.to_owned(), now.clone());
        before != Some(now)
    }

    /// Says that `who` goes on; true when it had waited.
    pub(super) fn goes_on(&self, who: &str) -> bool {
        self.state().waiting.remove(who).is_some()
    }

    pub(super) fn lags(&self, shard: ShardHealth) {
        self.state().shards.insert(shard.shard, shard);
    }

    pub(super) fn keeps_dead_letters(&self, count: u64) {
        self.state().dead_letters = count;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
