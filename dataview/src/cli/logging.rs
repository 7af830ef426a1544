//! Logs: to stderr, at the level that `DNA_LOG` says.
//!
//! No line of this program holds a user ID, an event or a client's address, at any level. Other
//! crates may at theirs, so only their warnings are shown.

use super::Failure;
use crate::config::LogFormat;
use std::io::IsTerminal;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

/// Starts logging.
pub(super) fn start(format: LogFormat) -> Result<(), Failure> {
    let level = match std::env::var("DNA_LOG") {
        Err(_) => LevelFilter::INFO,
        Ok(text) if text.is_empty() => LevelFilter::INFO,
        Ok(text) => text.parse().map_err(|_| Failure::LogLevel(text))?,
    };
    let others = level.min(LevelFilter::WARN);
    let filter = Targets::new().with_default(others).with_target(env!("CARGO_CRATE_NAME"), level);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    // A second start in one process, as tests do, keeps the first.
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
    Ok(())
}
