//! `[store]`: how long things are kept, and what they survive.

use super::{ConfigError, Section};
use crate::store::sqlite::{Durability, Options, Retention};
use std::path::Path;

/// The embedded store.
#[derive(Debug, Clone, Copy)]
pub struct StoreConfig {
    durability: Durability,
    retention: Retention,
}

impl StoreConfig {
    /// How the store is opened whose folder is in `dir`.
    #[must_use]
    pub fn options(&self, dir: &Path) -> Options {
        let Self { durability, retention } = *self;
        Options { durability, retention, ..Options::new(dir.join("store")) }
    }

    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        const MIB: u64 = 1024 * 1024;
        let mut section = root.section("store")?;
        let default = Retention::default();
        let durability = [("power", Durability::Power), ("process", Durability::Process)];
        let durability = section.choice("durability", &durability, Durability::default())?;
        let raw_days = section.integer("raw_days", default.raw_days, 1..=3650)?;
        let rollup_days = section.integer("rollup_days", default.rollup_days, 1..=3650)?;
        if rollup_days < raw_days {
            let allowed = format!("at least `raw_days`, {raw_days}");
            return Err(section.refuse_value("rollup_days", i64::from(rollup_days), allowed));
        }
        let bytes_max = section.integer("bytes_max", 0, 0..=1024 * 1024 * 1024 * MIB)?;
        if (1..64 * MIB).contains(&bytes_max) {
            let value = i64::try_from(bytes_max).unwrap_or(i64::MAX);
            let allowed = format!("0 for no bound, or at least {}", 64 * MIB);
            return Err(section.refuse_value("bytes_max", value, allowed));
        }
        section.finish()?;
        let bytes_max = (bytes_max > 0).then_some(bytes_max);
        Ok(Self { durability, retention: Retention { raw_days, rollup_days, bytes_max } })
    }
}
