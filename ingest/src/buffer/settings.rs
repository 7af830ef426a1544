//! What an operator decides about the buffer.

use super::commit::Bounds;
use super::limits;
use super::redis::RedisSettings;
use dna_buffer::read::Source;
use std::path::PathBuf;
use std::time::Duration;

/// Where entries are kept.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "there is one in a process")]
pub enum Settings {
    /// On the local disk.
    Journal(JournalSettings),
    /// In Redis Streams.
    Redis(RedisSettings),
}

impl Settings {
    /// Where a reader finds what is kept under these settings.
    #[must_use]
    pub fn source(&self) -> Source {
        match self {
            Self::Journal(settings) => Source::Journal { dir: settings.dir.clone() },
            Self::Redis(settings) => {
                Source::Redis { address: settings.address.clone(), shards: Some(settings.shards) }
            }
        }
    }
}

/// The embedded journal.
#[derive(Debug, Clone)]
pub struct JournalSettings {
    /// Its folder; made if it is not there. One ingest owns it.
    pub dir: PathBuf,
    /// A segment that has this many bytes is followed by a new one.
    pub segment_bytes_max: u64,
    /// Bytes of all segments together.
    pub total_bytes_max: u64,
    /// What is done beyond. `None`: whoever takes entries out of it makes the room.
    pub when_full: Option<WhenFull>,
    /// What an acknowledgement survives; never [`Durability::Replicated`].
    pub durability: Durability,
    /// What may wait to be written.
    pub queue: Bounds,
}

impl JournalSettings {
    /// The journal in `dir` with everything else as by default.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            segment_bytes_max: limits::SEGMENT_BYTES_DEFAULT,
            total_bytes_max: limits::JOURNAL_BYTES_DEFAULT,
            when_full: Some(WhenFull::Refuse),
            durability: Durability::Always,
            queue: Bounds::default(),
        }
    }
}

/// What is done when a journal has all the bytes that it may have. It concerns what no registered reader is past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenFull {
    /// Nothing more is taken until somebody has removed segments.
    Refuse,
    /// The oldest segments are removed, read or not; that is counted and logged.
    RemoveOldest,
}

/// The journal where entries wait while Redis does not take them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpoolSettings {
    /// Its folder; made if it is not there. One ingest owns it.
    pub dir: PathBuf,
    /// Bytes of all segments together; beyond, nothing more is taken.
    pub total_bytes_max: u64,
    /// How long Redis may take for a group until that is spooled.
    pub slow: Duration,
    /// Bytes of what Redis took in the last seconds and is held in memory, where the durability
    /// is `everysec`, to be sent again should Redis have lost it.
    pub recent_bytes_max: usize,
}

impl SpoolSettings {
    /// The spool in `dir` with everything else as by default.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        let (total_bytes_max, slow) = (limits::SPOOL_BYTES_DEFAULT, limits::SPOOL_SLOW_DEFAULT);
        let recent_bytes_max = limits::RECENT_BYTES_DEFAULT;
        Self { dir: dir.into(), total_bytes_max, slow, recent_bytes_max }
    }
}

/// What an acknowledgement survives: one setting for whatever keeps the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The end of ingest. A journal is never forced to disk; Redis may keep all in its memory.
    Memory,
    /// Loss of power but for about the last second: the disk is forced in the background.
    Everysec,
    /// Loss of power: the disk is forced before the answer.
    Always,
    /// Loss of the whole machine: so many replicas of Redis said that they have it.
    Replicated {
        /// How many.
        replicas: u16,
        /// How long they may take. Fewer by then: the outcome is unknown, and not acknowledged.
        timeout: Duration,
    },
}

impl Durability {
    /// As in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Everysec => "everysec",
            Self::Always => "always",
            Self::Replicated { .. } => "replicated",
        }
    }
}
