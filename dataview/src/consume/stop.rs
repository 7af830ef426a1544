//! Tells tasks to end.

use std::time::Duration;
use tokio::sync::watch;

/// Who tells.
#[derive(Debug)]
pub(super) struct Stopping(watch::Sender<bool>);

/// Who is told.
#[derive(Debug, Clone)]
pub(super) struct Stop(watch::Receiver<bool>);

/// It is time to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stopped;

pub(super) fn pair() -> (Stopping, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Stopping(sender), Stop(receiver))
}

impl Stopping {
    pub(super) fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    pub(super) fn is_told(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends when it is time to end.
    pub(super) async fn told(&self) {
        let mut receiver = self.0.clone();
        // Nobody is left to tell: time to end as well.
        let _ = receiver.wait_for(|told| *told).await;
    }

    /// Waits for `pause`.
    pub(super) async fn pause(&self, pause: Duration) -> Result<(), Stopped> {
        tokio::select! {
            () = self.told() => Err(Stopped),
            () = tokio::time::sleep(pause) => Ok(()),
        }
    }

    /// What `work` gives, unless it is time to end before.
    pub(super) async fn unless<T>(&self, work: impl Future<Output = T>) -> Result<T, Stopped> {
        tokio::select! {
            () = self.told() => Err(Stopped),
            done = work => Ok(done),
        }
    }
}
