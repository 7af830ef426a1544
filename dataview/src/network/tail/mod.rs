//! Access logs read from their files, for proxies that cannot send syslog.
//!
//! At least once: lines are stored, then the cursor is kept. Rotation is followed over a restart
//! too: the file that was being read to its end, then each that came since, as far as they are not
//! packed. One by copying and truncating loses what was written between the two, as it does for any
//! reader.

mod cursor;
mod follow;
mod rotated;
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
            Ok(Step::Missed { gone, packed }) => {
                (0..gone).for_each(|_| intake.counters.drop_one(Dropped::FileGone));
                (0..packed).for_each(|_| intake.counters.drop_one(Dropped::FilePacked));
                tracing::warn!(
                    path = %path.display(), gone, packed,
                    "logs are gone, or were packed, before they were read to their end"
                );
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
