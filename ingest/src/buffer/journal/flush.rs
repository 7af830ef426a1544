//! `everysec`: the disk is forced in the background, about a second after a write.

use super::files::SegmentFile;
use crate::buffer::limits::{FLUSH_INTERVAL, FLUSH_LATE};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::Notify;

/// The segment that is written to, and since when the disk may lack something of it.
#[derive(Default)]
pub(super) struct Flusher {
    state: Mutex<State>,
    work: Notify,
}

#[derive(Default)]
struct State {
    file: Option<Arc<Mutex<Box<dyn SegmentFile>>>>,
    /// When the oldest entry was written that no sync has begun for.
    unsynced: Option<Instant>,
    /// The same of the sync that runs.
    in_sync: Option<Instant>,
    failure: Option<io::Error>,
}

impl Flusher {
    /// Forces the disk about a second after each [`wrote`](Self::wrote), until it is aborted.
    pub(super) async fn run(self: Arc<Self>) {
        loop {
            self.work.notified().await;
            tokio::time::sleep(FLUSH_INTERVAL).await;
            let flusher = Arc::clone(&self);
            // A panic there has been printed, and the next write finds that the disk is late.
            let _ = tokio::task::spawn_blocking(move || flusher.flush()).await;
        }
    }

    /// Flushes `file` from now on. The one before is on the disk.
    pub(super) fn follow(&self, file: Box<dyn SegmentFile>) {
        let mut state = self.state();
        state.file = Some(Arc::new(Mutex::new(file)));
        state.unsynced = None;
    }

    /// Something was written to the file.
    pub(super) fn wrote(&self) {
        self.state().unsynced.get_or_insert_with(Instant::now);
        self.work.notify_one();
    }

    /// Whether the disk is so late that a write has to wait for it: a second is promised.
    pub(super) fn is_late(&self) -> bool {
        let state = self.state();
        state.in_sync.or(state.unsynced).is_some_and(|since| since.elapsed() > FLUSH_LATE)
    }

    /// Why the last flush failed, told once.
    pub(super) fn take_failure(&self) -> Option<io::Error> {
        self.state().failure.take()
    }

    pub(super) fn flush(&self) {
        let mut state = self.state();
        let (Some(file), Some(since)) = (state.file.clone(), state.unsynced.take()) else { return };
        state.in_sync = Some(since);
        drop(state);
        let synced = file.lock().unwrap_or_else(PoisonError::into_inner).sync();
        let mut state = self.state();
        state.in_sync = None;
        if let Err(error) = synced {
            tracing::error!(%error, "the disk did not take what was acknowledged in the last second");
            state.failure = Some(error);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
