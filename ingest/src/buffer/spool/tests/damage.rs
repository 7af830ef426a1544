//! Damaged segments: only what is touched is lost, and it is counted.

use super::{Spool, away, numbers};
use crate::buffer::memory::Memory;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A spool in which ten entries wait, each `entry N` (7 bytes), and its only segment.
async fn ten_waiting() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let spool = Spool::open(&dir, Memory::new()).await;
    spool.memory.fail_with(away);
    for n in numbers(0..10) {
        spool.keep(format!("entry {n}")).await.expect("acknowledged by the spool");
    }
    spool.keeper.close().await;
    let files = std::fs::read_dir(dir.path()).expect("readable");
    let mut segments = files.map(|file| file.expect("readable").path());
    let is_segment = |path: &PathBuf| path.extension().is_some_and(|name| name == "seg");
    let segment = segments.find(is_segment).expect("a segment");
    (dir, segment)
}

/// Opens the spool on `bytes`; what the primary gets, and what is counted as lost.
async fn replay(dir: &TempDir, segment: &Path, bytes: &[u8]) -> (Vec<String>, u64, u64) {
    std::fs::write(segment, bytes).expect("written");
    // From the beginning again.
    std::fs::remove_file(dir.path().join("position")).expect("removed");
    let spool = Spool::open(dir, Memory::new()).await;
    spool.drained().await;
    let [(_, damaged), (_, torn), _] = spool.counters.spool.losses();
    let texts = spool.texts();
    spool.keeper.close().await;
    (texts, damaged, torn)
}

fn without(lost: usize) -> Vec<String> {
    (0..10).filter(|n| *n != lost).map(|n| format!("entry {n}")).collect()
}

#[tokio::test]
async fn a_flipped_bit_loses_its_record_only() {
    let (dir, segment) = ten_waiting().await;
    let good = std::fs::read(&segment).expect("readable");
    let record = (good.len() - 16) / 10;
    for n in [0, 4, 8] {
        for at in [0, record - 1] {
            let mut bytes = good.clone();
            bytes[16 + n * record + at] ^= 0x10;
            let lost = replay(&dir, &segment, &bytes).await;
            assert_eq!(lost, (without(n), 1, 0), "record {n}, byte {at}");
        }
    }
}

#[tokio::test]
async fn a_torn_tail_loses_what_it_cuts() {
    let (dir, segment) = ten_waiting().await;
    let good = std::fs::read(&segment).expect("readable");
    let lost = replay(&dir, &segment, &good[..good.len() - 3]).await;
    assert_eq!(lost, (without(9), 0, 1));
}

#[tokio::test]
async fn a_flipped_bit_in_the_last_record_is_damage_and_no_unfinished_write() {
    let (dir, segment) = ten_waiting().await;
    let mut bytes = std::fs::read(&segment).expect("readable");
    *bytes.last_mut().expect("not empty") ^= 0x10;
    let lost = replay(&dir, &segment, &bytes).await;
    assert_eq!(lost, (without(9), 1, 0));
}
