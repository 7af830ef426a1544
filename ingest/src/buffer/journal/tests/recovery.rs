//! Opening a folder again: after an orderly end, a crash, or while another has it.

use super::{NOW, OsFiles, Writer, group, only_segment, open, read, read_all, settings};
use crate::buffer::journal::recover::{identify, recover};
use crate::buffer::{
    BufferCounters, Item, JournalSettings, KeepError, OpenError, Settings, open as open_buffer,
};
use dna_buffer::journal::scan::{segment_name, segments};
use dna_buffer::journal::segment::{HEADER_BYTES, Tail};
use dna_buffer::journal::{Identity, JournalReader};
use dna_buffer::read::Start;
use proptest::prelude::*;
use std::fs::{self, OpenOptions};
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn what_was_kept_is_read_after_each_restart() {
    let dir = tempfile::tempdir().expect("a folder");
    for run in 0..3 {
        let (mut writer, _lock) = open(settings(dir.path()));
        writer.write(&group(&[&format!("{run}a"), &format!("{run}b")]), NOW).expect("kept");
    }
    assert_eq!(read_all(dir.path()).await, ["0a", "0b", "1a", "1b", "2a", "2b"]);
    let kept = read(dir.path(), Start::Beginning).await;
    assert!(kept.iter().all(|kept| kept.kept_at_ms == NOW && kept.shard == 3));
    let names: Vec<u64> = segments(dir.path()).expect("readable").iter().map(|s| s.0).collect();
    assert_eq!(names, [0, 2, 4], "named by the number of their first record");
}

/// A reader's place is a segment's number and an offset: it must never become another record's.
#[tokio::test]
async fn numbers_go_on_where_all_segments_were_removed() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut seen = Vec::new();
    let mut reader = JournalReader::open(dir.path().to_owned(), Start::End).await.expect("opened");
    for run in 0..4 {
        let (mut writer, lock) = open(settings(dir.path()));
        writer.write(&group(&[&format!("{run}a"), &format!("{run}b")]), NOW).expect("kept");
        seen.extend(reader.next(9, Duration::ZERO).await.expect("readable"));
        drop((writer, lock));
        for (_, path) in segments(dir.path()).expect("readable") {
            fs::remove_file(path).expect("removed");
        }
    }
    let mut ids: Vec<_> = seen.iter().map(|kept| kept.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((seen.len(), ids.len()), (8, 8), "{ids:?}");
}

#[tokio::test]
async fn the_whole_way_through_a_keeper() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("made/if/missing");
    let counters = Arc::new(BufferCounters::default());
    let settings = Settings::Journal(JournalSettings::new(&folder));
    let keeper = open_buffer(settings, Arc::clone(&counters)).await.expect("opened");
    for text in ["a", "b"] {
        keeper.keep(Item { shard: 1, bytes: text.into() }).await.expect("kept");
    }
    let status = keeper.status();
    assert_eq!((status.kind, status.ready), ("journal", true));
    assert!(status.durability.contains("fdatasync"), "{}", status.durability);
    keeper.close().await;
    assert_eq!(read_all(&folder).await, ["a", "b"]);
    assert_eq!((counters.items(), counters.bytes()), (2, 2));
}

#[tokio::test]
async fn a_folder_in_use_is_refused_by_name_and_free_when_its_owner_has_gone() {
    let dir = tempfile::tempdir().expect("a folder");
    let (writer, lock) = open(settings(dir.path()));
    let error = recover(dir.path()).expect_err("in use");
    assert!(matches!(&error, OpenError::Locked { .. }), "{error}");
    assert!(error.to_string().contains(&dir.path().display().to_string()), "{error}");
    drop((writer, lock));
    recover(dir.path()).expect("free again");
}

