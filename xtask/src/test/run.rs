//! Runs a part: its commands one after the other, with what their tests need to know.

use std::process::{Command, ExitStatus};

use anyhow::{Result, bail};

use super::commands;
use super::count::{Count, failed_test};
use super::parts::{Part, Size};
use super::told::Told;
use crate::process;
use crate::services;
use crate::workspace::Workspace;

/// How many failed tests of a part the summary names.
const NAMED_MAX: usize = 8;

/// Runs one part with all that it needs, and counts its tests. All its commands run, even when one
/// fails.
pub(crate) fn run(
    workspace: &Workspace,
    part: Part,
    size: Size,
    count: &mut Count,
    told: &mut Told,
) -> Result<()> {
    let mut failed = Vec::new();
    let mut bad = None;
    for mut command in commands::of(workspace, part)? {
        prepare(workspace, &mut command, part, size);
        let status = process::watch(&mut command, Some(size.limit()), |line| {
            count.read(line);
            told.read(line);
            failed.extend(failed_test(line).map(str::to_owned));
        })?;
        if !status.success() {
            bad = Some(status);
        }
    }
    bad.map_or(Ok(()), |status| bail!(reason(&failed, status)))
}

fn prepare(workspace: &Workspace, command: &mut Command, part: Part, size: Size) {
    if size == Size::Full {
        command.env("DNA_SOAK", "1");
        if matches!(part, Part::Unit | Part::Redis) {
            // What they counted, and each by itself: full sizes side by side disturb each other.
            command.args(["--", "--show-output", "--test-threads=1"]);
        }
    }
    command
        .env("DNA_INGEST_BIN", services::binary(workspace, services::INGEST))
        .env("DNA_DATAVIEW_BIN", services::binary(workspace, services::DATAVIEW))
        .env("DNA_DEMO_BIN", services::binary(workspace, services::DEMO_SITE))
        .env("DNA_SDK_DIST", workspace.sdk_dist());
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
}
