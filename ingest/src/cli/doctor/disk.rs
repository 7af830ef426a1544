//! The disk under a folder: room, and how long it takes to force something to it.

use super::{Finding, State};
use crate::config::folders::nearest;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Bytes of one trial: a small group of entries.
const TRIAL_BYTES: usize = 4096;

/// Trials; the middle one counts.
const TRIALS: usize = 9;

/// What an SSD does in less, and a disk of a virtual machine under load does not. With it, groups
/// that wait for the disk make answers slow.
const FSYNC_WARNING: Duration = Duration::from_millis(20);

/// `folder` need not exist yet: then it is the disk that it would be made on. `wanted` are the
/// bytes that may be written there.
pub(super) fn examine(folder: &Path, wanted: u64) -> Vec<Finding> {
    let existing = nearest(folder);
    vec![room(&existing, wanted), fsync(&existing)]
}

fn room(folder: &Path, wanted: u64) -> Finding {
    const CHECK: &str = "disk room";
    const MIB: u64 = 1024 * 1024;
    let found = match rustix::fs::statvfs(folder) {
        Ok(found) => found,
        Err(error) => {
            let detail = format!("cannot look at {}: {error}", folder.display());
            return Finding::new(CHECK, State::Failed, detail);
        }
    };
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let state = match free {
        free if free < 64 * MIB => State::Failed,
        free if free < wanted => State::Warning,
        _ => State::Ok,
    };
    let (free, wanted) = (free / MIB, wanted / MIB);
    let detail = format!("{free} MiB free at {}; up to {wanted} MiB are used", folder.display());
    Finding::new(CHECK, state, detail)
}

fn fsync(folder: &Path) -> Finding {
    const CHECK: &str = "disk fsync";
    match measure(folder) {
        Ok(middle) => {
            let state = if middle > FSYNC_WARNING { State::Warning } else { State::Ok };
            let micros = middle.as_micros();
            Finding::new(CHECK, state, format!("{micros} µs at {}", folder.display()))
        }
        Err(error) => {
            let detail = format!("cannot write to {}: {error}", folder.display());
            Finding::new(CHECK, State::Failed, detail)
        }
    }
}

/// Removes its file however the trial ends.
struct Trial(PathBuf, File);

impl Drop for Trial {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn measure(folder: &Path) -> io::Result<Duration> {
    let path = folder.join(format!(".ingest-doctor-{}", std::process::id()));
    let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    let mut trial = Trial(path, file);
    let mut times = Vec::with_capacity(TRIALS);
    for _ in 0..TRIALS {
        let start = Instant::now();
        trial.1.write_all(&[0; TRIAL_BYTES])?;
        trial.1.sync_data()?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times[TRIALS / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_is_looked_at_where_it_would_be() {
        let folder = tempfile::tempdir().expect("a folder");
        let findings = examine(&folder.path().join("a/b/c"), 1);
        assert!(findings.iter().all(|finding| finding.state != State::Failed), "{findings:?}");
        let left = std::fs::read_dir(folder.path()).expect("readable").count();
        assert_eq!(left, 0, "nothing stays");
        let much = examine(folder.path(), u64::MAX);
        assert_eq!(much[0].state, State::Warning);
        let nowhere = fsync(Path::new("/proc"));
        assert_eq!(nowhere.state, State::Failed, "{nowhere:?}");
    }
}
