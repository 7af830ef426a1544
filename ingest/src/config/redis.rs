//! `[buffer.redis]`: where Redis is, who we are there, what is promised and trimmed.

use super::{ConfigError, Section};
use crate::buffer::redis::{PressureSettings, RedisSettings, TrimSettings};
use dna_settings::redis;
use std::time::Duration;

/// Redis, if an address is given.
pub(super) fn read(
    buffer: &mut Section<'_>,
    shards: u16,
) -> Result<Option<RedisSettings>, ConfigError> {
    let mut section = buffer.section("redis")?;
    let address = redis::address(&mut section)?;
    // What else stands there is judged even where there is no address.
    let mut settings = RedisSettings::new(String::new());
    settings.shards = shards;
    settings.response_timeout = section.millis("response_timeout_ms", settings.response_timeout)?;
    settings.strict_durability = section.boolean("strict_durability", false)?;
    settings.pack_entries = section.boolean("pack_entries", settings.pack_entries)?;
    settings.trim = read_trim(&mut section)?;
    settings.pressure = read_pressure(&mut section)?;
    section.finish()?;
    Ok(address.map(|address| RedisSettings { address, ..settings }))
}

fn read_trim(redis: &mut Section<'_>) -> Result<TrimSettings, ConfigError> {
    let mut section = redis.section("trim")?;
    let default = TrimSettings::default();
    let seconds =
        section.integer("keep_at_least_s", default.keep_at_least.as_secs(), 0..=31_536_000)?;
    let settings = TrimSettings {
        enabled: section.boolean("enabled", default.enabled)?,
        keep_at_least: Duration::from_secs(seconds),
        groupless_messages_max: section.integer(
            "groupless_messages_max",
            0,
            0..=u64::from(u32::MAX),
        )?,
    };
    section.finish()?;
    Ok(settings)
}

fn read_pressure(redis: &mut Section<'_>) -> Result<PressureSettings, ConfigError> {
    let mut section = redis.section("pressure")?;
    let default = PressureSettings::default();
    let settings = PressureSettings {
        memory_percent_max: section.integer(
            "memory_percent_max",
            default.memory_percent_max,
            10..=100,
        )?,
        lag_messages_max: section.integer("lag_messages_max", 0, 0..=u64::from(u32::MAX))?,
    };
    section.finish()?;
    Ok(settings)
}
