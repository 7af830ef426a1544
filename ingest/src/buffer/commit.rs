//! Group commit: what waits is written in one step, then every waiter is answered.
//!
//! Exactly one group is in flight. While it is written, the next one grows; when nothing waits,
//! the first entry to come is written at once, with no linger: only requests that have arrived in
//! the same moment are waited for, those that their thread has yet to run. Who waits too long for a
//! group to be begun is told to come back.

use super::queue::{Answer, Queue};
use super::{BufferCounters, Group, Item, KeepError, Spooling, limits};
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, oneshot};

/// Where groups are written: the journal, Redis, or memory in tests.
pub trait Sink: Send + 'static {
    /// `journal`, `redis`, …
    const KIND: &'static str;

    /// Writes a group, in its order. `Ok` means that all of it is kept. Dropped before it ends,
    /// its outcome is unknown and the next call is as any other.
    fn write_group(&mut self, group: Group) -> impl Future<Output = Written> + Send;

    /// Called now and then while nothing is written: whether it could be, as far as that can be
    /// told cheaply.
    fn probe(&mut self) -> impl Future<Output = Result<(), KeepError>> + Send;

    /// What is known to be wrong although the last group was kept: one of several streams may
    /// refuse while the others take.
    fn problem(&self) -> Option<KeepError> {
        None
    }

    /// What an acknowledgement survives, in one sentence for the operator.
    fn durability(&self) -> String;

    /// What waits on the disk for the store to come back; `None` when groups go to it.
    fn spooling(&self) -> Option<Spooling> {
        None
    }

    /// Called before the first group on a runtime: what belongs to the one before, such as a
    /// connection, is let go.
    fn moved(&mut self) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Called once, when no more groups come.
    fn close(&mut self) -> impl Future<Output = ()> + Send {
        async {}
    }
}

/// The outcome of a group.
pub type Written = Result<(), GroupError>;

/// What went wrong with a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupError {
    /// Nothing of it is acknowledged.
    All(KeepError),
    /// Some of it is: one outcome an item, in the group's order.
    Each(Vec<Result<(), KeepError>>),
}

/// How much may wait, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Entries.
    pub items_max: usize,
    /// Their bytes.
    pub bytes_max: usize,
    /// How long an entry may wait until its group is begun.
    pub wait_max: Duration,
}

impl Bounds {
    /// At most `items_max` entries of `bytes_max` bytes together, each as long as by default.
    #[must_use]
    pub fn new(items_max: usize, bytes_max: usize) -> Self {
        Self { items_max, bytes_max, wait_max: limits::QUEUE_WAIT_DEFAULT }
    }
}

/// What waits, and what is known of the sink. Shared by keepers and the committer.
pub(super) struct Shared {
    queue: Mutex<Queue>,
    closed: AtomicBool,
    /// The committer waits to be woken. Changed under the queue's lock only.
    sleeps: AtomicBool,
    work: Notify,
    /// Counts the runtimes that the committer was wanted on.
    place: AtomicU64,
    bounds: Bounds,
    health: Mutex<Health>,
    pub(super) counters: Arc<BufferCounters>,
}

/// Where an entry's outcome is heard.
pub(super) type Answered = oneshot::Receiver<Result<(), KeepError>>;

/// The duty to wake the committer; done when it is dropped, so that it is done however the
/// request ends.
pub(super) struct Wake<'a>(&'a Notify);

impl Drop for Wake<'_> {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Self::new(limits::QUEUE_ITEMS_DEFAULT, limits::QUEUE_BYTES_DEFAULT)
    }
}

/// What is known of the sink.
#[derive(Clone)]
pub(super) struct Health {
    pub(super) durability: String,
    /// Why nothing can be kept; `None` when it can.
    pub(super) problem: Option<String>,
    pub(super) spooling: Option<Spooling>,
}

impl Health {
    pub(super) fn new<S: Sink>(problem: Option<&KeepError>, sink: &S) -> Self {
        let (durability, spooling) = (sink.durability(), sink.spooling());
        Self { durability, problem: problem.map(ToString::to_string), spooling }
    }

    pub(super) fn tell(&self) {
        match &self.problem {
            Some(problem) => tracing::warn!(%problem, "the buffer is not ready"),
            None => tracing::info!(durability = self.durability, "the buffer is ready"),
        }
    }
}

