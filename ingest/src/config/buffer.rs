//! `[buffer]`: where acknowledged frames are kept.

use super::{ConfigError, Section, redis};
use crate::buffer::commit::Bounds;
use crate::buffer::limits::{REPLICAS_DEFAULT, REPLICAS_MAX, REPLICAS_TIMEOUT_DEFAULT};
use crate::buffer::{Durability, JournalSettings, Settings, SpoolSettings, WhenFull};
use dna_buffer::limits::SHARDS_DEFAULT;

/// The buffer: Redis when it has an address, else the embedded journal.
#[derive(Debug, Clone)]
pub struct BufferConfig {
    /// Streams that sessions are spread over.
    pub shards: u16,
    /// Redis or the journal.
    pub settings: Settings,
}

impl BufferConfig {
    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        let mut section = root.section("buffer")?;
        let shards = section.integer("shards", SHARDS_DEFAULT, 1..=1024)?;
        let (mut journal, dir_error) = read_journal(&mut section)?;
        let redis = redis::read(&mut section, shards)?;
        let spool = read_spool(&mut section, redis.is_some())?;
        let queue = read_queue(&mut section)?;
        let durability = read_durability(&mut section)?;
        let settings = match redis {
            Some(mut redis) => {
                redis.durability = durability.unwrap_or(redis.durability);
                (redis.queue, redis.spool) = (queue, spool);
                Settings::Redis(redis)
            }
            None => {
                if let Some(error) = dir_error {
                    return Err(error);
                }
                journal.durability = durability.unwrap_or(journal.durability);
                if matches!(journal.durability, Durability::Replicated { .. }) {
                    let allowed = "\"memory\", \"everysec\" or \"always\": a journal has no \
                        replicas, `buffer.redis.url` is not set";
                    return Err(section.refuse("durability", "replicated", allowed));
                }
                journal.queue = queue;
                Settings::Journal(journal)
            }
        };
        section.finish()?;
        Ok(Self { shards, settings })
    }
}

/// What may wait, and how long.
fn read_queue(buffer: &mut Section<'_>) -> Result<Bounds, ConfigError> {
    let defaults = Bounds::default();
    let items_max = buffer.integer("queue_items_max", defaults.items_max, 1..=10_000_000)?;
    let bytes = 1024 * 1024..=64 * 1024 * 1024 * 1024;
    let bytes_max = buffer.integer("queue_bytes_max", defaults.bytes_max, bytes)?;
    let wait_max = buffer.millis("queue_wait_max_ms", defaults.wait_max)?;
    Ok(Bounds { items_max, bytes_max, wait_max })
}

/// The spool's settings, if there is to be one. Its folder is judged only where it `is_used`.
fn read_spool(
    buffer: &mut Section<'_>,
    is_used: bool,
) -> Result<Option<SpoolSettings>, ConfigError> {
    const MIB: u64 = 1024 * 1024;
    let mut section = buffer.section("spool")?;
    let mut settings = SpoolSettings::new("");
    let is_enabled = section.boolean("enabled", true)?;
    settings.dir = section.parsed("dir", "dna-spool", "a directory")?;
    let allowed = 16 * MIB..=16 * 1024 * 1024 * MIB;
    settings.total_bytes_max =
        section.integer("total_bytes_max", settings.total_bytes_max, allowed)?;
    settings.slow = section.millis("slow_ms", settings.slow)?;
    let allowed = 0..=4 * 1024 * 1024 * 1024;
    settings.recent_bytes_max =
        section.integer("recent_bytes_max", settings.recent_bytes_max, allowed)?;
    if is_used && is_enabled && settings.dir.exists() && !settings.dir.is_dir() {
        let allowed = "a directory, which is made when it does not exist; this is another file";
        return Err(section.refuse("dir", &settings.dir.display().to_string(), allowed));
    }
    section.finish()?;
    Ok(is_enabled.then_some(settings))
}

/// What an acknowledgement survives; `None` when nothing is said.
fn read_durability(buffer: &mut Section<'_>) -> Result<Option<Durability>, ConfigError> {
    let replicas = buffer.integer("replicas", REPLICAS_DEFAULT, 1..=REPLICAS_MAX)?;
    let timeout = buffer.millis("replicas_timeout_ms", REPLICAS_TIMEOUT_DEFAULT)?;
    let choices = [
        ("memory", Durability::Memory),
        ("everysec", Durability::Everysec),
        ("always", Durability::Always),
        ("replicated", Durability::Replicated { replicas, timeout }),
    ];
    let choices = choices.map(|(name, durability)| (name, Some(durability)));
    buffer.choice("durability", &choices, None)
}

/// The journal's settings, and what is wrong with its folder if the journal is to be used.
fn read_journal(
    buffer: &mut Section<'_>,
) -> Result<(JournalSettings, Option<ConfigError>), ConfigError> {
    const MIB: u64 = 1024 * 1024;
    let mut section = buffer.section("journal")?;
    let mut settings = JournalSettings::new("");
    settings.dir = section.parsed("dir", "dna-journal", "a directory")?;
    let is_other = settings.dir.exists() && !settings.dir.is_dir();
    let dir_error = is_other.then(|| {
        let allowed = "a directory, which is made when it does not exist; this is another file";
        section.refuse("dir", &settings.dir.display().to_string(), allowed)
    });
    let (segment, total) = (settings.segment_bytes_max, settings.total_bytes_max);
    settings.segment_bytes_max = section.integer("segment_bytes_max", segment, MIB..=4096 * MIB)?;
    let allowed = 2 * MIB..=16 * 1024 * 1024 * MIB;
    settings.total_bytes_max = section.integer("total_bytes_max", total, allowed)?;
    let instead = "nothing: the key is now `durability` of [buffer], \"always\" as before or \
        \"everysec\", and \"memory\" for what was \"never\"";
    section.gone("sync", instead)?;
    let choices = [("refuse", WhenFull::Refuse), ("remove_oldest", WhenFull::RemoveOldest)];
    let when_full = section.choice("when_full", &choices, WhenFull::Refuse)?;
    settings.when_full = Some(when_full);
    // What is written to is never removed, so there has to be another segment.
    let (share, of) = match when_full {
        WhenFull::Refuse => (1, ""),
        WhenFull::RemoveOldest => (2, "half of "),
    };
    if settings.segment_bytes_max > settings.total_bytes_max / share {
        let at_most = format!("at most {of}`total_bytes_max`, {}", settings.total_bytes_max);
        let value = i64::try_from(settings.segment_bytes_max).unwrap_or(i64::MAX);
        return Err(section.refuse_value("segment_bytes_max", value, at_most));
    }
    section.finish()?;
    Ok((settings, dir_error))
}
