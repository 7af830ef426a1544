//! What one viewer receives: Server-Sent Events.
//!
//! `entry` carries an entry as `ingest tail --json` prints it; `ready` says that the past has been
//! sent; `away` that the buffer cannot be read now.

use super::limits::{BATCH, HEARTBEAT, RETRY_PAUSE, SLOW_AFTER};
use crate::buffer::read::{BufferReader, Kept};
use crate::buffer::show;
use bytes::Bytes;
use futures_core::Stream;
use std::fmt::Write;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};

/// The body of an answer: batches as they come.
pub(super) struct EventStream(pub(super) mpsc::Receiver<Bytes>);

impl Stream for EventStream {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx).map(|batch| batch.map(Ok))
    }
}

/// Feeds a viewer until it goes, is too slow, or the server closes.
pub(super) async fn feed(
    reader: BufferReader,
    batches: mpsc::Sender<Bytes>,
    mut closing: watch::Receiver<bool>,
    _viewer: OwnedSemaphorePermit,
) {
    let gone = batches.clone();
    tokio::select! {
        () = follow(reader, batches) => {}
        () = gone.closed() => {}
        _ = closing.wait_for(|closing| *closing) => {}
    }
}

async fn follow(mut reader: BufferReader, batches: mpsc::Sender<Bytes>) {
    let mut past = true;
    loop {
        // The past is there at once; what is not there at once is the future.
        let wait = if past { Duration::from_millis(1) } else { HEARTBEAT };
        let text = match reader.next(BATCH, wait).await {
            Ok(batch) if batch.is_empty() && past => {
                past = false;
                "event: ready\ndata: {}\n\n".to_owned()
            }
            Ok(batch) if batch.is_empty() => ": still here\n\n".to_owned(),
            Ok(batch) => batch.iter().map(message).collect(),
            Err(error) => {
                // Why is for the operator's log; a page may be anywhere.
                tracing::warn!(%error, "the live page cannot read the buffer");
                tokio::time::sleep(RETRY_PAUSE).await;
                "event: away\ndata: {}\n\n".to_owned()
            }
        };
        let sent = batches.send_timeout(text.into(), SLOW_AFTER).await;
        if sent.is_err() {
            return;
        }
    }
}

fn message(kept: &Kept) -> String {
    let mut text = String::new();
    // JSON has no line breaks of its own, so one data line holds it.
    let written = write!(text, "event: entry\ndata: {}\n\n", show::json(kept));
    written.expect("writing to a String does not fail");
    text
}
