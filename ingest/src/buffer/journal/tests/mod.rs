//! The journal on a real disk, with crashes, flipped bits and failing disks.

mod damage;
mod everysec;
mod faults;
mod follow;
mod recovery;
mod room;
mod trim;

use super::files::{Files, OsFiles};
use super::recover::recover;
use super::writer::Writer;
use crate::buffer::{Durability, Item, JournalSettings};
use dna_buffer::journal::scan::segments;
use dna_buffer::read::{Kept, Start};
use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// When records of tests are kept.
const NOW: u64 = 1_700_000_000_000;

/// A group of which each item says which it is.
fn group(texts: &[&str]) -> Vec<Item> {
    let item = |text: &&str| Item { shard: 3, bytes: text.as_bytes().to_vec().into() };
    texts.iter().map(item).collect()
}

fn settings(dir: &Path) -> JournalSettings {
    // What a disk does with fsync is not what these tests are about.
    JournalSettings { durability: Durability::Memory, ..JournalSettings::new(dir) }
}

/// The journal in a folder, opened as after a restart. The lock is held as long as the file.
fn open(settings: JournalSettings) -> (Writer<OsFiles>, File) {
    open_with(OsFiles, settings)
}

fn open_with<F: Files>(files: F, settings: JournalSettings) -> (Writer<F>, File) {
    let found = recover(&settings.dir).expect("a journal");
    let writer =
        Writer::new(files, settings, found.next_number, found.total_bytes).numbering(found.newest);
    (writer, found.lock)
}

/// Everything that can be read from the beginning.
async fn read_all(dir: &Path) -> Vec<String> {
    texts(&read(dir, Start::Beginning).await)
}

async fn read(dir: &Path, start: Start) -> Vec<Kept> {
    let mut reader =
        dna_buffer::journal::JournalReader::open(dir.to_owned(), start).await.expect("opened");
    let mut all = Vec::new();
    loop {
        let batch = reader.next(7, Duration::ZERO).await.expect("readable");
        if batch.is_empty() {
            return all;
        }
        all.extend(batch);
    }
}

fn texts(kept: &[Kept]) -> Vec<String> {
    kept.iter().map(|kept| String::from_utf8(kept.bytes.to_vec()).expect("text")).collect()
}

/// The only segment.
fn only_segment(dir: &Path) -> std::path::PathBuf {
    let mut found = segments(dir).expect("readable");
    assert_eq!(found.len(), 1);
    found.remove(0).1
}
