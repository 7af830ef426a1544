//! A wall clock that a test moves, for one process: libfaketime, which answers the system's calls.

use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// Names the library where it is not in its usual place.
const VARIABLE: &str = "DNA_FAKETIME";

/// The clock of the processes that are started with its [`environment`](Self::environment). The
/// monotonic clock stays the system's.
#[derive(Debug)]
pub struct Clock {
    folder: TempDir,
}

impl Clock {
    /// One that is right.
    ///
    /// # Panics
    /// When its file cannot be written.
    #[must_use]
    pub fn start() -> Self {
        let clock = Self { folder: TempDir::with_prefix("dna-clock-").expect("a folder") };
        clock.jump("+0");
        clock
    }

    /// What a process must be started with to have it.
    ///
    /// # Panics
    /// When libfaketime is not installed.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("LD_PRELOAD", library()),
            ("FAKETIME_TIMESTAMP_FILE", self.folder.path().join("offset")),
            ("FAKETIME_NO_CACHE", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
            // The times of files are not asked.
            ("NO_FAKE_STAT", "1".into()),
        ]
    }

    /// Puts it so far ahead of the right time, or behind it: `+6h`, `-12h`, `+365d`.
    ///
    /// # Panics
    /// When its file cannot be written.
    pub fn jump(&self, offset: &str) {
        let new = self.folder.path().join("new");
        fs::write(&new, offset).expect("the folder is writable");
        fs::rename(new, self.folder.path().join("offset")).expect("the folder is writable");
    }
}

fn library() -> PathBuf {
    if let Some(path) = std::env::var_os(VARIABLE) {
        return path.into();
    }
    // Debian's folder has the machine's name in it.
    let folders = fs::read_dir("/usr/lib").expect("readable").filter_map(Result::ok);
    let mut paths = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    let path = paths.find(|path| path.is_file());
    path.unwrap_or_else(|| {
        panic!(
            "libfaketime is missing (Debian: apt-get install libfaketime), or name it in {VARIABLE}"
        )
    })
}
