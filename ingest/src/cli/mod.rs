//! The command line.

mod check_config;
mod config_args;
mod doctor;
mod logging;
mod open_files;
mod reload;
mod serve;
mod sourcemaps;
mod tail;

use crate::buffer::OpenError;
use crate::config::ConfigError;
use clap::{Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;

/// Accepts beacons over HTTP, checks and enriches them, keeps them in Redis or an embedded
/// journal, and only then acknowledges them.
#[derive(Debug, Parser)]
#[command(
    name = "ingest",
    version,
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.\n\
                  Logs go to stderr; DNA_LOG sets their level: off, error, warn, info, debug, trace."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGTERM or Ctrl-C; then finish what was begun and stop
    Serve(serve::Args),
    /// Judge a configuration as `serve` would, without starting anything
    CheckConfig(check_config::Args),
    /// Look at what `serve` would need: Redis, clock, limits, disk, keys
    Doctor(doctor::Args),
    /// Show what is kept, and go on as it arrives
    Tail(tail::Args),
    /// Keep the source maps of releases, with which stacks are shown as the source has them
    Sourcemaps(sourcemaps::Args),
}

/// Why a command ended early. The message is for who typed it.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("DNA_LOG = {0:?} is not allowed; expected off, error, warn, info, debug or trace")]
    LogLevel(String),
    #[error("give --config FILE, --journal DIR or --redis URL, to say what to read")]
    NoSource,
    #[error("give --config FILE whose [source_maps] has a folder, or --folder DIR")]
    NoSourceMaps,
    #[error("no application is called {app:?}; allowed: {allowed}")]
    UnknownApp { app: String, allowed: String },
    #[error("no file that ends in .{endings} is there")]
    NoFiles { endings: String },
    #[error("cannot read {}: {source}", path.display())]
    Unreadable { path: std::path::PathBuf, source: std::io::Error },
    #[error("cannot open the buffer: {0}")]
    Buffer(#[from] OpenError),
    #[error("cannot listen on {address}: {source}")]
    Listen { address: std::net::SocketAddr, source: std::io::Error },
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl Failure {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_)
            | Self::LogLevel(_)
            | Self::NoSource
            | Self::NoSourceMaps
            | Self::UnknownApp { .. }
            | Self::NoFiles { .. }
            | Self::Unreadable { .. } => 2,
            Self::Buffer(_) | Self::Listen { .. } | Self::Io(_) => 1,
        }
    }
}

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    // Clap answers --help and wrong usage itself, with 0 and 2.
    let result = match Cli::parse().command {
        Command::Serve(args) => serve::run(&args),
        Command::CheckConfig(args) => check_config::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Tail(args) => tail::run(&args),
        Command::Sourcemaps(args) => sourcemaps::run(&args),
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            // Nobody is left to tell when stderr is closed.
            let _ = writeln!(std::io::stderr(), "ingest: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
