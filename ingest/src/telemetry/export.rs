//! Sends spans to a receiver, in batches, beside everything else: a request never waits for it.

use super::limits::{
    ANSWER_BYTES_MAX, BATCH_EVERY, BATCH_SPANS_MAX, EXPORT_TIMEOUT, QUEUE_SPANS_MAX,
};
use super::span::{Span, Tracer};
use super::{otlp, random};
use crate::config::TelemetryConfig;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::{Instant, timeout, timeout_at};

/// What became of spans.
#[derive(Debug, Default)]
pub struct ExportCounters {
    exported: AtomicU64,
    full: AtomicU64,
    failed: AtomicU64,
}

impl ExportCounters {
    /// Spans that the receiver has taken.
    #[must_use]
    pub fn exported(&self) -> u64 {
        self.exported.load(Ordering::Relaxed)
    }

    /// Spans that were dropped, by reason.
    #[must_use]
    pub fn dropped(&self) -> [(&'static str, u64); 2] {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        [("queue_full", count(&self.full)), ("export_failed", count(&self.failed))]
    }

    pub(super) fn dropped_full(&self) {
        self.full.fetch_add(1, Ordering::Relaxed);
    }
}

/// Where spans go, and the queue they come from.
#[derive(Debug)]
pub struct Exporter {
    host: String,
    path: String,
    instance: String,
    queue: Receiver<Span>,
    counters: Arc<ExportCounters>,
    /// Whether the last batch was taken, so that a receiver that is away is logged once.
    is_well: bool,
}

impl Exporter {
    /// A tracer and its exporter, if the configuration names a receiver.
    #[must_use]
    pub fn new(config: &TelemetryConfig) -> Option<(Tracer, Self)> {
        let endpoint = config.endpoint.clone()?;
        let (sender, queue) = channel(QUEUE_SPANS_MAX);
        let counters = Arc::new(ExportCounters::default());
        let tracer =
            Tracer { queue: sender, counters: Arc::clone(&counters), rate: config.sample_rate };
        let instance = format!("{:016x}", random());
        let (host, path) = (endpoint.host, endpoint.path);
        Some((tracer, Self { host, path, instance, queue, counters, is_well: true }))
    }

    /// Sends what comes until every tracer is gone.
    pub async fn run(mut self) {
        let mut batch = Vec::new();
        while let Some(first) = self.queue.recv().await {
            batch.push(first);
            let until = Instant::now() + BATCH_EVERY;
            while batch.len() < BATCH_SPANS_MAX {
                match timeout_at(until, self.queue.recv()).await {
                    Ok(Some(span)) => batch.push(span),
                    Ok(None) | Err(_) => break,
                }
            }
            self.export(&batch).await;
            batch.clear();
        }
    }

    async fn export(&mut self, batch: &[Span]) {
        let body = otlp::request(&self.instance, batch);
        let sent = timeout(EXPORT_TIMEOUT, post(&self.host, &self.path, &body)).await;
        let sent = sent.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let count = batch.len() as u64;
        match sent {
            Ok(()) => {
                self.counters.exported.fetch_add(count, Ordering::Relaxed);
                if !self.is_well {
                    tracing::info!("traces are taken again");
                }
                self.is_well = true;
            }
            Err(error) => {
                self.counters.failed.fetch_add(count, Ordering::Relaxed);
                if self.is_well {
                    tracing::warn!(%error, "traces are not taken; they are dropped and counted");
                }
                self.is_well = false;
            }
        }
    }
}

/// Posts `body` over a connection of its own: once in two seconds it costs nothing to speak of.
async fn post(host: &str, path: &str, body: &[u8]) -> io::Result<()> {
    let mut stream = TcpStream::connect(host).await?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-protobuf\r\n\
         User-Agent: dna-ingest/{version}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n",
        version = env!("CARGO_PKG_VERSION"),
        length = body.len(),
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    let mut answer = Vec::new();
    let mut reader = stream.take(ANSWER_BYTES_MAX as u64);
    while !answer.contains(&b'\n') && reader.read_buf(&mut answer).await? > 0 {}
    let status = answer.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    match status {
        [b'2', ..] => Ok(()),
        status => {
            let status = String::from_utf8_lossy(status.get(..3).unwrap_or_default()).into_owned();
            Err(io::Error::other(format!("the receiver answered {status:?}")))
        }
    }
}
