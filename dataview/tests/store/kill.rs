//! The process is killed at any moment: what it said it had stored is there, and what comes again
//! counts once.

use crate::child::{self, FRAMES};
use crate::made::counted;
use dataview::store::Store;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;

/// Kills: 20 where all of it is asked for.
fn kills() -> u64 {
    if std::env::var_os("DNA_SOAK").is_some_and(|value| value == "1") { 20 } else { 4 }
}

#[tokio::test]
async fn counts_are_exact_after_every_kill() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path().join("store");
    // The first batch that nobody said was stored.
    let mut next = 0;
    for kill in 0..kills() {
        let mut command = child::command(&folder, next, 100_000);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Sooner or later within a batch, and within what a commit does.
        let enough = 3 + kill * 7 % 11;
        let mut stored = 0;
        for line in lines {
            let line = line.unwrap();
            if let Some(number) = line.strip_prefix("stored ") {
                assert_eq!(number.parse::<u64>().unwrap(), next);
                next += 1;
                stored += 1;
                if stored == enough {
                    std::thread::sleep(Duration::from_micros(kill * 397 % 5_000));
                    child.kill().unwrap();
                }
            }
        }
        child.wait().unwrap();
        assert!(stored >= enough, "the process ended by itself");
        let store = child::open(folder.clone());
        // One batch may be there that it did not come to say; or half of it, for each of its two
        // days is a transaction.
        let there = counted(&store).await;
        let (least, most) = (next * FRAMES, (next + 1) * FRAMES);
        assert!((least..=most).contains(&there), "{there} of {least} to {most}");
        let again = store.append(child::batch(next)).await.unwrap();
        assert_eq!(again.frames + again.duplicates, FRAMES);
        assert_eq!(again.duplicates, there - least);
        let all = store.append(child::batch(next - 1)).await.unwrap();
        assert_eq!((all.frames, all.duplicates), (0, FRAMES));
        assert_eq!(counted(&store).await, most);
        next += 1;
    }
}