/// The guarded values are whole between any two statements, so a panic elsewhere while they
/// were locked does not spoil them.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stopped() -> KeepError {
    KeepError::unavailable("the buffer has stopped")
}

impl Shared {
    pub(super) fn new(bounds: Bounds, counters: Arc<BufferCounters>, health: Health) -> Self {
        let health = Mutex::new(health);
        Self {
            queue: Mutex::default(),
            closed: AtomicBool::new(false),
            sleeps: AtomicBool::new(false),
            work: Notify::new(),
            place: AtomicU64::new(0),
            bounds,
            health,
            counters,
        }
    }

    /// Puts an `item` of application `app` into the queue; the receiver gets its outcome. Whoever
    /// finds the committer asleep has to wake it, when those that are ready too have put theirs
    /// behind it.
    pub(super) fn push(
        &self,
        app: u16,
        item: Item,
    ) -> Result<(Answered, Option<Wake<'_>>), KeepError> {
        if item.bytes.len() > dna_buffer::limits::ENTRY_BYTES_MAX {
            return Err(KeepError::TooLarge { bytes: item.bytes.len() });
        }
        if item.bytes.is_empty() {
            return Err(KeepError::unavailable("an empty entry is no entry"));
        }
        let (answer, answered) = oneshot::channel();
        let mut queue = lock(&self.queue);
        // Looked at under the lock: the committer ends only when this is set and nothing waits.
        if self.is_closed() {
            return Err(stopped());
        }
        let pushed_out = queue.push(app, (item, answer), &self.bounds, Instant::now())?;
        self.counters.queued(queue.size());
        let wake = self.sleeps.swap(false, Ordering::Relaxed).then_some(Wake(&self.work));
        drop(queue);
        self.counters.refused_many(&KeepError::QueueFull, pushed_out);
        Ok((answered, wake))
    }

    /// Takes a group; `None` when nothing waits, and the committer is about to sleep.
    pub(super) fn take_group(&self) -> Option<(Vec<Item>, Vec<Answer>)> {
        let mut queue = lock(&self.queue);
        let group = queue.take_group();
        self.sleeps.store(group.is_none(), Ordering::Relaxed);
        self.counters.queued(queue.size());
        group
    }

    /// Answers those that have waited too long.
    pub(super) fn expire(&self) {
        let mut queue = lock(&self.queue);
        let expired = queue.expire(Instant::now(), self.bounds.wait_max);
        self.counters.queued(queue.size());
        drop(queue);
        self.counters.refused_many(&KeepError::Overdue, expired);
    }

    /// Takes nothing more; what waits is still written.
    pub(super) fn close(&self) {
        let queue = lock(&self.queue);
        self.closed.store(true, Ordering::Release);
        drop(queue);
        self.work.notify_one();
    }

    /// Resolves when something may wait, or the committer is wanted elsewhere.
    pub(super) async fn work(&self) {
        self.work.notified().await;
    }

    /// Where the committer is wanted.
    pub(super) fn place(&self) -> u64 {
        self.place.load(Ordering::Acquire)
    }

    /// Wants the committer elsewhere; where.
    pub(super) fn move_on(&self) -> u64 {
        let place = self.place.fetch_add(1, Ordering::AcqRel) + 1;
        self.work.notify_one();
        place
    }

    /// Answers what still waits; nothing more is taken.
    pub(super) fn end(&self) {
        let mut queue = lock(&self.queue);
        self.closed.store(true, Ordering::Release);
        // A dropped sender wakes its waiter, who is answered that the buffer has stopped.
        *queue = Queue::default();
        drop(queue);
        lock(&self.health).problem = Some(stopped().to_string());
        self.counters.queued((0, 0));
    }

    pub(super) fn bounds(&self) -> Bounds {
        self.bounds
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    pub(super) fn health(&self) -> Health {
        lock(&self.health).clone()
    }

    pub(super) fn queued(&self) -> (usize, usize) {
        lock(&self.queue).size()
    }

    pub(super) fn load_of(&self, app: u16) -> [(u64, usize); 2] {
        lock(&self.queue).load_of(app, &self.bounds)
    }

    pub(super) fn learn<S: Sink>(&self, problem: Option<&KeepError>, sink: &S) {
        let new = Health::new(problem, sink);
        let mut health = lock(&self.health);
        // Not each new reason: under load a failing disk gives one for each file.
        if health.problem.is_some() != new.problem.is_some() {
            new.tell();
        }
        *health = new;
    }
}
