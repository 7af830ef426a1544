//! Access logs read from their files, for proxies that cannot send syslog.
//!
//! At least once: lines are stored, then the cursor is kept. Rotation by rename is followed to the
//! old file's end, over a restart too; one by copying and truncating loses what was written between
//! the two, as it does for any reader.

mod cursor;
mod follow;
#[cfg(test)]
mod tests;

use super::counters::Dropped;
use super::intake::Intake;
use super::limits::POLL;
use follow::{Follow, Step};
use std::io;
use std::path::{Path, PathBuf};

/// Follows the file at `path` until the stop; its cursor is kept below `folder`.
pub(super) async fn follow(path: PathBuf, folder: PathBuf, proxy: String, mut intake: Intake) {
    let mut follow = Follow::new(path.clone(), &folder);
    // One and the same error is said once, not five times a second.
    let mut said = String::new();
    while !*intake.stop.borrow() {
        let step;
        (follow, step) = blocking(follow, Follow::step).await;
        match step {
            Ok(Step::Lines { lines, too_long }) => {
                for _ in 0..too_long {
                    intake.counters.drop_one(Dropped::TooLong);
                }
                let hops = lines.iter().filter_map(|line| intake.read(line, &proxy)).collect();
                if !intake.store(hops).await {
                    return;
                }
                let kept;
                (follow, kept) = blocking(follow, Follow::stored).await;
                if let Err(error) = kept {
                    say(&mut said, &path, &error);
                }
            }
            Ok(Step::Gone) => {
                intake.counters.drop_one(Dropped::FileGone);
                tracing::warn!(path = %path.display(), "the log that was being read is gone");
            }
            Ok(Step::Nothing) => {
                if intake.stopped_within(POLL).await {
                    return;
                }
            }
            Err(error) => {
                say(&mut said, &path, &error);
                if intake.stopped_within(POLL).await {
                    return;
                }
            }
        }
    }
}

async fn blocking<T: Send + 'static>(
    mut follow: Follow,
    step: fn(&mut Follow) -> io::Result<T>,
) -> (Follow, io::Result<T>) {
    let run = tokio::task::spawn_blocking(move || {
        let result = step(&mut follow);
        (follow, result)
    });
    run.await.expect("a step does not panic, and is not given up")
}

fn say(said: &mut String, path: &Path, error: &io::Error) {
    let words = error.to_string();
    if *said != words {
        tracing::warn!(path = %path.display(), error = words, "a log, or how far it was read, is out of reach");
        *said = words;
    }
}
