//! A journal that has all the bytes that it may have.

use super::{NOW, group, open, read_all, settings};
use crate::buffer::{BufferCounters, JournalSettings, KeepError, WhenFull};
use dna_buffer::journal::JournalReader;
use dna_buffer::read::Start;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Room for some segments of a few records.
fn small(dir: &Path, when_full: WhenFull) -> JournalSettings {
    JournalSettings {
        segment_bytes_max: 150,
        total_bytes_max: 700,
        when_full: Some(when_full),
        ..settings(dir)
    }
}

fn segments(dir: &Path) -> Vec<std::path::PathBuf> {
    super::segments(dir).expect("readable").into_iter().map(|(_, path)| path).collect()
}

fn bytes(dir: &Path) -> u64 {
    segments(dir).iter().map(|path| path.metadata().expect("there").len()).sum()
}

#[tokio::test]
async fn what_is_acknowledged_stays_and_room_that_somebody_makes_is_seen() {
    let dir = tempfile::tempdir().expect("a folder");
    let (writer, _lock) = open(small(dir.path(), WhenFull::Refuse));
    let counters = Arc::new(BufferCounters::default());
    let mut writer = writer.counting(Arc::clone(&counters));
    let mut kept = Vec::new();
    let refused = loop {
        let text = format!("record {}", kept.len());
        match writer.write(&group(&[&text]), NOW) {
            Ok(()) => kept.push(text),
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, KeepError::Full { .. }), "{refused}");
    assert_eq!(read_all(dir.path()).await, kept, "nothing is removed");
    assert_eq!(counters.journal_bytes(), bytes(dir.path()));
    // The operator removes what all have read, while it runs.
    std::fs::remove_file(&segments(dir.path())[0]).expect("removed");
    let begun = Instant::now();
    while writer.write(&group(&["new"]), NOW).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it is not seen");
        std::thread::sleep(Duration::from_millis(20));
    }
    let left = read_all(dir.path()).await;
    assert!(left.len() < kept.len() && left.last().is_some_and(|last| last == "new"), "{left:?}");
    assert_eq!(counters.journal_bytes(), bytes(dir.path()));
    assert_eq!(counters.journal_removed_entries(), 0);
}

/// Also of the segment that is written to: what is acknowledged later is there.
#[tokio::test]
async fn what_is_written_after_all_was_removed_is_read_and_counted() {
    let dir = tempfile::tempdir().expect("a folder");
    let (writer, _lock) = open(small(dir.path(), WhenFull::Refuse));
    let counters = Arc::new(BufferCounters::default());
    let mut writer = writer.counting(Arc::clone(&counters));
    for text in ["a", "b", "c"] {
        writer.write(&group(&[text]), NOW).expect("kept");
    }
    segments(dir.path()).iter().for_each(|path| std::fs::remove_file(path).expect("removed"));
    writer.write(&group(&["new"]), NOW).expect("kept");
    assert_eq!(read_all(dir.path()).await, ["new"]);
    assert_eq!(counters.journal_bytes(), bytes(dir.path()));
}

#[tokio::test]
async fn the_oldest_make_room_where_the_operator_wants_it_and_are_counted() {
    let dir = tempfile::tempdir().expect("a folder");
    let (writer, _lock) = open(small(dir.path(), WhenFull::RemoveOldest));
    let counters = Arc::new(BufferCounters::default());
    let mut writer = writer.counting(Arc::clone(&counters));
    let beginning = JournalReader::open(dir.path().to_owned(), Start::Beginning).await;
    let mut reader = beginning.expect("opened");
    let mut seen = Vec::new();
    for number in 0..100 {
        writer.write(&group(&[&format!("{number}")]), NOW).expect("there is always room");
        assert!(bytes(dir.path()) <= 700);
        // A reader that is too slow goes on with what is there.
        if number % 40 == 39 {
            let batch = reader.next(1000, Duration::ZERO).await.expect("readable");
            seen.extend(super::texts(&batch));
        }
    }
    let all: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let left = read_all(dir.path()).await;
    assert!(left.len() > 10 && all.ends_with(&left), "{left:?}");
    assert_eq!(counters.journal_removed_entries() as usize, 100 - left.len());
    assert_eq!(counters.journal_bytes(), bytes(dir.path()));
    assert!(seen.len() < 80 && seen.is_sorted_by_key(|it| it.parse::<u32>().ok()), "{seen:?}");
    assert!(seen.contains(&"39".to_owned()) && seen.contains(&"79".to_owned()), "{seen:?}");
}
