//! The disk is full: a batch fails whole, what was asked is answered, and with room it goes on.

use crate::child::{self, FRAMES};
use std::process::{Command, Stdio};
use tempfile::TempDir;

#[test]
fn a_full_disk_loses_nothing_and_counts_nothing_twice() {
    let folder = TempDir::new().unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let child = child::command(&disk.join("store"), 0, 100_000);
    // A small disk in a namespace of its own, with something on it that can go.
    let script = "mount -t tmpfs -o size=12m tmpfs \"$1\" && \
                  head -c 3000000 /dev/zero > \"$1/ballast\" && shift && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    command.arg(&disk).arg(child.get_program()).args(child.get_args());
    command.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("STORE_TEST_BALLAST", disk.join("ballast"));
    let output = command.stderr(Stdio::inherit()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    let stored = said.lines().filter(|line| line.starts_with("stored ")).count() as u64;
    let full = said.lines().find(|line| line.starts_with("full ")).expect("the disk was full");
    assert!(full.contains("full 0: ") || stored > 0, "{said}");
    let counted: Vec<u64> =
        said.lines().filter_map(|line| line.strip_prefix("counted ")?.parse().ok()).collect();
    // A batch is of two days, and the first may have found room.
    assert!((stored * FRAMES..(stored + 1) * FRAMES).contains(&counted[0]), "{said}");
    assert_eq!(counted[1], (stored + 1) * FRAMES, "{said}");
}

/// What is to go makes room, though it needs some itself: with no byte free.
#[test]
fn a_full_disk_lets_old_days_become_roll_ups() {
    let folder = TempDir::new().unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let child = child::ageing(&disk.join("store"));
    let script = "mount -t tmpfs -o size=48m tmpfs \"$1\" && shift && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    command.arg(&disk).arg(child.get_program()).args(child.get_args());
    command.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.stderr(Stdio::inherit()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.lines().any(|line| line == "aged well"), "{said}");
}
