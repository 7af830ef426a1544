//! A process of its own that appends: one that can be killed, or has a disk of its own.

use crate::made::{NOON, counted, frame};
use dataview::store::sqlite::{Options, SqliteStore};
use dataview::store::{Batch, Store, StoreError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const FOLDER: &str = "STORE_TEST_FOLDER";
const FROM: &str = "STORE_TEST_FROM";
const BATCHES: &str = "STORE_TEST_BATCHES";

/// Frames of a batch.
pub(crate) const FRAMES: u64 = 50;

/// The command of a process that appends batches to the store in `folder`, from `from` on. It
/// prints `stored N` after each, and `full` once when one is not taken for want of room.
pub(crate) fn command(folder: &Path, from: u64, batches: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child::appends", "--nocapture", "--test-threads=1"]);
    command.env(FOLDER, folder).env(FROM, from.to_string()).env(BATCHES, batches.to_string());
    command
}

/// A batch; each is of five sessions, and of two days.
pub(crate) fn batch(number: u64) -> Batch {
    let frame = |n: u64| {
        let mut frame = frame((n % 5) as u8, number * FRAMES + n, NOON + 12 * 3_600_000 - 25 + n);
        // What packing does not make smaller.
        let noise = (0..500_u64).map(|n| (((n + 7 + number) * n * 2_654_435_761) >> 16) as u8);
        frame.entry = noise.collect();
        frame
    };
    Batch { frames: (0..FRAMES).map(frame).collect(), ..Batch::default() }
}

/// The store in `folder`, at a time at which what is appended is new.
pub(crate) fn open(folder: PathBuf) -> SqliteStore {
    SqliteStore::open(Options { clock: || NOON, ..Options::new(folder) }).unwrap()
}

/// What such a process does; nothing when no test has started it.
#[tokio::test]
async fn appends() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let number = |name| std::env::var(name).unwrap().parse::<u64>().unwrap();
    let (from, batches) = (number(FROM), number(BATCHES));
    let store = open(PathBuf::from(folder));
    let say = |text: String| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{text}").and_then(|()| out.flush()).unwrap();
    };
    // The harness has begun a line.
    say(String::new());
    for number in from..from + batches {
        match store.append(batch(number)).await {
            Ok(_) => say(format!("stored {number}")),
            Err(StoreError::Unavailable(why)) => {
                say(format!("full {number}: {why}"));
                // The consumer would keep trying; here the test looks at what there is.
                say(format!("counted {}", counted(&store).await));
                std::fs::remove_file(std::env::var_os("STORE_TEST_BALLAST").unwrap()).unwrap();
                store.append(batch(number)).await.unwrap();
                say(format!("counted {}", counted(&store).await));
                return;
            }
            Err(error) => panic!("{error}"),
        }
    }
}
