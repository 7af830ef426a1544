//! Rotations, restarts and lines that come in parts.

use super::cursor::Cursor;
use super::follow::{Follow, Step};
use crate::network::limits::{LINE_BYTES_MAX, READ_BYTES_MAX};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

struct Log {
    folder: TempDir,
    path: PathBuf,
}

impl Log {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("access.log");
        Self { folder, path }
    }

    fn append(&self, text: &str) {
        append(&self.path, text);
    }

    fn follow(&self) -> Follow {
        Follow::new(self.path.clone(), self.folder.path())
    }
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).expect("writable");
    file.write_all(text.as_bytes()).expect("writable");
}

/// All lines that are there now, told to be stored.
fn lines(follow: &mut Follow) -> Vec<String> {
    let mut all = Vec::new();
    while let Step::Lines { lines, .. } = follow.step().expect("readable") {
        all.extend(lines);
        follow.stored().expect("writable");
    }
    all
}

/// Waits until there are lines.
fn awaited(follow: &mut Follow) -> Vec<String> {
    let begun = Instant::now();
    loop {
        let found = lines(follow);
        if !found.is_empty() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "no line came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_line_is_read_when_it_is_whole_and_once() {
    let log = Log::new();
    let mut follow = log.follow();
    assert_eq!(follow.step().expect("readable"), Step::Nothing, "there is no file yet");
    log.append("one\ntw");
    assert_eq!(lines(&mut follow), ["one"]);
    log.append("o\n");
    assert_eq!(lines(&mut follow), ["two"]);
    // Started again it goes on where it was.
    log.append("three\n");
    assert_eq!(lines(&mut log.follow()), ["three"]);
    assert_eq!(lines(&mut log.follow()), [""; 0]);
}

#[test]
fn what_was_not_stored_is_read_again() {
    let log = Log::new();
    log.append("one\n");
    assert!(matches!(log.follow().step().expect("readable"), Step::Lines { .. }));
    assert_eq!(lines(&mut log.follow()), ["one"]);
}

#[test]
fn a_renamed_file_is_read_to_its_end_before_the_next() {
    let log = Log::new();
    log.append("one\n");
    let mut follow = log.follow();
    assert_eq!(lines(&mut follow), ["one"]);
    let old = log.folder.path().join("access.log.1");
    fs::rename(&log.path, &old).expect("renamed");
    append(&old, "two\n");
    assert_eq!(lines(&mut follow), ["two"]);
    log.append("four\n");
    // nginx's last worker still has the old one.
    append(&old, "three\n");
    assert_eq!(lines(&mut follow), ["three"]);
    assert_eq!(awaited(&mut follow), ["four"]);
}

#[test]
fn a_file_renamed_while_nobody_read_is_found() {
    let log = Log::new();
    log.append("one\n");
    assert_eq!(lines(&mut log.follow()), ["one"]);
    log.append("two\n");
    fs::rename(&log.path, log.folder.path().join("access.log.1")).expect("renamed");
    log.append("three\n");
    let mut follow = log.follow();
    assert_eq!(lines(&mut follow), ["two"]);
    assert_eq!(awaited(&mut follow), ["three"]);
}

#[test]
fn a_file_that_is_gone_is_told_and_the_next_is_read() {
    let log = Log::new();
    log.append("one\n");
    assert_eq!(lines(&mut log.follow()), ["one"]);
    fs::remove_file(&log.path).expect("removed");
    // Another file may get the inode of the one that is gone.
    log.append("new and longer\n");
    let mut follow = log.follow();
    assert_eq!(follow.step().expect("readable"), Step::Gone);
    assert_eq!(lines(&mut follow), ["new and longer"]);
    assert_eq!(lines(&mut log.follow()), [""; 0], "told once");
}

#[test]
fn a_truncated_file_is_read_from_its_beginning() {
    let log = Log::new();
    log.append("one\ntwo\n");
    let mut follow = log.follow();
    assert_eq!(lines(&mut follow).len(), 2);
    fs::write(&log.path, "3\n").expect("writable");
    assert_eq!(lines(&mut follow), ["3"], "shorter than before");
    fs::write(&log.path, "four and more than there was\n").expect("writable");
    assert_eq!(lines(&mut follow), ["four and more than there was"], "longer than before");
}

#[test]
fn a_line_without_end_is_passed_over() {
    let log = Log::new();
    log.append(&"x".repeat(READ_BYTES_MAX + LINE_BYTES_MAX));
    let mut follow = log.follow();
    let Step::Lines { too_long, lines: none } = follow.step().expect("readable") else {
        panic!("nothing found")
    };
    assert_eq!((too_long, none.len()), (1, 0));
    log.append("\nnext\n");
    assert_eq!(lines(&mut follow), ["next"]);
}

#[test]
fn a_damaged_cursor_is_none() {
    let log = Log::new();
    log.append("one\n");
    fs::write(Cursor::place(log.folder.path(), &log.path), "{").expect("writable");
    assert_eq!(lines(&mut log.follow()), ["one"]);
}
