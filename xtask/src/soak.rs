//! `cargo xtask soak [PART…]`: the tests of `cargo xtask test` as large as they are meant to be:
//! minutes of load, dozens of kills, thousands of slow clients, instead of a few seconds of each.
//!
//! The tests read `DNA_SOAK`; there are no others here. What they count is printed at the end.

use anyhow::Result;

use crate::test::{self, Part, Size};
use crate::workspace::Workspace;

/// The parts whose tests have a size.
const SIZED: [Part; 3] = [Part::Unit, Part::Mini, Part::Redis];

/// Arguments of `cargo xtask soak`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What to test; without any, unit, mini and redis, whose tests have a size.
    #[arg(value_enum)]
    parts: Vec<Part>,
}

/// Runs `cargo xtask soak`.
pub(crate) fn main(workspace: &Workspace, args: &Args) -> Result<()> {
    let parts = if args.parts.is_empty() { SIZED.to_vec() } else { args.parts.clone() };
    test::all(workspace, &parts, Size::Full)
}
