//! `cargo xtask bench sdk`: makes all that is measured current, and lets tests/bench measure it.

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

const PROJECT: &str = "tests/bench";
/// Far more than a run of the default turns takes: 15 minutes on two cores.
const LIMIT: Duration = Duration::from_secs(90 * 60);

/// Measures, prints the Markdown and leaves target/bench/sdk.json.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let dist = wasm::build(workspace)?;
    setup::node_packages(workspace, PROJECT)?;
    let chromium = setup::chromium()?;
    let folder = workspace.target().join("bench");
    let step = Step::start("bench sdk");
    let mut node = Command::new("node");
    node.current_dir(workspace.path(PROJECT))
        .args(["main.js", "--out"])
        .arg(&folder)
        .args(options(args))
        .env("DNA_SDK_DIST", dist)
        .env(setup::CHROMIUM_VARIABLE, chromium);
    process::run_limited(&mut node, LIMIT)?;
    step.done();
    let report = folder.join("sdk.md");
    let text =
        fs::read_to_string(&report).with_context(|| format!("cannot read {}", report.display()))?;
    print!("{text}");
    note(&folder.join("sdk.json").display().to_string());
    Ok(())
}

/// What of our arguments the program takes as they are.
fn options(args: &Args) -> Vec<String> {
    let mut options = Vec::new();
    if let Some(turns) = args.turns {
        options.extend([String::from("--turns"), turns.to_string()]);
    }
    for (name, list) in [("--only", &args.only), ("--peers", &args.peers)] {
        if !list.is_empty() {
            options.extend([name.to_owned(), list.join(",")]);
        }
    }
    options
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    fn check(line: &str, expected: &[&str]) {
        let cli = Cli::try_parse_from(line.split(' ')).unwrap();
        assert_eq!(options(&cli.args), expected, "{line}");
    }

    #[test]
    fn options_are_passed_on() {
        check("bench sdk", &[]);
        check(
            "bench sdk --turns 3 --only load,fetch --peers sentry",
            &["--turns", "3", "--only", "load,fetch", "--peers", "sentry"],
        );
        assert!(Cli::try_parse_from(["bench", "sdk", "--turns", "0"]).is_err());
    }
}
