//! What became of ingest's own traces, in `/metrics`.

use crate::telemetry::ExportCounters;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
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
        let metric =
            encoder.encode_descriptor("spans_exported", help, None, MetricType::Counter)?;
        ConstCounter::new(counters.exported()).encode(metric)?;
        let help = "Spans of ingest itself that were dropped, by reason";
        let mut metric =
            encoder.encode_descriptor("spans_dropped", help, None, MetricType::Counter)?;
        for (reason, count) in counters.dropped() {
            let labels = [("reason", reason)];
            ConstCounter::new(count).encode(metric.encode_family(&labels)?)?;
        }
        Ok(())
    }
}
