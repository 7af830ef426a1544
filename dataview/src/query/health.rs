//! Health of the chain itself: how far it lags, what it dropped and why, what is stored.

use crate::consume::{self, Waiting};
use crate::store::{DayState, StoredDay};
use crate::subscribe::WaitingForFile;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How all of it fares.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Frames stored since the start.
    pub frames: u64,
    /// Events in them.
    pub events: u64,
    /// Frames that came again and were not counted again.
    pub duplicates: u64,
    /// Messages taken over from dead consumers.
    pub claimed: u64,
    /// Times that the store or the buffer had to be tried again.
    pub retries: u64,
    /// Times that the journal was another than the one read before, and was read from its beginning.
    pub journals_begun: u64,
    /// How far each shard is read; the journal is shard 0.
    pub consumers: Vec<Shard>,
    /// Who waits, and why; empty when all is well.
    pub waiting: BTreeMap<String, Waiting>,
    /// What was dropped since the start, by reason.
    pub dropped: BTreeMap<String, u64>,
    /// Entries that could never be stored and are kept to be looked at.
    pub dead_letters: u64,
    /// How the file of the subscriptions does.
    pub subscriptions: SubscriptionsHealth,
    /// What is stored.
    pub store: StoreHealth,
}

/// How the file of the subscriptions does. What a webhook itself does not take its subscription tells.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubscriptionsHealth {
    /// Deliveries that wait until the file can be read and written again: a full disk, a lock.
    pub waiting: u64,
    /// Why one of them does; null when none does.
    pub why: Option<String>,
}

/// How far one shard is read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shard {
    /// The shard.
    pub shard: u16,
    /// Messages that no consumer was given yet; null where Redis cannot tell.
    pub lag_messages: Option<u64>,
    /// How long ago the oldest message came that is not stored, in ms; 0 when all are.
    pub lag_ms: u64,
    /// Messages that were given to a consumer and not acknowledged.
    pub pending: u64,
}

/// What is stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoreHealth {
    /// Bytes on the disk.
    pub bytes: u64,
    /// The parts that it is kept in, the oldest first.
    pub days: Vec<Day>,
    /// Why old days could not be rolled up or let go the last time; null when they could. While the disk
    /// is full, only somebody who makes room can help.
    pub untidy: Option<String>,
}

/// A day of the store, or a part of one.
#[derive(Debug, Serialize, ToSchema)]
pub struct Day {
    /// Where it is kept: the name of its file.
    pub name: String,
    /// The day, e.g. 2026-11-26 (UTC).
    pub day: String,
    /// Bytes on the disk.
    pub bytes: u64,
    /// Frames that were stored.
    pub frames: u64,
    /// What is left of it.
    pub state: Kept,
    /// How it is damaged, as the store said.
    pub damage: Option<String>,
}

/// What is left of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DayState)]
pub enum Kept {
    /// All of it.
    Whole,
    /// Figures; sessions and traces are not.
    RolledUp,
    /// Nothing can be asked of it. The others are answered.
    Damaged,
}

/// What the consumers, others that drop and the store say.
#[must_use]
pub fn health(
    consumed: consume::Health,
    others: impl IntoIterator<Item = (String, u64)>,
    subscriptions: WaitingForFile,
    days: Vec<StoredDay>,
    untidy: Option<String>,
) -> Health {
    let mut dropped: BTreeMap<String, u64> =
        consumed.dropped.into_iter().map(|(reason, count)| (reason.to_owned(), count)).collect();
    for (reason, count) in others {
        *dropped.entry(reason).or_default() += count;
    }
    let shard = |shard: consume::ShardHealth| Shard {
        shard: shard.shard,
        lag_messages: shard.lag_messages,
        lag_ms: shard.lag_ms,
        pending: shard.pending,
    };
    Health {
        frames: consumed.frames,
        events: consumed.events,
        duplicates: consumed.duplicates,
        claimed: consumed.claimed,
        retries: consumed.retries,
        journals_begun: consumed.journals_begun,
        consumers: consumed.consumers.into_iter().map(shard).collect(),
        waiting: consumed.waiting,
        dropped,
        dead_letters: consumed.dead_letters,
        subscriptions: SubscriptionsHealth { waiting: subscriptions.count, why: subscriptions.why },
        store: StoreHealth {
            bytes: days.iter().map(|day| day.bytes).sum(),
            days: days.into_iter().map(Day::from).collect(),
            untidy,
        },
    }
}

impl From<StoredDay> for Day {
    fn from(day: StoredDay) -> Self {
        let (state, damage) = match day.state {
            DayState::Whole => (Kept::Whole, None),
            DayState::RolledUp => (Kept::RolledUp, None),
            DayState::Damaged(how) => (Kept::Damaged, Some(how)),
        };
        let StoredDay { name, day, bytes, frames, .. } = day;
        Self { name, day, bytes, frames, state, damage }
    }
}
