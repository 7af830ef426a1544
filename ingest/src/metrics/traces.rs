//! What became of ingest's own traces, in `/metrics`.

use super::encode::{by_reason, counter};
use crate::telemetry::ExportCounters;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use std::fmt::Error;
use std::sync::{Arc, OnceLock};

/// Reads the counters at each scrape.
#[derive(Debug)]
pub(super) struct TraceCollector(pub(super) Arc<OnceLock<Arc<ExportCounters>>>);

impl Collector for TraceCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        // Without a receiver there are none to tell of, and at 0 they would look well.
        let Some(counters) = self.0.get() else { return Ok(()) };
        let help = "Spans of ingest itself that the receiver has taken";
        counter(&mut encoder, "spans_exported", help, counters.exported())?;
        let help = "Spans of ingest itself that were dropped, by reason";
        by_reason(&mut encoder, "spans_dropped", help, counters.dropped())
    }
}
