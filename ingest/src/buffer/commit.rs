//! Group commit: what waits is written in one step, then every waiter is answered.
//!
//! Exactly one group is in flight. While it is written, the next one grows; when nothing waits,
//! the first entry to come is written at once, with no linger.

use super::{BufferCounters, Item, KeepError, limits};
use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::{Notify, oneshot};

/// Where groups are written: the journal, Redis, or memory in tests.
pub trait Sink: Send + 'static {
    /// `journal`, `redis`, …
    const KIND: &'static str;

    /// Writes a group, in its order. `Ok` means that all of it is kept.
    fn write_group(&mut self, group: Vec<Item>) -> impl Future<Output = Written> + Send;

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

/// How much may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Entries.
    pub items_max: usize,
    /// Their bytes.
    pub bytes_max: usize,
}

impl Bounds {
    /// At most `items_max` entries of `bytes_max` bytes together.
    #[must_use]
    pub fn new(items_max: usize, bytes_max: usize) -> Self {
        Self { items_max, bytes_max }
    }
}

type Answer = oneshot::Sender<Result<(), KeepError>>;

/// What waits, and what is known of the sink. Shared by keepers and the committer.
pub(super) struct Shared {
    queue: Mutex<Queue>,
    work: Notify,
    bounds: Bounds,
    health: Mutex<Health>,
    pub(super) counters: Arc<BufferCounters>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(Item, Answer)>,
    bytes: usize,
    closed: bool,
}

/// What is known of the sink.
#[derive(Clone)]
pub(super) struct Health {
    pub(super) durability: String,
    /// Why nothing can be kept; `None` when it can.
    pub(super) problem: Option<String>,
}

impl Health {
    pub(super) fn new(problem: Option<&KeepError>, durability: String) -> Self {
        Self { durability, problem: problem.map(ToString::to_string) }
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
        Self { queue: Mutex::default(), work: Notify::new(), bounds, health, counters }
    }

    /// Puts `item` into the queue; the receiver gets its outcome.
    pub(super) fn push(
        &self,
        item: Item,
    ) -> Result<oneshot::Receiver<Result<(), KeepError>>, KeepError> {
        if item.bytes.len() > limits::ENTRY_BYTES_MAX {
            return Err(KeepError::TooLarge { bytes: item.bytes.len() });
        }
        if item.bytes.is_empty() {
            return Err(KeepError::unavailable("an empty entry is no entry"));
        }
        let (answer, answered) = oneshot::channel();
        let mut queue = lock(&self.queue);
        if queue.closed {
            return Err(stopped());
        }
        // An entry always fits into an empty queue, however small its bound.
        let bytes = queue.bytes + item.bytes.len();
        let full = queue.waiting.len() >= self.bounds.items_max || bytes > self.bounds.bytes_max;
        if full && !queue.waiting.is_empty() {
            return Err(KeepError::QueueFull);
        }
        queue.bytes = bytes;
        queue.waiting.push_back((item, answer));
        self.counters.queued(queue.waiting.len(), queue.bytes);
        drop(queue);
        self.work.notify_one();
        Ok(answered)
    }

    /// Takes a group; `None` when nothing waits.
    fn take_group(&self) -> Option<(Vec<Item>, Vec<Answer>)> {
        let mut queue = lock(&self.queue);
        let (mut count, mut bytes) = (0, 0);
        for (item, _) in queue.waiting.iter().take(limits::GROUP_ITEMS_MAX) {
            if count > 0 && bytes + item.bytes.len() > limits::GROUP_BYTES_MAX {
                break;
            }
            count += 1;
            bytes += item.bytes.len();
        }
        let group = queue.waiting.drain(..count).unzip();
        queue.bytes -= bytes;
        self.counters.queued(queue.waiting.len(), queue.bytes);
        (count > 0).then_some(group)
    }

    /// Takes nothing more; what waits is still written.
    pub(super) fn close(&self) {
        lock(&self.queue).closed = true;
        self.work.notify_one();
    }

    fn is_closed(&self) -> bool {
        lock(&self.queue).closed
    }

    pub(super) fn health(&self) -> Health {
        lock(&self.health).clone()
    }

    pub(super) fn queued(&self) -> (usize, usize) {
        let queue = lock(&self.queue);
        (queue.waiting.len(), queue.bytes)
    }

    fn learn(&self, problem: Option<&KeepError>, durability: String) {
        let new = Health::new(problem, durability);
        let mut health = lock(&self.health);
        // Not each new reason: under load a failing disk gives one for each file.
        if health.problem.is_some() != new.problem.is_some() {
            new.tell();
        }
        *health = new;
    }
}

/// Answers what still waits when the committer ends, however it ends.
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        let mut queue = lock(&self.0.queue);
        queue.closed = true;
        queue.bytes = 0;
        // A dropped sender wakes its waiter, who is answered that the buffer has stopped.
        queue.waiting.clear();
        drop(queue);
        lock(&self.0.health).problem = Some(stopped().to_string());
        self.0.counters.queued(0, 0);
    }
}

/// Writes groups until the queue is closed and empty.
pub(super) async fn run<S: Sink>(shared: Arc<Shared>, mut sink: S) {
    let _ending = Ending(Arc::clone(&shared));
    loop {
        while let Some((items, answers)) = shared.take_group() {
            commit(&shared, &mut sink, items, answers).await;
        }
        if shared.is_closed() {
            return;
        }
        tokio::select! {
            () = shared.work.notified() => {}
            () = tokio::time::sleep(limits::PROBE_INTERVAL) => probe(&shared, &mut sink).await,
        }
    }
}

async fn probe<S: Sink>(shared: &Shared, sink: &mut S) {
    let outcome = sink.probe().await;
    shared.learn(outcome.as_ref().err(), sink.durability());
}

async fn commit<S: Sink>(shared: &Shared, sink: &mut S, items: Vec<Item>, answers: Vec<Answer>) {
    let sizes: Vec<usize> = items.iter().map(|item| item.bytes.len()).collect();
    let started = Instant::now();
    let written = sink.write_group(items).await;
    shared.counters.committed(started.elapsed());
    let outcomes = match written {
        Ok(()) => vec![Ok(()); answers.len()],
        Err(GroupError::All(error)) => vec![Err(error); answers.len()],
        Err(GroupError::Each(outcomes)) => outcomes,
    };
    debug_assert_eq!(outcomes.len(), answers.len(), "one outcome an item");
    let refusal = outcomes.iter().find_map(|outcome| outcome.as_ref().err().cloned());
    shared.learn(refusal.or_else(|| sink.problem()).as_ref(), sink.durability());
    for ((outcome, answer), size) in outcomes.into_iter().zip(answers).zip(sizes) {
        match &outcome {
            Ok(()) => shared.counters.kept(1, size),
            Err(error) => shared.counters.refused(error),
        }
        // Nobody may wait any more: a page that was left closes its connection. The entry is
        // kept all the same, for its page cannot send it again.
        let _ = answer.send(outcome);
    }
}
