//! The command line.

mod audit;
mod check_config;
mod config_args;
mod dead_letters;
mod detect;
mod explain;
mod logging;
mod serve;
mod tokens;
mod users;

use crate::access::AccessError;
use crate::config::ConfigError;
use crate::consume::DeadLettersError;
use crate::startup::StartError;
use clap::{Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;

/// Stores what ingest has kept, joins it with what the network and the services tell, and answers
/// questions: pages for people, an API for programs.
#[derive(Debug, Parser)]
#[command(
    name = "dataview",
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
    /// Store and answer until SIGTERM or Ctrl-C; then finish what was begun and stop
    Serve(serve::Args),
    /// Judge a configuration as `serve` would, without starting anything
    CheckConfig(check_config::Args),
    /// What could never be stored: look at it, have it tried again, or remove it
    DeadLetters(dead_letters::Args),
    /// How unusual each row of a series is: a score of 0 to 1, outside from 0.5 on
    Detect(detect::Args),
    /// Why a figure deviates: the dimension values that explain it, in a file of rows by minute
    Explain(explain::Args),
    /// Accounts of people, also while `serve` runs
    Users(users::Args),
    /// Tokens of programs, also while `serve` runs
    Tokens(tokens::Args),
    /// The log of who looked which user up and who changed who may
    Audit(audit::Args),
}

/// Why a command ended early. The message is for who typed it.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("DNA_LOG = {0:?} is not allowed; expected off, error, warn, info, debug or trace")]
    LogLevel(String),
    #[error("no dead letter is called {0:?}; `dataview dead-letters list` shows them")]
    UnknownLetter(String),
    #[error("{0}")]
    Rows(String),
    #[error(transparent)]
    DeadLetters(#[from] DeadLettersError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl Failure {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::LogLevel(_) | Self::UnknownLetter(_) | Self::Rows(_) => 2,
            Self::Access(error) => match error {
                AccessError::Invalid { .. }
                | AccessError::Exists { .. }
                | AccessError::Unknown { .. }
                | AccessError::LastAdministrator(_) => 2,
                _ => 1,
            },
            Self::DeadLetters(_) | Self::Start(_) | Self::Io(_) => 1,
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
        Command::DeadLetters(args) => dead_letters::run(&args),
        Command::Detect(args) => detect::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Users(args) => users::run(&args),
        Command::Tokens(args) => tokens::run(&args),
        Command::Audit(args) => audit::run(&args),
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            // Nobody is left to tell when stderr is closed.
            let _ = writeln!(std::io::stderr(), "dataview: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
