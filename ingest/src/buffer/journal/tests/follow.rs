//! Reading while it is written.

use super::{NOW, group, open, read, settings, texts};
use crate::buffer::{Item, JournalSettings};
use dna_buffer::ReadError;
use dna_buffer::journal::JournalReader;
use dna_buffer::read::Start;
use std::time::Duration;

async fn reader(dir: &std::path::Path, start: Start) -> JournalReader {
    JournalReader::open(dir.to_owned(), start).await.expect("opened")
}

async fn now(reader: &mut JournalReader) -> Vec<String> {
    texts(&reader.next(100, Duration::ZERO).await.expect("readable"))
}

#[tokio::test]
async fn a_reader_follows_through_segments() {
    let dir = tempfile::tempdir().expect("a folder");
    let limited = JournalSettings { segment_bytes_max: 80, ..settings(dir.path()) };
    let (mut writer, _lock) = open(limited);
    let mut from_start = reader(dir.path(), Start::Beginning).await;
    let mut from_end = reader(dir.path(), Start::End).await;
    assert!(now(&mut from_start).await.is_empty());
    for n in 0..10 {
        let text = format!("record {n}");
        writer.write(&group(&[&text]), NOW).expect("kept");
        assert_eq!(now(&mut from_start).await, [text.as_str()]);
        if n % 3 == 0 {
            assert!(now(&mut from_end).await.contains(&text));
        }
    }
    assert_eq!(now(&mut from_end).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_last_ones_are_found_across_segments() {
    let dir = tempfile::tempdir().expect("a folder");
    let limited = JournalSettings { segment_bytes_max: 80, ..settings(dir.path()) };
    let (mut writer, _lock) = open(limited);
    for n in 0..10 {
        writer.write(&group(&[&format!("{n}")]), NOW).expect("kept");
    }
    for count in 0..12 {
        let last = texts(&read(dir.path(), Start::Last(count)).await);
        let expected: Vec<String> = (10 - count.min(10)..10).map(|n| n.to_string()).collect();
        assert_eq!(last, expected, "the last {count}");
    }
    let mut end = reader(dir.path(), Start::End).await;
    assert!(now(&mut end).await.is_empty());
    writer.write(&group(&["new"]), NOW).expect("kept");
    assert_eq!(now(&mut end).await, ["new"]);
}

#[tokio::test]
async fn a_reader_that_waits_is_given_what_comes() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut writer, _lock) = open(settings(dir.path()));
    let mut reader = reader(dir.path(), Start::End).await;
    let waiting = tokio::spawn(async move { reader.next(10, Duration::from_secs(60)).await });
    writer.write(&group(&["came"]), NOW).expect("kept");
    let batch = waiting.await.expect("no panic").expect("readable");
    assert_eq!(texts(&batch), ["came"]);
}

#[tokio::test]
async fn ids_are_unique_and_the_same_for_every_reader() {
    let dir = tempfile::tempdir().expect("a folder");
    let limited = JournalSettings { segment_bytes_max: 80, ..settings(dir.path()) };
    let (mut writer, _lock) = open(limited);
    for n in 0..10 {
        writer.write(&group(&[&format!("{n}"), "b"]), NOW).expect("kept");
    }
    let all = read(dir.path(), Start::Beginning).await;
    let mut ids: Vec<&str> = all.iter().map(|kept| kept.id.as_str()).collect();
    assert_eq!(all[17..], read(dir.path(), Start::Last(3)).await);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 20);
}

#[tokio::test]
async fn one_read_is_bounded_in_bytes() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut writer, _lock) = open(settings(dir.path()));
    let large = Item { shard: 0, bytes: vec![1; 1024 * 1024].into() };
    for _ in 0..6 {
        writer.write(std::slice::from_ref(&large), NOW).expect("kept");
    }
    let mut reader = reader(dir.path(), Start::Beginning).await;
    let first = reader.next(100, Duration::ZERO).await.expect("readable");
    let rest = reader.next(100, Duration::ZERO).await.expect("readable");
    assert_eq!((first.len(), rest.len()), (4, 2));
}

#[tokio::test]
async fn damage_is_counted_and_the_reader_goes_on() {
    let dir = tempfile::tempdir().expect("a folder");
    let limited = JournalSettings { segment_bytes_max: 80, ..settings(dir.path()) };
    let (mut writer, _lock) = open(limited);
    writer.write(&group(&["first", "second"]), NOW).expect("kept");
    let path = dir.path().join(dna_buffer::journal::scan::segment_name(0));
    let mut bytes = std::fs::read(&path).expect("readable");
    let end = bytes.len();
    bytes[end - 1] ^= 1;
    std::fs::write(&path, &bytes).expect("written");
    let mut reader = reader(dir.path(), Start::Beginning).await;
    assert_eq!(now(&mut reader).await, ["first"]);
    writer.write(&group(&["in the next segment"]), NOW).expect("kept");
    assert_eq!(now(&mut reader).await, ["in the next segment"]);
    assert_eq!((reader.damage().runs, reader.damage().bytes), (1, 18 + 6));
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let error = JournalReader::open("/no/such/journal".into(), Start::End).await;
    let error = error.expect_err("not there");
    assert!(matches!(&error, ReadError::Io { .. }));
    assert!(error.to_string().contains("/no/such/journal"), "{error}");
}
