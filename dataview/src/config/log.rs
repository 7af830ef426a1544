//! `[log]`: how lines are written.

use super::{ConfigError, Section};

/// How lines of the log are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// An object of JSON a line.
    Json,
}

impl LogFormat {
    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        let mut section = root.section("log")?;
        let formats = [("text", Self::Text), ("json", Self::Json)];
        let format = section.choice("format", &formats, Self::default())?;
        section.finish()?;
        Ok(format)
    }
}
