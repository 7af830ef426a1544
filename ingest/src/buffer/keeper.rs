//! The handle through which the door keeps entries.

use super::commit::{Bounds, Shared, Sink};
use super::committer::Home;
use super::{BufferCounters, Item, KeepError, Spooling};
use serde::Serialize;
use std::sync::Arc;

/// A cheap handle on the buffer, shared by all workers.
#[derive(Clone)]
pub struct Keeper {
    shared: Arc<Shared>,
    kind: &'static str,
    committer: Home,
}

/// How the buffer is, for `/health/ready`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// `journal` or `redis`.
    pub kind: &'static str,
    /// What an acknowledgement survives.
    pub durability: String,
    /// Whether entries can be kept.
    pub ready: bool,
    /// Why not. For the operator: it may name files and hosts.
    pub reason: Option<String>,
    /// What waits on the disk for Redis to come back.
    pub spooling: Option<Spooling>,
    /// Entries that wait to be written.
    pub queued: usize,
    /// Their bytes.
    pub queued_bytes: usize,
}

impl Keeper {
    /// Probes `sink`, so that the status is known, and starts a committer that writes to it.
    pub async fn start<S: Sink>(sink: S, bounds: Bounds, counters: Arc<BufferCounters>) -> Self {
        let (committer, shared) = Home::new(sink, bounds, counters).await;
        let keeper = Self { shared, kind: S::KIND, committer };
        drop(keeper.commit_here());
        keeper
    }

    /// Has groups written on the current runtime from now on. Where one thread alone takes
    /// requests, that is the one: else each group would cost it two changes of thread.
    ///
    /// A runtime that ends should not have it any more: the group in hand would be cut off. Who
    /// ends the one before waits for what this returns, which resolves when groups are written
    /// here. What waits then is written by [`close`](Self::close).
    pub fn commit_here(&self) -> impl Future<Output = ()> + use<> {
        self.committer.run_here(&self.shared)
    }

    /// Keeps an entry where there is one application only; see [`keep_for`](Self::keep_for).
    ///
    /// # Errors
    /// Why it was not kept, or why that is not known.
    pub async fn keep(&self, item: Item) -> Result<(), KeepError> {
        self.keep_for(0, item).await
    }

    /// Keeps an entry of application `app`, which waits for its turn among the applications.
    /// Resolves `Ok` only after the buffer has it.
    ///
    /// Once it waits, an entry is written even when the caller goes away.
    ///
    /// # Errors
    /// Why it was not kept, or why that is not known.
    pub async fn keep_for(&self, app: u16, item: Item) -> Result<(), KeepError> {
        let pushed = self.shared.push(app, item);
        let (answered, wake) = pushed.inspect_err(|error| self.shared.counters.refused(error))?;
        if let Some(wake) = wake {
            // Woken at once, the committer would take the processor and write groups of one,
            // each with two changes of thread, while the other requests wait to be read.
            tokio::task::yield_now().await;
            drop(wake);
        }
        answered.await.unwrap_or_else(|_| {
            let error = KeepError::unavailable("the buffer stopped before it answered");
            self.shared.counters.refused(&error);
            Err(error)
        })
    }

    /// How the buffer is.
    #[must_use]
    pub fn status(&self) -> Status {
        let health = self.shared.health();
        let (queued, queued_bytes) = self.shared.queued();
        Status {
            kind: self.kind,
            durability: health.durability,
            ready: health.problem.is_none(),
            reason: health.problem,
            spooling: health.spooling,
            queued,
            queued_bytes,
        }
    }

    /// What waits to be written, and how much may: entries, then their bytes. Cheap: asked for
    /// every request.
    #[must_use]
    pub fn load(&self) -> [(u64, usize); 2] {
        let (counters, bounds) = (&self.shared.counters, self.shared.bounds());
        [(counters.queued_items(), bounds.items_max), (counters.queued_bytes(), bounds.bytes_max)]
    }

    /// What waits of application `app`, and how much of it always finds room, whatever the others
    /// send: entries, then their bytes. Takes the queue's lock.
    #[must_use]
    pub fn load_of(&self, app: u16) -> [(u64, usize); 2] {
        self.shared.load_of(app)
    }

    /// Takes nothing more, writes what waits, and stops. The other handles answer
    /// [`KeepError::Unavailable`] from then on.
    pub async fn close(self) {
        self.shared.close();
        // A committer that panicked has answered its waiters; there is nothing to flush.
        self.committer.finish(&self.shared).await;
    }
}
