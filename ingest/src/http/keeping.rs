//! From a frame that was judged to one that is kept, and counted.
//!
//! Once it waits in the buffer a frame is written, whatever becomes of the request. So what
//! follows from its being kept (the quota, the counters, the memory of frames) is settled even
//! when the client ends its connection in between: else it would be kept without being counted
//! or charged, and written again when it is sent again.

use super::answer::{Answer, LeftOut};
use super::codes::Code;
use super::gate::Quota;
use super::{Door, Problem};
use crate::accept::Rejected;
use crate::accept::recent::Ticket;
use crate::buffer::{Item, KeepError};
use crate::metrics::Tally;
use actix_web::web;
use dna_protocol::Skipped;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;

/// How soon a client may come back when too much waits at the moment.
const RETRY_WHEN_BUSY: Duration = Duration::from_secs(1);

/// How soon when the buffer is away: about as long as a server takes to restart.
const RETRY_WHEN_UNAVAILABLE: Duration = Duration::from_secs(5);

/// How soon when it is full: someone has to make room.
const RETRY_WHEN_FULL: Duration = Duration::from_secs(30);

/// A frame that is to be kept, and what follows from it. Owns all that it needs.
pub(super) struct Keeping {
    /// The application's number, and its lane in the buffer's queue.
    pub(super) app: usize,
    pub(super) lane: u16,
    /// Events of the frame, and of each kind.
    pub(super) accepted: usize,
    pub(super) tally: Tally,
    /// What was left out before, and of it what was shed by kind.
    pub(super) left_out: LeftOut,
    pub(super) shed: Tally,
    pub(super) rejected: Rejected,
    pub(super) skipped: Skipped,
    pub(super) ticket: Ticket,
    pub(super) quota: Quota,
}

impl Keeping {
    /// Keeps `item`, settles what follows, and says what to answer.
    pub(super) async fn keep(self, door: web::Data<Door>, item: Item) -> Result<Answer, Problem> {
        let kept = door.keeper.keep_for(self.lane, item).await;
        let kept = kept.map(|()| self.accepted);
        self.ticket.settle(&kept);
        let accepted = kept.map_err(|error| {
            // The buffer has logged that it is away, once; a line a frame would bury that.
            tracing::debug!(%error, "frame not kept");
            not_kept(&error)
        })?;
        self.quota.keep();
        // Only now: a frame that was not kept comes again, and is counted then.
        door.metrics.shed(&self.shed);
        door.metrics.judged(&self.rejected, self.skipped);
        door.metrics.accepted(self.app, &self.tally);
        door.metrics.sampled_out(self.app, self.left_out.sampled_out);
        Ok(Answer::kept(accepted, self.left_out, self.rejected, self.skipped))
    }
}

/// What a client is told when a frame was not kept: not the cause, which is the operator's.
pub(super) fn not_kept(error: &KeepError) -> Problem {
    match error {
        KeepError::QueueFull | KeepError::Overdue => {
            Problem::plain(Code::QueueFull).retry_after(RETRY_WHEN_BUSY)
        }
        KeepError::Unavailable { .. } => {
            Problem::plain(Code::Unavailable).retry_after(RETRY_WHEN_UNAVAILABLE)
        }
        KeepError::Full { .. } => Problem::plain(Code::Full).retry_after(RETRY_WHEN_FULL),
        KeepError::TooLarge { .. } => Problem::new(Code::BodyTooLarge, error.to_string()),
    }
}

/// A future that goes on by itself when it is dropped before its end.
///
/// Polled in place as long as its request lives, since a task for each would cost a turn of the
/// scheduler; it becomes a task only where the request ends early. There are never more of those
/// than frames that wait in the buffer, which are bounded.
pub(super) struct Settled<T: Send + 'static>(Option<Pin<Box<dyn Future<Output = T> + Send>>>);

impl<T: Send + 'static> Settled<T> {
    pub(super) fn new(future: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<T: Send + 'static> Future for Settled<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        // As futures have it, this one is not polled after its end.
        let Some(future) = &mut self.0 else { return Poll::Pending };
        let polled = future.as_mut().poll(context);
        if polled.is_ready() {
            self.0 = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Settled<T> {
    fn drop(&mut self) {
        // Without a runtime the process is about to end, and its counters with it.
        if let Some(future) = self.0.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(future);
        }
    }
}
