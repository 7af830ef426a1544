//! Lines on their way into the store.

use super::counters::{Counters, Dropped};
use super::limits::{BATCH_LINES_MAX, BATCH_WAIT, LINE_BYTES_MAX, QUEUE_LINES_MAX, RETRY};
use super::line;
use crate::model::Hop;
use crate::store::{Batch, Store};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout_at};

/// What all sources of lines share.
#[derive(Clone)]
pub(super) struct Intake {
    store: Arc<dyn Store>,
    pub(super) counters: Arc<Counters>,
    /// Becomes true when everything is to stop.
    pub(super) stop: watch::Receiver<bool>,
}

impl Intake {
    pub(super) fn new(store: Arc<dyn Store>, stop: watch::Receiver<bool>) -> Self {
        Self { store, counters: Arc::default(), stop }
    }

    /// Reads a line; one that is none is counted.
    pub(super) fn read(&self, line: &str, proxy: &str) -> Option<Hop> {
        let result = if line.len() > LINE_BYTES_MAX {
            Err(Dropped::TooLong)
        } else {
            line::hop(line, proxy, now_us())
        };
        result.map_err(|why| self.counters.drop_one(why)).ok()
    }

    /// Stores `hops`, however long the store is away; `false` when it was still away at the stop.
    pub(super) async fn store(&mut self, hops: Vec<Hop>) -> bool {
        if hops.is_empty() {
            return true;
        }
        let count = hops.len();
        let mut pause = RETRY.0;
        let batch = Batch { hops, ..Batch::default() };
        loop {
            match self.store.append(batch.clone()).await {
                Ok(_) => {
                    self.counters.stored(count);
                    return true;
                }
                Err(error) => tracing::warn!(%error, count, "lines of proxies are not stored yet"),
            }
            if self.stopped_within(pause).await {
                return false;
            }
            pause = (pause * 2).min(RETRY.1);
        }
    }

    /// Waits; `true` when it is to stop.
    pub(super) async fn stopped_within(&mut self, pause: std::time::Duration) -> bool {
        tokio::select! {
            () = sleep(pause) => false,
            _ = self.stop.wait_for(|stop| *stop) => true,
        }
    }
}

/// The queue between sockets and the store.
pub(super) fn queue() -> (mpsc::Sender<Hop>, mpsc::Receiver<Hop>) {
    mpsc::channel(QUEUE_LINES_MAX)
}

/// Stores what comes until nothing can come any more.
pub(super) async fn write(mut intake: Intake, mut queue: mpsc::Receiver<Hop>) {
    while let Some(first) = queue.recv().await {
        let mut hops = vec![first];
        let until = tokio::time::Instant::now() + BATCH_WAIT;
        while hops.len() < BATCH_LINES_MAX {
            match timeout_at(until, queue.recv()).await {
                Ok(Some(hop)) => hops.push(hop),
                Ok(None) | Err(_) => break,
            }
        }
        let count = hops.len();
        if !intake.store(hops).await {
            tracing::error!(count, "lines of proxies are lost: the store was away at the stop");
            return;
        }
    }
}

fn now_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
