//! A disk that fails at any of its operations.

use super::{NOW, group, open_with, read_all, settings};
use crate::buffer::journal::files::{Files, OsFiles, SegmentFile};
use crate::buffer::{Durability, JournalSettings, KeepError};
use dna_buffer::journal::scan::segments;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The system's files, of which after `left` operations the next `fails` fail. A write that fails
/// has written half.
#[derive(Clone)]
struct Failing {
    left: Arc<AtomicU64>,
    fails: Arc<AtomicU64>,
}

impl Failing {
    fn after(operations: u64) -> Self {
        let disk = Self { left: Arc::default(), fails: Arc::default() };
        disk.fail(operations, u64::MAX);
        disk
    }

    fn fail(&self, after: u64, fails: u64) {
        self.left.store(after, Relaxed);
        self.fails.store(fails, Relaxed);
    }

    fn heal(&self) {
        self.fails.store(0, Relaxed);
    }

    fn step(&self) -> io::Result<()> {
        let take = |counter: &AtomicU64| {
            counter.fetch_update(Relaxed, Relaxed, |count| count.checked_sub(1)).is_ok()
        };
        if !take(&self.left) && take(&self.fails) {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        Ok(())
    }
}

struct FailingFile {
    file: Box<dyn SegmentFile>,
    disk: Failing,
}

impl Files for Failing {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        self.step()?;
        Ok(Box::new(FailingFile { file: OsFiles.create(path)?, disk: self.clone() }))
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.step()?;
        OsFiles.sync_dir(dir)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        OsFiles.remove(path)
    }
}

impl SegmentFile for FailingFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let failed = self.disk.step();
        let written = if failed.is_err() { bytes.len() / 2 } else { bytes.len() };
        self.file.append(&bytes[..written])?;
        failed
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.step()?;
        self.file.sync()
    }

    fn again(&self) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(Self { file: self.file.again()?, disk: self.disk.clone() }))
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        // What fails here leaves the half group, which its checksums tell.
        self.disk.step()?;
        self.file.truncate(len)
    }

    fn is_removed(&self) -> bool {
        self.file.is_removed()
    }
}

fn synced(dir: &Path) -> JournalSettings {
    JournalSettings { durability: Durability::Always, segment_bytes_max: 200, ..settings(dir) }
}

#[tokio::test]
async fn whatever_fails_the_acknowledged_is_there_and_it_goes_on() {
    for operations in 0..30 {
        let dir = tempfile::tempdir().expect("a folder");
        let disk = Failing::after(operations);
        let (mut writer, _lock) = open_with(disk.clone(), synced(dir.path()));
        let mut acknowledged = Vec::new();
        let mut failures = 0;
        for n in 0..12 {
            let (a, b) = (format!("{n}: a few words"), format!("{n}: a few more"));
            match writer.write(&group(&[&a, &b]), NOW) {
                Ok(()) => acknowledged.extend([a, b]),
                Err(error) => {
                    assert_eq!(error.code(), "unavailable");
                    failures += 1;
                    if failures == 2 {
                        disk.heal();
                    }
                }
            }
        }
        assert_eq!(failures, 2, "the disk failed after {operations} operations");
        let read = read_all(dir.path()).await;
        // A group may be whole on the disk although its fsync failed and taking it back did, so
        // more may be read; the acknowledged is there once and in its order.
        let of_acknowledged: Vec<_> =
            read.iter().filter(|text| acknowledged.contains(text)).cloned().collect();
        assert_eq!(of_acknowledged, acknowledged, "after {operations} operations");
        assert!(acknowledged.len() == 20);
    }
}

#[tokio::test]
async fn a_failed_group_is_taken_back() {
    // Its write fails half-way, or its fsync does.
    for operations_done in 0..2 {
        let dir = tempfile::tempdir().expect("a folder");
        let disk = Failing::after(u64::MAX);
        let settings = JournalSettings { segment_bytes_max: 1000, ..synced(dir.path()) };
        let (mut writer, _lock) = open_with(disk.clone(), settings);
        writer.write(&group(&["kept"]), NOW).expect("kept");
        disk.fail(operations_done, 1);
        let failed = writer.write(&group(&["a group that", "does not fit"]), NOW);
        assert!(matches!(failed, Err(KeepError::Unavailable { .. })));
        writer.write(&group(&["after"]), NOW).expect("kept");
        assert_eq!(read_all(dir.path()).await, ["kept", "after"]);
        let bytes: u64 = segments(dir.path())
            .expect("readable")
            .iter()
            .map(|(_, path)| path.metadata().expect("there").len())
            .sum();
        assert_eq!(writer.total_bytes().load(Relaxed), bytes, "what is full is what is there");
    }
}

#[test]
fn the_disk_is_tried_by_writing() {
    let dir = tempfile::tempdir().expect("a folder");
    let disk = Failing::after(0);
    let (writer, _lock) = open_with(disk.clone(), settings(dir.path()));
    let error = writer.try_disk().expect_err("it fails");
    assert!(error.to_string().contains("probe"), "{error}");
    disk.heal();
    writer.try_disk().expect("it is well again");
    assert!(!dir.path().join("probe").exists());
}
