//! What one viewer receives: Server-Sent Events.
//!
//! `entry` carries an entry as `ingest tail --json` prints it; `ready` says that the past has been
//! sent; `away` that the buffer cannot be read now.

use super::limits::{BATCH, HEARTBEAT, RETRY_PAUSE, SLOW_AFTER};
use crate::buffer::show;
use bytes::Bytes;
use dna_buffer::read::{BufferReader, Kept};
use dna_source_maps::Maps;
use futures_core::Stream;
use std::fmt::Write;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
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
    maps: Option<Arc<Maps>>,
    batches: mpsc::Sender<Bytes>,
    mut closing: watch::Receiver<bool>,
    _viewer: OwnedSemaphorePermit,
) {
    let gone = batches.clone();
    tokio::select! {
        () = follow(reader, maps, batches) => {}
        () = gone.closed() => {}
        _ = closing.wait_for(|closing| *closing) => {}
    }
}

async fn follow(mut reader: BufferReader, maps: Option<Arc<Maps>>, batches: mpsc::Sender<Bytes>) {
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
            Ok(batch) => match messages(batch, maps.clone()).await {
                Some(text) => text,
                None => return,
            },
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

/// Reading a source map takes long enough to be no work for the thread that serves requests.
/// `None` when the server is stopping.
async fn messages(batch: Vec<Kept>, maps: Option<Arc<Maps>>) -> Option<String> {
    let written = move || batch.iter().map(|kept| message(kept, maps.as_deref())).collect();
    tokio::task::spawn_blocking(written).await.ok()
}

fn message(kept: &Kept, maps: Option<&Maps>) -> String {
    let mut text = String::new();
    // JSON has no line breaks of its own, so one data line holds it.
    let json = show::resolved_json(kept, maps);
    write!(text, "event: entry\ndata: {json}\n\n").expect("writing to a String does not fail");
    text
}
