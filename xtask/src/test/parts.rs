//! The parts of the test run, and how each is run.

use std::process::{Command, ExitStatus};
use std::time::Duration;

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::count::{Count, failed_test};
use super::told::Told;
use crate::process::{self, cargo};
use crate::services;
use crate::setup;
use crate::wasm;
use crate::workspace::Workspace;

/// How many failed tests of a part the summary names.
const NAMED_MAX: usize = 8;

/// How long a part may take, from nothing on a small machine: one that hangs must say so.
const PART_LIMIT: Duration = Duration::from_secs(25 * 60);

/// How long with tests that are as large as they are meant to be.
const PART_LIMIT_FULL: Duration = Duration::from_secs(3 * 3600);

/// How large the tests are that have a size.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Size {
    /// Seconds.
    Quick,
    /// As the issue that asked for them says.
    Full,
}

impl Size {
    /// The command that runs tests of this size.
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::Quick => "test",
            Self::Full => "soak",
        }
    }

    fn limit(self) -> Duration {
        match self {
            Self::Quick => PART_LIMIT,
            Self::Full => PART_LIMIT_FULL,
        }
    }
}

/// A part of the test run.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Part {
    /// The code is formatted.
    Fmt,
    /// The lints hold.
    Clippy,
    /// Unit and property tests, golden vectors, the fuzz corpus, ingest's buffer in a real Redis.
    Unit,
    /// The core in Wasm, under Node.
    Node,
    /// Mini programs: the platforms' own compilers and typings, old engines, the strict container.
    Mini,
    /// What the benchmarks make of their samples.
    Bench,
    /// The built ingest with a real redis-server: killed, restarted, nothing lost.
    Redis,
    /// The demo bank in a headless Chromium, through ingest, into the buffer.
    Browser,
    /// The same in a Firefox, which has less to measure.
    Firefox,
}

impl Part {
    /// In the order in which they run: the quickest to fail first.
    pub(crate) const ALL: [Self; 9] = [
        Self::Fmt,
        Self::Clippy,
        Self::Unit,
        Self::Node,
        Self::Mini,
        Self::Bench,
        Self::Redis,
        Self::Browser,
        Self::Firefox,
    ];

    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Unit => "unit",
            Self::Node => "node",
            Self::Mini => "mini",
            Self::Bench => "bench",
            Self::Redis => "redis",
            Self::Browser => "browser",
            Self::Firefox => "firefox",
        }
    }
}

/// Runs one part with all that it needs, and counts its tests.
pub(crate) fn run(
    workspace: &Workspace,
    part: Part,
    size: Size,
    count: &mut Count,
    told: &mut Told,
) -> Result<()> {
    let mut command = match part {
        Part::Fmt => in_cargo(workspace, &["fmt", "--all", "--check", "--", "--color=never"]),
        Part::Clippy => {
            let mut command = in_cargo(workspace, &["clippy", "--workspace", "--all-targets"]);
            command.args(["--features", "dna-sdk-wasm/browser,dna-sdk-wasm/mini"]);
            command.args(["--keep-going", "--", "--deny=warnings"]);
            command
        }
        Part::Unit => {
            // Ingest's own tests of its buffer talk to one.
            setup::redis_server()?;
            // What needs the built servers has its own part.
            let arguments = ["test", "--workspace", "--exclude", "dna-tests", "--no-fail-fast"];
            in_cargo(workspace, &arguments)
        }
        Part::Node => {
            wasm::build(workspace)?;
            in_npm(workspace, "js-wrapper")?
        }
        Part::Mini => {
            let jsc = setup::jsc()?;
            wasm::build(workspace)?;
            services::build(workspace)?;
            let mut command = in_npm(workspace, "tests/mini")?;
            command.env(setup::JSC_VARIABLE, jsc);
            command
        }
        Part::Bench => in_npm(workspace, "tests/bench")?,
        Part::Redis => {
            setup::redis_server()?;
            setup::balancers()?;
            setup::faketime()?;
            services::build(workspace)?;
            in_cargo(workspace, &["test", "--package", "dna-tests", "--no-fail-fast"])
        }
        Part::Browser => {
            let chromium = setup::chromium()?;
            let mut command = in_browser(workspace)?;
            command.env(setup::CHROMIUM_VARIABLE, chromium).env("DNA_BROWSER", "chromium");
            command
        }
        Part::Firefox => {
            let firefox = setup::firefox()?;
            let mut command = in_browser(workspace)?;
            command.env(setup::FIREFOX_VARIABLE, firefox).env("DNA_BROWSER", "firefox");
            command
        }
    };
    if size == Size::Full {
        command.env("DNA_SOAK", "1");
        if matches!(part, Part::Unit | Part::Redis) {
            // What they counted, and each by itself: full sizes side by side disturb each other.
            command.args(["--", "--show-output", "--test-threads=1"]);
        }
    }
    command
        .env("DNA_INGEST_BIN", services::binary(workspace, services::INGEST))
        .env("DNA_DEMO_BIN", services::binary(workspace, services::DEMO_SITE))
        .env("DNA_SDK_DIST", workspace.sdk_dist());
    let mut failed = Vec::new();
    let status = process::watch(&mut command, Some(size.limit()), |line| {
        count.read(line);
        told.read(line);
        failed.extend(failed_test(line).map(str::to_owned));
    })?;
    if status.success() {
        return Ok(());
    }
    bail!(reason(&failed, status))
}

/// What the summary says about a part that failed: the tests, or that it did not come to them.
fn reason(failed: &[String], status: ExitStatus) -> String {
    match failed.split_at_checked(NAMED_MAX) {
        _ if failed.is_empty() => format!("the runner ended with {status}; its output says why"),
        Some((named, rest)) if !rest.is_empty() => {
            format!("{} and {} more", named.join("; "), rest.len())
        }
        _ => failed.join("; "),
    }
}

fn in_cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = cargo();
    command.current_dir(workspace.root()).args(arguments);
    command
}

/// The tests that drive a browser, with the servers that they need.
fn in_browser(workspace: &Workspace) -> Result<Command> {
    setup::redis_server()?;
    wasm::build(workspace)?;
    services::build(workspace)?;
    // Built by the tests, as customers build theirs.
    setup::node_packages(workspace, "examples")?;
    in_npm(workspace, "tests/browser")
}

/// `npm test` in a folder whose packages are installed.
fn in_npm(workspace: &Workspace, project: &str) -> Result<Command> {
    setup::node_packages(workspace, project)?;
    let mut command = setup::npm(&workspace.path(project));
    command.arg("test");
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_tests_are_named_up_to_a_bound() {
        let names: Vec<String> = (0..10).map(|number| format!("t{number}")).collect();
        let status = ExitStatus::default();
        assert_eq!(reason(&names[..2], status), "t0; t1");
        assert_eq!(reason(&names[..8], status), "t0; t1; t2; t3; t4; t5; t6; t7");
        assert!(reason(&names, status).ends_with("; t7 and 2 more"));
        assert!(reason(&[], status).contains("its output says why"));
    }

    #[test]
    fn names_are_those_of_the_command_line() {
        for part in Part::ALL {
            assert!(Part::from_str(part.name(), false).is_ok_and(|found| found == part));
        }
        assert_eq!(Part::ALL.len(), Part::value_variants().len());
    }
}
