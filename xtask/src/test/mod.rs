//! `cargo xtask test [PART…]`: everything that must hold before a change is merged.
//!
//! All parts run even when one fails, so that one run shows all that is wrong. A part that
//! cannot run has failed.

mod commands;
mod count;
mod parts;
mod run;
mod summary;
mod told;

use std::time::Instant;

use anyhow::{Result, bail};

use self::count::Count;
pub(crate) use self::parts::{Part, Size};
use self::summary::{Outcome, Summary};
use self::told::Told;
use crate::progress::{Step, note};
use crate::workspace::Workspace;

/// Arguments of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What to test; without any, everything.
    #[arg(value_enum)]
    parts: Vec<Part>,
}

/// Runs `cargo xtask test`.
pub(crate) fn main(workspace: &Workspace, args: &Args) -> Result<()> {
    let is_asked = |part: &Part| args.parts.is_empty() || args.parts.contains(part);
    let parts: Vec<Part> = Part::ALL.into_iter().filter(is_asked).collect();
    all(workspace, &parts, Size::Quick)
}

/// Runs these parts, and says how each went.
pub(crate) fn all(workspace: &Workspace, parts: &[Part], size: Size) -> Result<()> {
    let mut summary = Summary::default();
    let mut told = Told::default();
    for part in parts {
        summary.add(judge(workspace, *part, size, &mut told));
    }
    if size == Size::Full {
        println!("\nWhat the tests counted:");
        told.lines().iter().for_each(|line| println!("{line}"));
    }
    print!("{summary}");
    if summary.all_passed() {
        return Ok(());
    }
    bail!(
        "not everything passed; again only what did not: {}",
        summary.command_for_failed(size.command())
    )
}

fn judge(workspace: &Workspace, part: Part, size: Size, told: &mut Told) -> Outcome {
    let started = Instant::now();
    let mut count = Count::default();
    let step = Step::start(format!("{} {}", size.command(), part.name()));
    let result = run::run(workspace, part, size, &mut count, told);
    match &result {
        Ok(()) => step.done(),
        Err(error) => note(&format!("{}: {error:#}", part.name())),
    }
    Outcome {
        part: part.name(),
        count: count.closed(result.is_ok()),
        time: started.elapsed(),
        reason: result.err().map(|error| format!("{error:#}")),
    }
}
