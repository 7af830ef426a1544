//! `cargo xtask test [PART…]`: everything that must hold before a change is merged.
//!
//! All parts run even when one fails, so that one run shows all that is wrong. A part that
//! cannot run has failed.

mod count;
mod parts;
mod summary;

use std::time::Instant;

use anyhow::{Result, bail};

use self::count::Count;
use self::parts::Part;
use self::summary::{Outcome, Summary};
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
    let mut summary = Summary::default();
    for part in Part::ALL {
        if args.parts.is_empty() || args.parts.contains(&part) {
            summary.add(judge(workspace, part));
        }
    }
    print!("{summary}");
    if summary.all_passed() {
        return Ok(());
    }
    bail!("not everything passed; again only what did not: {}", summary.command_for_failed())
}

fn judge(workspace: &Workspace, part: Part) -> Outcome {
    let started = Instant::now();
    let mut count = Count::default();
    let step = Step::start(format!("test {}", part.name()));
    let result = parts::run(workspace, part, &mut count);
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
