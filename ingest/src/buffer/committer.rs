//! Writes groups until the queue is closed and empty, on whatever runtime it is moved to.

use super::commit::{Bounds, GroupError, Health, Shared, Sink};
use super::queue::Answer;
use super::{BufferCounters, Group, Item, limits};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use tokio::time::{Interval, MissedTickBehavior};

/// A [`Committer`], whatever it writes to.
trait Commits: Send {
    /// Writes groups; see [`Committer::run`].
    fn run(&mut self, place: u64) -> Pin<Box<dyn Future<Output = Left> + Send + '_>>;
}

/// Why a committer stopped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    /// It is wanted on another runtime.
    Moves,
    /// The queue is closed, and nothing waits.
    Ended,
}

/// Takes what waits to the sink.
struct Committer<S> {
    shared: Arc<Shared>,
    sink: S,
}

/// Where the committer is: held by the task that runs it, free while it moves; `None` when it has
/// ended.
#[derive(Clone)]
pub(super) struct Home(Arc<Mutex<Option<Box<dyn Commits>>>>);

impl Home {
    /// Probes `sink`, so that its health is known, and has a committer for it that does not run yet.
    pub(super) async fn new<S: Sink>(
        mut sink: S,
        bounds: Bounds,
        counters: Arc<BufferCounters>,
    ) -> (Self, Arc<Shared>) {
        let problem = sink.probe().await.err();
        let health = Health::new(problem.as_ref(), &sink);
        health.tell();
        let shared = Arc::new(Shared::new(bounds, counters, health));
        let committer = Committer { shared: Arc::clone(&shared), sink };
        (Self(Arc::new(Mutex::new(Some(Box::new(committer))))), shared)
    }

    /// Runs the committer on the current runtime from its next group on. When that ends, the next
    /// place or [`finish`](Self::finish) goes on. What it returns resolves when the committer is
    /// here, and no group is in the hands of the place before; it need not be waited for.
    pub(super) fn run_here(&self, shared: &Shared) -> impl Future<Output = ()> + use<> {
        let (home, place) = (self.clone(), shared.move_on());
        let (told, is_here) = oneshot::channel();
        tokio::spawn(async move { home.take_over(place, told).await });
        // Dropped unsent, the runtime has ended, and nothing is to be waited for.
        async move { is_here.await.unwrap_or_default() }
    }

    /// Writes what waits in the closed queue, if nobody else does.
    pub(super) async fn finish(&self, shared: &Shared) {
        // Whoever runs it and lives ends it; a runtime that has ended has let it go.
        self.take_over(shared.place(), oneshot::channel().0).await;
    }

    async fn take_over(&self, place: u64, is_here: oneshot::Sender<()>) {
        let mut home = Running(Arc::clone(&self.0).lock_owned().await);
        // Nobody may wait for it.
        let _ = is_here.send(());
        let left = match home.0.as_mut() {
            Some(committer) => committer.run(place).await,
            None => return,
        };
        if left == Left::Ended {
            *home.0 = None;
        }
    }
}

/// A committer that panicked may have half a group in its hands: it is not run again.
struct Running(OwnedMutexGuard<Option<Box<dyn Commits>>>);

impl Drop for Running {
    fn drop(&mut self) {
        if std::thread::panicking() {
            *self.0 = None;
        }
    }
}

impl<S: Sink> Commits for Committer<S> {
    fn run(&mut self, place: u64) -> Pin<Box<dyn Future<Output = Left> + Send + '_>> {
        Box::pin(Self::run(self, place))
    }
}

impl<S> Drop for Committer<S> {
    /// Answers what still waits, however it ends.
    fn drop(&mut self) {
        self.shared.end();
    }
}

impl<S: Sink> Committer<S> {
    /// Writes groups until the queue is closed and empty, or the committer is wanted elsewhere
    /// than at `place`.
    async fn run(&mut self, place: u64) -> Left {
        let Self { shared, sink } = self;
        sink.moved().await;
        let mut sweep = tokio::time::interval(limits::SWEEP_INTERVAL);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // Before looking: what came before it was closed is written.
            let is_closed = shared.is_closed();
            while shared.place() == place
                && let Some((items, answers)) = shared.take_group()
            {
                let commit = commit(shared, sink, items, answers);
                sweeping(shared, &mut sweep, commit).await;
            }
            if shared.place() != place {
                return Left::Moves;
            }
            if is_closed {
                break;
            }
            tokio::select! {
                () = shared.work() => {}
                () = tokio::time::sleep(limits::PROBE_INTERVAL) => {
                    sweeping(shared, &mut sweep, probe(shared, sink)).await;
                }
            }
        }
        sink.close().await;
        Left::Ended
    }
}

/// Waits for `work`, and answers meanwhile who has waited too long behind it. One timer for all,
/// for one each would cost more than the rest of a request's way through here.
async fn sweeping(shared: &Shared, sweep: &mut Interval, work: impl Future<Output = ()>) {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            biased;
            () = &mut work => return,
            _ = sweep.tick() => shared.expire(),
        }
    }
}

async fn probe<S: Sink>(shared: &Shared, sink: &mut S) {
    let outcome = sink.probe().await;
    shared.learn(outcome.as_ref().err(), sink);
}

async fn commit<S: Sink>(shared: &Shared, sink: &mut S, items: Vec<Item>, answers: Vec<Answer>) {
    let sizes: Vec<usize> = items.iter().map(|item| item.bytes.len()).collect();
    let started = Instant::now();
    let written = sink.write_group(Group::new(items)).await;
    shared.counters.committed(started.elapsed());
    let outcomes = match written {
        Ok(()) => vec![Ok(()); answers.len()],
        Err(GroupError::All(error)) => vec![Err(error); answers.len()],
        Err(GroupError::Each(outcomes)) => outcomes,
    };
    debug_assert_eq!(outcomes.len(), answers.len(), "one outcome an item");
    let refusal = outcomes.iter().find_map(|outcome| outcome.as_ref().err().cloned());
    shared.learn(refusal.or_else(|| sink.problem()).as_ref(), sink);
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
