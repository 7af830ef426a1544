//! `[consume]`: who we are in the buffer.

use super::{ConfigError, Section, buffer};
use crate::consume::limits::{
    CLAIM_IDLE_DEFAULT, CONSUMERS_DEFAULT, CONSUMERS_MAX, DEAD_LETTERS_DEFAULT,
};
use crate::consume::{JournalSource, RedisSource, Settings, Source};
use std::path::Path;

const NAME: &str = "1 to 64 letters, digits, `-`, `_` or `.`";

pub(super) fn read(root: &mut Section<'_>, dir: &Path) -> Result<Settings, ConfigError> {
    let buffer = buffer::read(root)?;
    let mut section = root.section("consume")?;
    let group = name(&mut section, "group")?.unwrap_or_else(|| "dataview".to_owned());
    let name = name(&mut section, "name")?.unwrap_or_else(host_name);
    let consumers = section.integer("consumers", CONSUMERS_DEFAULT, 1..=CONSUMERS_MAX)?;
    let claim_idle = section.millis("claim_idle_ms", CLAIM_IDLE_DEFAULT)?;
    let dead_letters_max =
        section.integer("dead_letters_max", DEAD_LETTERS_DEFAULT, 1..=1_000_000)?;
    section.finish()?;
    let source = match buffer.redis {
        Some(address) => {
            let shards = buffer.shards;
            Source::Redis(RedisSource { address, shards, group, name, consumers, claim_idle })
        }
        None => Source::Journal(JournalSource {
            dir: buffer.journal_dir,
            group,
            state_dir: dir.join("consume"),
        }),
    };
    Ok(Settings { source, dead_letters_max })
}

fn name(section: &mut Section<'_>, key: &'static str) -> Result<Option<String>, ConfigError> {
    let Some(name) = section.text(key, NAME)?.filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.len() <= 64 && name.bytes().all(allowed) {
        return Ok(Some(name));
    }
    Err(section.refuse(key, &name, NAME))
}

/// The machine's name: another on every machine, and the same after a restart.
pub(crate) fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "dataview".to_owned() } else { name.to_owned() }
}
