//! A deadline that moves with every request.

use actix_web::rt::time::{Instant, Sleep, sleep_until};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// When something must have happened. Its timer goes off at that moment or before, and is then set
/// anew: to move a timer costs more than to be woken by it now and then.
#[derive(Debug)]
pub(super) struct Deadline {
    timer: Pin<Box<Sleep>>,
    moment: Instant,
}

impl Deadline {
    pub(super) fn new(moment: Instant) -> Self {
        Self { timer: Box::pin(sleep_until(moment)), moment }
    }

    /// Moves it; the task is woken when it is over, or before.
    pub(super) fn set(&mut self, moment: Instant, context: &mut Context<'_>) -> Poll<()> {
        self.moment = moment;
        if moment < self.timer.deadline() {
            self.timer.as_mut().reset(moment);
        }
        self.poll(context)
    }

    /// Moves it to a later moment.
    pub(super) fn put_off(&mut self, moment: Instant) {
        self.moment = moment.max(self.moment);
    }

    /// Whether it is over.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.timer.as_mut().poll(context));
            if self.moment <= self.timer.deadline() {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(self.moment);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use std::time::Duration;

    #[actix_web::test]
    async fn it_is_over_where_it_was_moved_to() {
        let begun = Instant::now();
        let after = |ms| begun + Duration::from_millis(ms);
        let mut deadline = Deadline::new(after(10));
        // Later, and later again, as with requests that come one after the other.
        for ms in [20, 60] {
            let _ = poll_fn(|context| Poll::Ready(deadline.set(after(ms), context))).await;
        }
        poll_fn(|context| deadline.poll(context)).await;
        assert!(Instant::now() >= after(60));
        let _ = poll_fn(|context| Poll::Ready(deadline.set(after(60_000), context))).await;
        let _ = poll_fn(|context| Poll::Ready(deadline.set(after(80), context))).await;
        poll_fn(|context| deadline.poll(context)).await;
        assert!(Instant::now() < after(30_000));
    }
}
