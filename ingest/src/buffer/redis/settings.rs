//! What an operator decides about Redis.

use super::limits;
use crate::buffer::commit::Bounds;
use crate::buffer::{Durability, SpoolSettings};
use dna_buffer::limits::{RESPONSE_TIMEOUT_DEFAULT, SHARDS_DEFAULT};
use dna_buffer::redis::RedisAddress;
use std::time::Duration;

/// Redis Streams.
#[derive(Clone)]
pub struct RedisSettings {
    /// Where it is and who we are there.
    pub address: RedisAddress,
    /// Number of streams; the session chooses one.
    pub shards: u16,
    /// What an acknowledgement has to survive.
    pub durability: Durability,
    /// What may wait to be written.
    pub queue: Bounds,
    /// Where entries wait while Redis does not take them; `None`: they are refused then.
    pub spool: Option<SpoolSettings>,
    /// How long an answer may take.
    pub response_timeout: Duration,
    /// Not ready while Redis is configured for less than what is promised.
    pub strict_durability: bool,
    /// What is removed from the streams, and when.
    pub trim: TrimSettings,
    /// Entries are packed, for readers that can unpack them.
    pub pack_entries: bool,
    /// When nothing more is taken although Redis would.
    pub pressure: PressureSettings,
}

/// What is removed from the streams. Only what every registered group has acknowledged is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrimSettings {
    /// Whether anything is.
    pub enabled: bool,
    /// What came within this time stays, for those who look back.
    pub keep_at_least: Duration,
    /// Messages of a stream that no group has registered for; 0: all stay.
    pub groupless_messages_max: u64,
}

/// When clients are told to come back later although Redis would take more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PressureSettings {
    /// Percent of Redis' maxmemory.
    pub memory_percent_max: u8,
    /// Messages of one stream that the slowest group has not read; 0: no bound.
    pub lag_messages_max: u64,
}

impl RedisSettings {
    /// The Redis at `url` with everything else as by default.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self::at(RedisAddress::single(url))
    }

    /// The Redis at `address` with everything else as by default.
    #[must_use]
    pub fn at(address: RedisAddress) -> Self {
        Self {
            address,
            shards: SHARDS_DEFAULT,
            durability: Durability::Everysec,
            queue: Bounds::default(),
            spool: None,
            response_timeout: RESPONSE_TIMEOUT_DEFAULT,
            strict_durability: false,
            trim: TrimSettings::default(),
            pack_entries: true,
            pressure: PressureSettings::default(),
        }
    }
}

impl Default for TrimSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            keep_at_least: limits::KEEP_AT_LEAST_DEFAULT,
            groupless_messages_max: 0,
        }
    }
}

impl Default for PressureSettings {
    fn default() -> Self {
        Self { memory_percent_max: limits::MEMORY_PERCENT_DEFAULT, lag_messages_max: 0 }
    }
}

/// Without the address, which may hold a password.
impl std::fmt::Debug for RedisSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisSettings")
            .field("shards", &self.shards)
            .field("durability", &self.durability)
            .finish_non_exhaustive()
    }
}
