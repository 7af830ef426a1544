//! `[live]`: the live view.

use super::{ConfigError, Section};

/// Whether the buffer can be watched over HTTP.
#[derive(Debug, Clone, Default)]
pub struct LiveConfig {
    /// Serves `/live`. It shows everyone who can reach the address what arrives, so it is off
    /// unless it is asked for.
    pub enabled: bool,
}

impl LiveConfig {
    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        let mut section = root.section("live")?;
        let config = Self { enabled: section.boolean("enabled", false)? };
        section.finish()?;
        Ok(config)
    }
}