#[tokio::test]
async fn a_tail_torn_at_any_byte_loses_only_what_it_cuts() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut writer, lock) = open(settings(dir.path()));
    writer.write(&group(&["first", "second"]), NOW).expect("kept");
    let path = only_segment(dir.path());
    let kept = fs::metadata(&path).expect("there").len();
    writer.write(&group(&["third"]), NOW).expect("kept");
    drop((writer, lock));
    let whole = fs::read(&path).expect("readable");
    for len in kept..whole.len() as u64 {
        let again = tempfile::tempdir().expect("a folder");
        fs::write(again.path().join(segment_name(0)), &whole[..len as usize]).expect("written");
        let found = recover(again.path()).expect("a journal");
        assert_eq!((found.cut_bytes, found.total_bytes), (len - kept, kept), "cut at {len}");
        assert_eq!(found.tail, if len > kept { Tail::Torn } else { Tail::None }, "cut at {len}");
        drop(found);
        let (mut writer, _lock) = open(settings(again.path()));
        writer.write(&group(&["fourth"]), NOW).expect("kept");
        assert_eq!(read_all(again.path()).await, ["first", "second", "fourth"], "cut at {len}");
    }
}

#[tokio::test]
async fn whole_records_at_the_end_that_are_damaged_are_not_called_unfinished() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut writer, lock) = open(settings(dir.path()));
    writer.write(&group(&["first", "second", "third"]), NOW).expect("kept");
    drop((writer, lock));
    let path = only_segment(dir.path());
    let whole = fs::read(&path).expect("readable");
    for damaged in [&["third"][..], &["second", "third"], &["first", "second", "third"]] {
        let mut bytes = whole.clone();
        for text in damaged {
            let at = bytes.windows(text.len()).position(|part| part == text.as_bytes());
            bytes[at.expect("there")] ^= 1;
        }
        fs::write(&path, bytes).expect("written");
        let found = recover(dir.path()).expect("a journal");
        assert_eq!(found.tail, Tail::Damaged, "{damaged:?}");
        assert!(found.cut_bytes > 0, "{damaged:?}");
    }
}

#[tokio::test]
async fn a_segment_with_nothing_good_is_removed() {
    for len in 0..HEADER_BYTES + 5 {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join(segment_name(7));
        let mut bytes = dna_buffer::journal::segment::header().to_vec();
        bytes.resize(len.max(HEADER_BYTES), 0);
        fs::write(&path, &bytes[..len]).expect("written");
        let found = recover(dir.path()).expect("a journal");
        assert!(!path.exists() && found.next_number > 7 && found.total_bytes == 0, "{len}");
    }
}

#[tokio::test]
async fn a_newer_version_is_refused_and_stays_untouched() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join(segment_name(0));
    let mut header = dna_buffer::journal::segment::header();
    header[8] = 9;
    let checksum = crc32c::crc32c(&header[..12]);
    header[12..].copy_from_slice(&checksum.to_le_bytes());
    fs::write(&path, header).expect("written");
    let error = recover(dir.path()).expect_err("newer");
    assert!(matches!(error, OpenError::Version { found: 9, .. }), "{error}");
    assert_eq!(fs::read(&path).expect("readable"), header);
}

#[tokio::test]
async fn a_damaged_last_segment_keeps_what_is_behind_the_damage() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut writer, lock) = open(settings(dir.path()));
    writer.write(&group(&["first", "second", "third"]), NOW).expect("kept");
    drop((writer, lock));
    let path = only_segment(dir.path());
    let mut bytes = fs::read(&path).expect("readable");
    bytes[HEADER_BYTES + 20] ^= 1;
    fs::write(&path, bytes).expect("written");
    let (mut writer, _lock) = open(settings(dir.path()));
    writer.write(&group(&["fourth"]), NOW).expect("kept");
    assert_eq!(read_all(dir.path()).await, ["second", "third", "fourth"]);
}

