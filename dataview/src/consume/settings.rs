//! What an operator decides about consuming.

use dna_buffer::redis::RedisAddress;
use std::path::PathBuf;
use std::time::Duration;

/// How entries come from the buffer into the store.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where from.
    pub source: Source,
    /// Dead letters of one shard, or of the journal. When there are so many, consuming waits until
    /// somebody has looked: nothing is thrown away.
    pub dead_letters_max: usize,
}

/// Where entries are read.
#[derive(Debug, Clone)]
pub enum Source {
    /// Streams of Redis.
    Redis(RedisSource),
    /// The journal of an ingest on the same machine.
    Journal(JournalSource),
}

/// A consumer group on the streams of all shards.
#[derive(Debug, Clone)]
pub struct RedisSource {
    /// Where Redis is.
    pub address: RedisAddress,
    /// As many streams as ingest writes (`buffer.shards`).
    pub shards: u16,
    /// The group's name.
    pub group: String,
    /// This process' name in the group: the same after a restart, another in every process.
    pub name: String,
    /// Consumers in this process; each has its own share of the streams.
    pub consumers: usize,
    /// After so long entries of another consumer are taken over.
    pub claim_idle: Duration,
}

/// A position in a journal.
#[derive(Debug, Clone)]
pub struct JournalSource {
    /// The journal's folder.
    pub dir: PathBuf,
    /// As who we register there: another in each DataView that reads the same journal.
    pub group: String,
    /// A folder of our own: the position, and the dead letters.
    pub state_dir: PathBuf,
}
