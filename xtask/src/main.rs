//! The project's chores: `cargo xtask setup|wasm|demo|test|soak|size|bench`.
//!
//! Progress goes to stderr and results go to stdout, so that a table can be redirected.
//!
//! Exit codes: 0 done, 1 something failed (the reason is the last line), 2 wrong usage.
#![allow(clippy::print_stdout, reason = "a command-line tool prints its results")]

mod bench;
mod demo;
mod process;
mod progress;
mod services;
mod setup;
mod size;
mod soak;
mod stamp;
mod test;
mod wasm;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// Builds, runs and checks DNA.
#[derive(Parser)]
#[command(
    bin_name = "cargo xtask",
    arg_required_else_help = true,
    after_help = "Exit codes: 0 done, 1 something failed, 2 wrong usage."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Checks what the other commands need, and installs what is missing.
    Setup(setup::Args),
    /// Builds the Wasm core and the JavaScript around it into js-wrapper/dist.
    Wasm(wasm::Args),
    /// Runs ingest and the demo bank until Ctrl-C, with a live view of what arrives.
    Demo(demo::Args),
    /// Runs all tests, or only some parts.
    Test(test::Args),
    /// Runs tests as large as they are meant to be: minutes and hours instead of seconds.
    Soak(soak::Args),
    /// Measures what a page downloads: raw, gzip and brotli.
    Size(size::Args),
    /// Measures the product beside its peers.
    Bench(bench::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(&cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &Command) -> Result<()> {
    let workspace = Workspace::find()?;
    match command {
        Command::Setup(args) => setup::main(&workspace, args),
        Command::Wasm(args) => wasm::main(&workspace, args),
        Command::Demo(args) => demo::main(&workspace, args),
        Command::Test(args) => test::main(&workspace, args),
        Command::Soak(args) => soak::main(&workspace, args),
        Command::Size(args) => size::main(&workspace, args),
        Command::Bench(args) => bench::main(&workspace, args),
    }
}
