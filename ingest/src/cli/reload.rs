//! Takes another configuration over while the service runs: on SIGHUP, and when a file of it has
//! changed.

use crate::config::{ConfigError, Reloader, Reread};
use crate::http::Door;
use actix_web::web;
use std::time::Duration;
use tokio::signal::unix::Signal;
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::{MissedTickBehavior, interval};

/// How often the files are looked at: a few calls of `stat`. A change is taken over when it was
/// seen twice, so two to four seconds after it was made. No watcher of the system's: those see
/// nothing on network file systems, and need care with links that are swapped.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Runs until it is dropped.
pub(super) async fn run(door: web::Data<Door>, mut reloader: Reloader, mut hangup: Signal) {
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let is_asked = tokio::select! {
            asked = hangup.recv() => asked.is_some(),
            _ = look.tick() => false,
        };
        match read(reloader, is_asked).await {
            Ok((same, result)) => {
                reloader = same;
                if let Some(result) = result {
                    take_over(&door, result);
                }
            }
            // Only when reading panicked, or the runtime ends.
            Err(error) => {
                tracing::error!(%error, "the configuration is watched no more; restart to change it");
                return;
            }
        }
    }
}

type Result<T, E = ConfigError> = std::result::Result<T, E>;

/// Reads the configuration if it `is_asked` for or has changed. Files may be slow, and whoever
/// else lives on this thread does not wait for them.
async fn read(
    mut reloader: Reloader,
    is_asked: bool,
) -> Result<(Reloader, Option<Result<Reread>>), JoinError> {
    spawn_blocking(move || {
        let wanted = reloader.has_changed() || is_asked;
        let result = wanted.then(|| reloader.read());
        (reloader, result)
    })
    .await
}

fn take_over(door: &Door, result: Result<Reread>) {
    let reread = match result {
        Ok(reread) => reread,
        Err(error) => return refuse(door, error.to_string()),
    };
    let needs_restart = reread.needs_restart.join(", ");
    match door.reload(reread) {
        Ok(generation) if needs_restart.is_empty() => {
            tracing::info!(generation, "configuration taken over");
        }
        Ok(generation) => {
            tracing::warn!(generation, needs_restart, "configuration taken over in part");
        }
        Err(error) => refuse(door, error.to_string()),
    }
}

fn refuse(door: &Door, error: String) {
    tracing::error!(error, "configuration refused; the one before stays in force");
    door.refused_config(error);
}
