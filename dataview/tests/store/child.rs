//! A process of its own that appends: one that can be killed, or has a disk of its own.

use crate::made::{DAY, NOON, counted, frame};
use dataview::store::sqlite::{Options, Retention, SqliteStore};
use dataview::store::{Batch, DayState, Store, StoreError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

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

const AGEING: &str = "STORE_TEST_AGEING";

/// The command of a process whose store, in `folder`, has days that are to go when its disk is full.
pub(crate) fn ageing(folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child::ages", "--nocapture", "--test-threads=1"]);
    command.env(AGEING, folder);
    command
}

/// What such a process does; nothing when no test has started it.
#[tokio::test]
async fn ages() {
    static CLOCK: AtomicU64 = AtomicU64::new(NOON);
    let Some(folder) = std::env::var_os(AGEING).map(PathBuf::from) else { return };
    let store = SqliteStore::open(Options {
        clock: || CLOCK.load(Ordering::Relaxed),
        retention: Retention { raw_days: 3, rollup_days: 90, bytes_max: None },
        ..Options::new(folder.clone())
    });
    let store = store.unwrap();
    for number in 0..100 {
        store.append(batch(number)).await.unwrap();
    }
    store.tidy().await.unwrap();
    let before = counted(&store).await;
    // Somebody else fills the disk to the last byte.
    let ballast = folder.with_file_name("ballast");
    let mut file = std::fs::File::create(ballast).unwrap();
    for size in [1 << 16, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
    assert!(store.append(batch(100)).await.is_err(), "there was room");
    CLOCK.store(NOON + 10 * DAY, Ordering::Relaxed);
    store.tidy().await.unwrap();
    assert_eq!(store.untidy(), None);
    let days = store.days().await.unwrap();
    assert!(days.len() == 2 && days.iter().all(|day| day.state == DayState::RolledUp), "{days:?}");
    assert_eq!(counted(&store).await, before);
    assert!(folder.join("reserve").exists(), "it is held again");
    println!("\naged well");
}
