//! `[buffer]`: where ingest keeps what it acknowledges, in the same words as in its configuration.

use super::{ConfigError, Section};
use dna_buffer::limits::{SHARDS_DEFAULT, SHARDS_MAX};
use dna_buffer::redis::RedisAddress;
use dna_settings::redis;
use std::path::PathBuf;

/// Where the buffer is.
pub(super) struct Buffer {
    pub(super) shards: u16,
    pub(super) journal_dir: PathBuf,
    /// With an address, the journal is none of ours.
    pub(super) redis: Option<RedisAddress>,
}

pub(super) fn read(root: &mut Section<'_>) -> Result<Buffer, ConfigError> {
    let mut section = root.section("buffer")?;
    let shards = section.integer("shards", SHARDS_DEFAULT, 1..=SHARDS_MAX)?;
    let mut journal = section.section("journal")?;
    let journal_dir = journal.parsed("dir", "dna-journal", "a directory")?;
    journal.finish()?;
    let mut from = section.section("redis")?;
    let redis = redis::address(&mut from)?;
    from.finish()?;
    section.finish()?;
    Ok(Buffer { shards, journal_dir, redis })
}
