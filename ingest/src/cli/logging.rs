//! Logs: to stderr, at the level that `DNA_LOG` says.
//!
//! No line of this program holds a user ID, a body or a client's address, at any level. Other
//! crates may at theirs, so only their warnings are shown.

use super::Failure;
use std::io::IsTerminal;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

/// Starts logging.
pub(super) fn start() -> Result<(), Failure> {
    let level = match std::env::var("DNA_LOG") {
        Err(_) => LevelFilter::INFO,
        Ok(text) if text.is_empty() => LevelFilter::INFO,
        Ok(text) => text.parse().map_err(|_| Failure::LogLevel(text))?,
    };
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target(env!("CARGO_CRATE_NAME"), level);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // A second start in one process, as tests do, keeps the first.
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
    Ok(())
}
