//! The buffer: what stands between the door and every consumer. Acknowledged means that the
//! buffer has it.
//!
//! [`open`] gives a [`Keeper`], whose [`keep`](Keeper::keep) answers only when the entry is in
//! Redis, in the spool before it, or on the journal. What arrives together is written together ([`commit`]): one group is
//! in flight, and the next grows while it is written. [`read`] is the other side, used by
//! `ingest tail` and the live page: they read what was kept, not a side channel.
//!
//! Kept is at least once. When an outcome is unknown (a timeout, a crash between writing and
//! answering) the client is not acknowledged, sends again, and consumers tell the second copy by
//! session and sequence.

pub mod commit;
mod committer;
mod counters;
mod error;
pub mod journal;
mod keeper;
pub mod limits;
pub mod memory;
mod queue;
pub mod redis;
mod settings;
pub mod show;
mod slots;
pub mod spool;

pub use counters::{BufferCounters, COMMIT_BUCKETS_MICROS, CommitTimes};
pub use error::{KeepError, OpenError};
pub use keeper::{Keeper, Status};
pub use redis::RedisSettings;
pub use settings::{Durability, JournalSettings, Settings, SpoolSettings, WhenFull};
pub use spool::Spooling;

use bytes::Bytes;
use std::sync::Arc;

/// One encoded [`Entry`](dna_protocol::entry::Entry) and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The shard of its session, see [`shard_of`].
    pub shard: u16,
    /// The entry.
    pub bytes: Bytes,
}

/// Entries that are written together. Shared, since who writes them may have to give them to another.
pub type Group = Arc<Vec<Item>>;

/// Opens the buffer and starts its committer on the current Tokio runtime.
///
/// A Redis that cannot be reached is no error: the keeper answers
/// [`KeepError::Unavailable`] and is not ready until it can be.
///
/// # Errors
/// When the journal cannot be opened or the address of Redis makes no sense.
pub async fn open(settings: Settings, counters: Arc<BufferCounters>) -> Result<Keeper, OpenError> {
    match settings {
        Settings::Journal(settings) => {
            let bounds = settings.queue;
            let sink = journal::JournalSink::open(settings, Arc::clone(&counters)).await?;
            Ok(Keeper::start(sink, bounds, counters).await)
        }
        Settings::Redis(settings) => {
            let (bounds, durability) = (settings.queue, settings.durability);
            let sink = redis::RedisSink::open(&settings, Arc::clone(&counters))?;
            let Some(spool) = settings.spool else {
                return Ok(Keeper::start(sink, bounds, counters).await);
            };
            let spooled = Arc::clone(&counters);
            let sink = spool::SpoolSink::open(sink, spool, durability, spooled).await?;
            Ok(Keeper::start(sink, bounds, counters).await)
        }
    }
}

#[cfg(test)]
mod tests;
