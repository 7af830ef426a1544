//! The process is killed at any moment: every incident and every notice is there once.

use crate::child;
use crate::made::{CALLS, Made, OPS};
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

/// Kills: 20 where all of it is asked for.
fn kills() -> u64 {
    if std::env::var_os("DNA_SOAK").is_some_and(|value| value == "1") { 20 } else { 5 }
}

/// Ten minutes well, ten out, and so on: what fires after two minutes and ends after three fires again
/// within a quarter of an hour, so it is one incident that begins again and again.
#[tokio::test]
async fn nothing_is_told_twice_or_lost() {
    let each = 12;
    let minutes = kills() * each;
    let rules = [OPS, CALLS].concat();
    let made = Made::new(&rules);
    for minute in 0..minutes {
        let bad = if minute % 10 < 5 { 0 } else { 100 };
        made.calls("bank", minute, "Shanghai", 50, bad).await;
    }
    // What it is when nobody is killed.
    let undisturbed = Made::over(made.store.clone(), tempfile::tempdir().unwrap(), &rules);
    for minute in 0..minutes {
        undisturbed.round(minute).await;
    }
    let Made { store, folder, rounds, keep, .. } = made;
    drop((store, rounds, keep));
    let told = undisturbed.told();
    let expected = undisturbed.incidents();
    drop(undisturbed);
    let mut next = 0;
    for kill in 0..kills() {
        let mut command = child::command(folder.path(), next);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for line in lines {
            let Some(minute) =
                line.unwrap().strip_prefix("judged ").map(|it| it.parse::<u64>().unwrap())
            else {
                continue;
            };
            next = next.max(minute + 1);
            if next == (kill + 1) * each - 1 {
                // Another moment within what is done for a minute, each time.
                std::thread::sleep(Duration::from_micros(kill * 397 % 5_000));
                child.kill().unwrap();
                break;
            }
        }
        child.wait().unwrap();
    }
    let store = std::sync::Arc::new(crate::made::store(folder.path()));
    let made = Made::over(store, folder, &rules);
    for minute in next..minutes {
        made.round(minute).await;
    }
    // A killed process may have judged further than it came to say.
    let (found, all) = (made.told(), made.incidents());
    assert!(!told.is_empty() && found.len() >= told.len(), "{found:?} of {told:?}");
    assert_eq!(found[..told.len()], told);
    let ids = made.keep.deliveries(None, None, None, None, 500).unwrap();
    let names: std::collections::BTreeSet<_> = ids.iter().map(|(_, one)| &one.id).collect();
    assert_eq!(names.len(), found.len(), "each has a name of its own");
    assert_eq!(all.len(), expected.len());
    eprintln!(
        "{} kills: {} notices of {} incidents, none twice or lost",
        kills(),
        found.len(),
        all.len()
    );
}
