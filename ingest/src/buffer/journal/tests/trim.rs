//! What registered readers have is removed, and nothing else.

use super::super::writer::Writer;
use super::{NOW, OsFiles, group, open, read_all, segments, settings};
use crate::buffer::{BufferCounters, JournalSettings, KeepError, WhenFull};
use dna_buffer::journal::Identity;
use dna_buffer::journal::readers::{register, slowest};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Room for a few segments of some records each.
fn small(dir: &Path) -> JournalSettings {
    JournalSettings {
        segment_bytes_max: 150,
        total_bytes_max: 700,
        when_full: Some(WhenFull::Refuse),
        ..settings(dir)
    }
}

fn numbers(dir: &Path) -> Vec<u64> {
    segments(dir).expect("readable").into_iter().map(|(number, _)| number).collect()
}

/// Writes until it is full; the reason.
fn fill(writer: &mut Writer<OsFiles>) -> String {
    loop {
        match writer.write(&group(&["a record"]), NOW) {
            Ok(()) => {}
            Err(KeepError::Full { reason }) => return reason,
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn whole_segments_behind_the_slowest_reader_go_and_a_journal_that_is_read_is_never_full() {
    let dir = tempfile::tempdir().expect("a folder");
    let (writer, _lock) = open(small(dir.path()));
    let counters = Arc::new(BufferCounters::default());
    let mut writer = writer.counting(Arc::clone(&counters));
    register(dir.path(), "archive", 0, None).expect("registered");
    for number in 0..100 {
        let text = number.to_string();
        writer.write(&group(&[&text]), NOW).expect("what is read makes room");
        let newest = *numbers(dir.path()).last().expect("one");
        // One that is at the end, and one that is a segment behind.
        register(dir.path(), "dataview", newest, None).expect("registered");
        let before = numbers(dir.path()).into_iter().rev().nth(1).unwrap_or_default();
        register(dir.path(), "archive", before, None).expect("registered");
        let left = read_all(dir.path()).await;
        assert_eq!(left.last(), Some(&text), "what is not read is there");
        assert!(numbers(dir.path()).contains(&before) || before == 0);
    }
    let left: u64 = segments(dir.path())
        .expect("readable")
        .iter()
        .map(|(_, path)| path.metadata().expect("there").len())
        .sum();
    assert_eq!(counters.journal_bytes(), left);
    assert!(counters.journal_trimmed_bytes() > 1500, "{}", counters.journal_trimmed_bytes());
    assert_eq!(counters.journal_removed_entries(), 0);
}

#[test]
fn a_full_journal_says_who_holds_it_back_and_goes_on_when_that_has_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut writer, _lock) = open(small(dir.path()));
    let reason = fill(&mut writer);
    assert!(reason.contains("nobody has registered"), "{reason}");
    register(dir.path(), "archive", 2, None).expect("registered");
    register(dir.path(), "dataview", u64::MAX, None).expect("registered");
    assert_eq!(slowest(dir.path()).expect("readable").expect("one").name, "archive");
    let before = numbers(dir.path());
    let reason = fill(&mut writer);
    assert!(reason.contains("archive") && reason.contains("segment 2"), "{reason}");
    assert_eq!(numbers(dir.path()), before);
    // Gone for good: its file is removed. The other says more than there is, and is believed but
    // for the newest.
    std::fs::remove_file(dir.path().join("readers/archive.reader")).expect("removed");
    let begun = Instant::now();
    while writer.write(&group(&["new"]), NOW).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it is not seen");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(numbers(dir.path()).first(), before.last());
}

#[test]
fn nothing_goes_where_it_cannot_be_told_who_has_read_what() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut writer, _lock) = open(small(dir.path()));
    register(dir.path(), "dataview", u64::MAX, None).expect("registered");
    std::fs::write(dir.path().join("readers/archive.reader"), "half").expect("written");
    let reason = fill(&mut writer);
    assert!(reason.contains("archive.reader"), "{reason}");
    assert_eq!(numbers(dir.path()).first(), Some(&0));
}

/// Writes until the journal has begun another segment.
fn begin_another(writer: &mut Writer<OsFiles>, dir: &Path) {
    let newest = numbers(dir).last().copied();
    while numbers(dir).last().copied() == newest {
        writer.write(&group(&["a record"]), NOW).expect("room");
    }
}

#[test]
fn the_segment_that_the_slowest_reader_is_in_stays() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut writer, _lock) = open(small(dir.path()));
    (0..3).for_each(|_| begin_another(&mut writer, dir.path()));
    let before = numbers(dir.path());
    register(dir.path(), "dataview", before[1], None).expect("registered");
    begin_another(&mut writer, dir.path());
    let left = numbers(dir.path());
    assert_eq!(left[..left.len() - 1], before[1..], "what it is in is not all stored");
}

#[test]
fn what_a_reader_said_of_another_journal_lets_go_of_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut writer, _lock) = open(small(dir.path()));
    let other = Identity::give(dir.path(), 0).expect("an identity").id;
    let this = Identity::give(dir.path(), 0).expect("another").id;
    assert_ne!(other, this);
    (0..3).for_each(|_| begin_another(&mut writer, dir.path()));
    let before = numbers(dir.path());
    register(dir.path(), "dataview", before[2], Some(&other)).expect("registered");
    begin_another(&mut writer, dir.path());
    assert_eq!(numbers(dir.path())[..before.len()], before, "none of it was read");
    register(dir.path(), "dataview", before[2], Some(&this)).expect("registered");
    begin_another(&mut writer, dir.path());
    assert_eq!(numbers(dir.path()).first(), Some(&before[2]));
}

#[test]
fn what_is_no_regular_file_holds_everything_back_and_the_writer_goes_on() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut writer, _lock) = open(small(dir.path()));
    register(dir.path(), "dataview", u64::MAX, None).expect("registered");
    let odd = dir.path().join("readers/odd.reader");
    let made = std::process::Command::new("mkfifo").arg(&odd).status().expect("mkfifo");
    assert!(made.success());
    // Where it waited for somebody to write there, this would never end.
    let (done, outcome) = std::sync::mpsc::channel();
    let filling = std::thread::spawn(move || {
        let reason = fill(&mut writer);
        done.send(reason).map(|()| writer)
    });
    let reason = outcome.recv_timeout(Duration::from_secs(60)).expect("the writer goes on");
    assert!(reason.contains("odd.reader") && reason.contains("no regular file"), "{reason}");
    let _writer = filling.join().expect("no panic").expect("received");
    assert_eq!(numbers(dir.path()).first(), Some(&0));
    std::fs::remove_file(&odd).expect("removed");
    std::fs::create_dir(&odd).expect("made");
    let told = slowest(dir.path()).expect_err("a folder").to_string();
    assert!(told.contains("no regular file"), "{told}");
}
