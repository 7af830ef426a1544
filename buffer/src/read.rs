//! The other side of the buffer: entries in the order in which they were kept.

use crate::ReadError;
use crate::journal::{Damage, JournalReader};
use crate::redis::{RedisAddress, RedisReader};
use bytes::Bytes;
use std::path::PathBuf;
use std::time::Duration;

/// Where a reader reads.
#[derive(Clone)]
pub enum Source {
    /// The segments in a folder.
    Journal {
        /// The folder.
        dir: PathBuf,
    },
    /// The streams of a Redis.
    Redis {
        /// Where it is.
        address: RedisAddress,
        /// The number of streams; `None`: found out.
        shards: Option<u16>,
    },
}

/// Without the address of Redis, which may hold a password.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Journal { dir } => write!(f, "journal {}", dir.display()),
            Self::Redis { address, .. } => address.fmt(f),
        }
    }
}

/// Where a reader begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// With the oldest entry.
    Beginning,
    /// With this many of the newest ones.
    Last(usize),
    /// With what is kept from now on.
    End,
}

/// A kept entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The shard of its session.
    pub shard: u16,
    /// Its ID: unique in its shard, and never another entry's. Redis: the message's, with `/1`,
    /// `/2`, … for the others of a message that has several; journal: the segment and the place
    /// in it.
    pub id: String,
    /// When it was kept, in ms since the Unix epoch.
    pub kept_at_ms: u64,
    /// The encoded [`Entry`](dna_protocol::entry::Entry).
    pub bytes: Bytes,
}

/// A position in the buffer.
#[derive(Debug)]
pub enum BufferReader {
    /// In the journal.
    Journal(JournalReader),
    /// In Redis.
    Redis(Box<RedisReader>),
}

impl BufferReader {
    /// Opens `source` at `start`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn open(source: &Source, start: Start) -> Result<Self, ReadError> {
        match source {
            Source::Journal { dir } => {
                JournalReader::open(dir.clone(), start).await.map(Self::Journal)
            }
            Source::Redis { address, shards } => {
                let reader = RedisReader::open(address, *shards, start).await?;
                Ok(Self::Redis(Box::new(reader)))
            }
        }
    }

    /// The next entries, in each shard's order; none when none came within `wait`. About `max`
    /// of them: Redis gives at least one a shard.
    ///
    /// Dropped before it ends, it may have read entries that are then lost to this reader.
    ///
    /// # Errors
    /// When the buffer cannot be read now. Calling again tries again from the same place.
    pub async fn next(&mut self, max: usize, wait: Duration) -> Result<Vec<Kept>, ReadError> {
        match self {
            Self::Journal(reader) => reader.next(max, wait).await,
            Self::Redis(reader) => reader.next(max, wait).await,
        }
    }

    /// What could not be read because it is damaged.
    #[must_use]
    pub fn damage(&self) -> Damage {
        match self {
            Self::Journal(reader) => reader.damage(),
            Self::Redis(_) => Damage::default(),
        }
    }
}
