//! `[limits]`: sizes and times of a request.

use super::{ConfigError, Section};
use dna_protocol::limits::BODY_BYTES_MAX;
use std::time::Duration;

/// 128 MiB: 2,000 of the largest frames that our clients send (60 KiB), or 128 of the largest
/// that anyone may, arriving at the same moment. At 1,000 frames a second each may then take two
/// seconds to arrive.
const BODIES_BYTES_MAX: usize = 128 * 1024 * 1024;

/// How much a request may bring and how long it may take. The protocol's own bound cannot be
/// passed: consumers rely on it.
#[derive(Debug, Clone)]
pub struct LimitsConfig {
    /// Bytes of a body as sent.
    pub body_bytes_max: usize,
    /// Bytes of a body after decompression.
    pub decompressed_bytes_max: usize,
    /// Bytes that all bodies may hold that are being read at the same moment.
    pub bodies_bytes_max: usize,
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
            // At least one body of the largest size, or it could never be read.
            bodies_bytes_max: section.integer(
                "bodies_bytes_max",
                BODIES_BYTES_MAX,
                BODY_BYTES_MAX..=1 << 40,
            )?,
            body_timeout: Duration::from_millis(section.integer(
                "body_timeout_ms",
                8_000,
                10..=600_000,
            )?),
        };
        section.finish()?;
        Ok(config)
    }
}
