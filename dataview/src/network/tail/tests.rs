//! Rotations, restarts and lines that come in parts.

use super::cursor::Cursor;
use super::follow::{Follow, Step};
use crate::network::limits::{LINE_BYTES_MAX, READ_BYTES_MAX};
use std::fs::{self, File, OpenOptions};
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
    assert_eq!(follow.step().expect("readable"), Step::Missed { gone: 1, packed: 0 });
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

/// Rotates as logrotate does: each `.N` becomes `.N+1`.
fn rotate(log: &Log) {
    let numbered = |number: u32| log.folder.path().join(format!("access.log.{number}"));
    for number in (1..9).rev() {
        if numbered(number).exists() {
            fs::rename(numbered(number), numbered(number + 1)).expect("renamed");
        }
    }
    fs::rename(&log.path, numbered(1)).expect("renamed");
}

/// All lines until these are there.
fn until_last(follow: &mut Follow, last: &str) -> Vec<String> {
    let mut all = awaited(follow);
    while all.last().is_none_or(|line| line != last) {
        all.extend(awaited(follow));
    }
    all
}

#[test]
fn several_rotations_while_nobody_read_lose_nothing() {
    let log = Log::new();
    log.append("one\n");
    assert_eq!(lines(&mut log.follow()), ["one"]);
    for text in ["two\n", "three\n", "four\n"] {
        log.append(text);
        rotate(&log);
    }
    log.append("five\n");
    // Not of the log, though newer.
    append(&log.folder.path().join("access.log.bak"), "copy\n");
    let mut follow = log.follow();
    assert_eq!(until_last(&mut follow, "five"), ["two", "three", "four", "five"]);
    assert_eq!(lines(&mut log.follow()), [""; 0]);
}

#[test]
fn several_rotations_while_it_is_slow_lose_nothing() {
    let log = Log::new();
    log.append("one\n");
    let mut follow = log.follow();
    assert_eq!(lines(&mut follow), ["one"]);
    for text in ["two\n", "three\n"] {
        rotate(&log);
        log.append(text);
    }
    assert_eq!(until_last(&mut follow, "three"), ["two", "three"]);
}

#[test]
fn files_named_by_days_are_read_in_their_order() {
    let log = Log::new();
    log.append("one\n");
    assert_eq!(lines(&mut log.follow()), ["one"]);
    for (day, text) in [("20261124", "two\n"), ("20261125", "three\n")] {
        log.append(text);
        let old = log.folder.path().join(format!("access.log-{day}"));
        fs::rename(&log.path, &old).expect("renamed");
        // As if written a day apart.
        let at = std::time::UNIX_EPOCH + Duration::from_secs(day.parse().expect("a number"));
        File::options().append(true).open(&old).expect("there").set_modified(at).expect("set");
    }
    log.append("four\n");
    assert_eq!(until_last(&mut log.follow(), "four"), ["two", "three", "four"]);
}

#[test]
fn packed_files_are_counted_and_those_after_them_read() {
    let log = Log::new();
    log.append("one\n");
    assert_eq!(lines(&mut log.follow()), ["one"]);
    // Ours was read to its end before it was packed; the next one nobody has read.
    let pack = |number: u32| {
        let plain = log.folder.path().join(format!("access.log.{number}"));
        let modified = plain.metadata().and_then(|data| data.modified()).expect("there");
        let packed = plain.with_extension(format!("{number}.gz"));
        let file = File::create(&packed).expect("writable");
        file.set_modified(modified).expect("set");
        fs::remove_file(plain).expect("removed");
    };
    let later = |seconds: u64| {
        let at = std::time::SystemTime::now() + Duration::from_secs(seconds);
        File::options().append(true).open(&log.path).expect("there").set_modified(at).expect("set");
    };
    rotate(&log);
    pack(1);
    fs::rename(
        log.folder.path().join("access.log.1.gz"),
        log.folder.path().join("access.log.3.gz"),
    )
    .expect("renamed");
    log.append("two\n");
    later(10);
    rotate(&log);
    pack(1);
    fs::rename(
        log.folder.path().join("access.log.1.gz"),
        log.folder.path().join("access.log.2.gz"),
    )
    .expect("renamed");
    log.append("three\n");
    later(20);
    rotate(&log);
    log.append("four\n");
    let mut follow = log.follow();
    assert_eq!(follow.step().expect("readable"), Step::Missed { gone: 0, packed: 1 });
    assert_eq!(until_last(&mut follow, "four"), ["three", "four"]);
    assert_eq!(lines(&mut log.follow()), [""; 0], "told once");
}

#[test]
fn what_was_copied_before_it_was_cut_is_read_in_the_copy() {
    for is_down in [true, false] {
        let log = Log::new();
        log.append("one\n");
        let mut follow = log.follow();
        assert_eq!(lines(&mut follow), ["one"]);
        log.append("two\n");
        fs::copy(&log.path, log.folder.path().join("access.log.1")).expect("copied");
        fs::write(&log.path, "three\n").expect("cut and written");
        let mut follow = if is_down { log.follow() } else { follow };
        assert_eq!(until_last(&mut follow, "three"), ["two", "three"], "{is_down}");
        assert_eq!(lines(&mut log.follow()), [""; 0]);
    }
}