#[tokio::test]
async fn full_is_full_until_there_is_room_and_nothing_kept_is_lost() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut limited = settings(dir.path());
    (limited.segment_bytes_max, limited.total_bytes_max) = (100, 400);
    let (mut writer, lock) = open(limited.clone());
    let mut kept = Vec::new();
    let refused = loop {
        let text = format!("record {:03}", kept.len());
        match writer.write(&group(&[&text]), NOW) {
            Ok(()) => kept.push(text),
            Err(error) => break error,
        }
        assert!(kept.len() < 100, "the bound does not hold");
    };
    assert!(matches!(&refused, KeepError::Full { .. }), "{refused}");
    assert_eq!(refused.code(), "full");
    assert_eq!(read_all(dir.path()).await, kept);
    assert!(segments(dir.path()).expect("readable").len() > 2);
    drop((writer, lock));
    let (mut writer, _lock) = open(JournalSettings { total_bytes_max: 800, ..limited });
    writer.write(&group(&["more"]), NOW).expect("kept");
    kept.push("more".to_owned());
    assert_eq!(read_all(dir.path()).await, kept);
}

#[test]
fn other_files_in_the_folder_are_no_segments() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["1.seg", "00000000000000000001.seg.bak", "x.seg", "+0000000000000000001.seg"] {
        OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .open(dir.path().join(name))
            .expect("made");
    }
    assert!(segments(dir.path()).expect("readable").is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn groups_of_any_shape_survive_restarts(
        runs in prop::collection::vec(
            prop::collection::vec(prop::collection::vec(
                (any::<u16>(), prop::collection::vec(any::<u8>(), 1..300)), 1..6), 1..6), 1..4),
        segment_bytes_max in 50u64..2000,
    ) {
        let dir = tempfile::tempdir().expect("a folder");
        let mut written = Vec::new();
        for groups in runs {
            let settings = JournalSettings { segment_bytes_max, ..settings(dir.path()) };
            let (mut writer, _lock) = open(settings);
            for group in groups {
                let item = |(shard, bytes): (u16, Vec<u8>)| Item { shard, bytes: bytes.into() };
                let group: Vec<Item> = group.into_iter().map(item).collect();
                writer.write(&group, NOW).expect("kept");
                written.extend(group);
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let kept = runtime.expect("a runtime").block_on(read(dir.path(), Start::Beginning));
        let read: Vec<Item> =
            kept.into_iter().map(|kept| Item { shard: kept.shard, bytes: kept.bytes }).collect();
        prop_assert_eq!(read, written);
    }
}

#[test]
fn a_journal_keeps_its_identity_and_gets_another_when_its_numbers_begin_anew() {
    let dir = tempfile::tempdir().expect("a folder");
    let identity = || Identity::read(dir.path()).expect("readable").expect("one");
    let start = || {
        let found = recover(dir.path()).expect("a journal");
        identify(dir.path(), found.next_number).expect("identified");
        let settings = settings(dir.path());
        let writer = Writer::new(OsFiles, settings, found.next_number, found.total_bytes);
        (writer.numbering(found.newest), found.lock)
    };
    let (mut writer, lock) = start();
    let first = identity();
    assert!(!first.has(None, 0), "nothing was here before it had an identity");
    writer.write(&group(&["one", "two"]), NOW).expect("kept");
    drop((writer, lock));
    drop(start());
    assert_eq!(identity(), first);
    // All segments are gone, and numbers go on.
    std::fs::remove_file(&segments(dir.path()).expect("readable")[0].1).expect("removed");
    let (mut writer, lock) = start();
    assert_eq!(identity(), first);
    writer.write(&group(&["three"]), NOW).expect("kept");
    drop((writer, lock));
    // One of before there were identities.
    std::fs::remove_file(dir.path().join("journal.id")).expect("removed");
    drop(start());
    let adopted = identity();
    let newest = segments(dir.path()).expect("readable").last().expect("one").0;
    assert!(adopted.has(None, newest) && !adopted.has(None, newest + 1), "{adopted:?}");
    assert!(!adopted.has(Some(&first.id), newest));
    // A damaged one is nobody's, and what says none is not taken for its own.
    std::fs::write(dir.path().join("journal.id"), "half").expect("written");
    drop(start());
    assert!(!identity().has(None, newest));
    // Everything but the identity is removed: numbers begin anew.
    let before = identity();
    std::fs::remove_file(dir.path().join("newest")).expect("removed");
    segments(dir.path()).expect("readable").iter().for_each(|(_, path)| {
        std::fs::remove_file(path).expect("removed");
    });
    drop(start());
    assert_ne!(identity().id, before.id);
}
