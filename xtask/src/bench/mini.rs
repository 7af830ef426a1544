//! `cargo xtask bench mini`: the package for mini programs beside its peers from npm: bytes, and what
//! its line at the start of an application costs.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Args;
use crate::process;
use crate::progress::{Step, note};
use crate::setup;
use crate::wasm;
use crate::workspace::Workspace;

const PROJECT: &str = "tests/mini";
/// Far more than a run takes: some seconds.
const LIMIT: Duration = Duration::from_secs(10 * 60);

/// Measures, prints the Markdown and leaves target/bench/mini.json.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    wasm::build(workspace)?;
    setup::node_packages(workspace, PROJECT)?;
    let folder = workspace.target().join("bench");
    let step = Step::start("bench mini");
    let mut node = Command::new("node");
    node.current_dir(workspace.path(PROJECT)).args(["bench/main.js", "--out"]).arg(&folder);
    if let Some(turns) = args.turns {
        node.args(["--turns", &turns.to_string()]);
    }
    process::run_limited(&mut node, LIMIT)?;
    step.done();
    let report = folder.join("mini.md");
    let text =
        fs::read_to_string(&report).with_context(|| format!("cannot read {}", report.display()))?;
    print!("{text}");
    note(&folder.join("mini.json").display().to_string());
    Ok(())
}
