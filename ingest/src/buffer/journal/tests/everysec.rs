//! `everysec`: the disk is forced in the background.

use super::super::files::{Files, OsFiles, SegmentFile};
use super::{NOW, group, open_with, read_all, settings};
use crate::buffer::{Durability, JournalSettings};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// The system's files, whose syncs are counted, and can be made to fail.
#[derive(Clone, Default)]
struct Counting {
    syncs: Arc<AtomicU64>,
    fails: Arc<AtomicBool>,
}

struct CountingFile(Box<dyn SegmentFile>, Counting);

impl Files for Counting {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(CountingFile(OsFiles.create(path)?, self.clone())))
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        OsFiles.sync_dir(dir)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        OsFiles.remove(path)
    }
}

impl SegmentFile for CountingFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.append(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.1.syncs.fetch_add(1, Relaxed);
        if self.1.fails.load(Relaxed) {
            return Err(io::Error::other("a bad sector"));
        }
        self.0.sync()
    }

    fn again(&self) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(Self(self.0.again()?, self.1.clone())))
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.0.truncate(len)
    }

    fn is_removed(&self) -> bool {
        self.0.is_removed()
    }
}

fn everysec(dir: &Path) -> JournalSettings {
    JournalSettings { durability: Durability::Everysec, ..settings(dir) }
}

#[tokio::test]
async fn writes_do_not_wait_for_the_disk_and_it_is_forced_once_for_all() {
    let dir = tempfile::tempdir().expect("a folder");
    let disk = Counting::default();
    let (mut writer, _lock) = open_with(disk.clone(), everysec(dir.path()));
    let flusher = writer.flusher().expect("there is one");
    let flushing = tokio::spawn(Arc::clone(&flusher).run());
    for n in 0..100 {
        writer.write(&group(&[&n.to_string()]), NOW).expect("kept");
    }
    assert_eq!(disk.syncs.load(Relaxed), 0, "a write waited for the disk");
    assert!(!flusher.is_late());
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    while disk.syncs.load(Relaxed) == 0 {
        assert!(tokio::time::Instant::now() < deadline, "never forced to disk");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    flushing.abort();
}

#[tokio::test]
async fn a_flush_that_fails_is_told_and_its_segment_is_written_no_more() {
    let dir = tempfile::tempdir().expect("a folder");
    let disk = Counting::default();
    let (mut writer, _lock) = open_with(disk.clone(), everysec(dir.path()));
    let flusher = writer.flusher().expect("there is one");
    writer.write(&group(&["before"]), NOW).expect("kept");
    disk.fails.store(true, Relaxed);
    flusher.flush();
    disk.fails.store(false, Relaxed);
    let error = writer.write(&group(&["refused"]), NOW).expect_err("the disk is not well");
    assert!(error.to_string().contains("a bad sector"), "{error}");
    writer.write(&group(&["after"]), NOW).expect("kept");
    assert_eq!(read_all(dir.path()).await, ["before", "after"]);
    let segments = super::segments(dir.path()).expect("readable");
    assert_eq!(segments.len(), 2);
}

#[tokio::test]
async fn nothing_is_flushed_twice_and_nothing_without_a_write() {
    let dir = tempfile::tempdir().expect("a folder");
    let disk = Counting::default();
    let (mut writer, _lock) = open_with(disk.clone(), everysec(dir.path()));
    let flusher = writer.flusher().expect("there is one");
    flusher.flush();
    writer.write(&group(&["a"]), NOW).expect("kept");
    flusher.flush();
    flusher.flush();
    assert_eq!(disk.syncs.load(Relaxed), 1);
    // The segment that is left is forced before the next is begun: only the last is followed.
    writer.end_segment().expect("forced");
    assert_eq!(disk.syncs.load(Relaxed), 2);
}
