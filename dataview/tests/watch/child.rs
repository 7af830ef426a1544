//! A process of its own that judges minutes and can be killed.

use crate::made::{MINUTE, NOON, store};
use dataview::watch::Rulebook;
use dataview::watch::baseline::Normal;
use dataview::watch::keep::Keep;
use dataview::watch::round::Rounds;
use dna_baselines::Calendar;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

const FOLDER: &str = "WATCH_TEST_FOLDER";
const FROM: &str = "WATCH_TEST_FROM";

/// The command of a process that judges the minutes from `from` on over the store in `folder`, and
/// prints `judged N` after each.
pub(crate) fn command(folder: &Path, from: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child::judges", "--nocapture", "--test-threads=1"]);
    command.env(FOLDER, folder).env(FROM, from.to_string());
    command
}

/// What such a process does; nothing when no test has started it.
#[tokio::test]
async fn judges() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let from: u64 = std::env::var(FROM).unwrap().parse().unwrap();
    let store = Arc::new(store(&folder));
    let keep = Keep::open(&folder.join("watch.db")).unwrap();
    let file = Some(folder.join("alerts.toml"));
    let rulebook = Arc::new(Rulebook::start(file, None, keep.clone()).unwrap());
    let normal = Arc::new(Normal::new(Calendar::default(), keep.clone()));
    let rounds = Rounds::new(store, keep, rulebook, normal, Arc::new(|now| now));
    let say = |text: String| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{text}").and_then(|()| out.flush()).unwrap();
    };
    // The harness has begun a line.
    say(String::new());
    for minute in from.. {
        rounds.round(NOON + (minute + 1) * MINUTE + 15_000).await.unwrap();
        say(format!("judged {minute}"));
    }
}
