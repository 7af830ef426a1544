//! `[limits]`: sizes and times of a request.

use super::{ConfigError, Section};
use dna_protocol::limits::BODY_BYTES_MAX;
use std::time::Duration;

/// How much a request may bring and how long it may take. The protocol's own bound cannot be
/// passed: consumers rely on it.
#[derive(Debug, Clone)]
pub struct LimitsConfig {
    /// Bytes of a body as sent.
    pub body_bytes_max: usize,
    /// Bytes of a body after decompression.
    pub decompressed_bytes_max: usize,
    /// How long a body may take from its first to its last byte.
    pub body_timeout: Duration,
}

impl LimitsConfig {
    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        let mut section = root.section("limits")?;
        let bytes = 1024..=BODY_BYTES_MAX;
        let config = Self {
            body_bytes_max: section.integer("body_bytes_max", BODY_BYTES_MAX, bytes.clone())?,
            decompressed_bytes_max: section.integer(
                "decompressed_bytes_max",
                BODY_BYTES_MAX,
                bytes,
            )?,
            body_timeout: Duration::from_millis(section.integer(
                "body_timeout_ms",
                10_000,
                10..=600_000,
            )?),
        };
        section.finish()?;
        Ok(config)
    }
}
