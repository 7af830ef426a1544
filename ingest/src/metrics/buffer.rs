//! The buffer's counters in `/metrics`.

use super::encode::{by_reason, counter, gauge};
use crate::buffer::redis::RedisGauges;
use crate::buffer::spool::SpoolCounters;
use crate::buffer::{BufferCounters, COMMIT_BUCKETS_MICROS};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;
use std::fmt::Error;
use std::sync::Arc;

/// Reads the counters at each scrape.
#[derive(Debug)]
pub(super) struct BufferCollector(pub(super) Arc<BufferCounters>);

impl Collector for BufferCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let counters = &self.0;
        let encoder = &mut encoder;
        counter(encoder, "buffer_groups", "Groups written, kept or not", counters.groups())?;
        counter(encoder, "buffer_entries", "Entries kept", counters.items())?;
        counter(encoder, "buffer_bytes", "Bytes of the entries kept", counters.bytes())?;
        let help = "Bytes of an unfinished write, cut off when the journal was opened";
        counter(encoder, "buffer_torn_bytes", help, counters.torn_bytes())?;
        let help = "Damaged bytes, cut off the end of the journal when it was opened";
        counter(encoder, "buffer_damaged_bytes", help, counters.damaged_bytes())?;
        let help = "Bytes of the journal's segments; 0 where frames are kept in Redis";
        gauge(encoder, "buffer_journal_bytes", help, counters.journal_bytes())?;
        let help = "Entries of the journal that were removed, read or not, to make room";
        let removed = counters.journal_removed_entries();
        counter(encoder, "buffer_journal_removed_entries", help, removed)?;
        let help = "Bytes of the journal that were removed as all registered readers had them";
        counter(encoder, "buffer_journal_trimmed_bytes", help, counters.journal_trimmed_bytes())?;
        let help = "Entries that wait to be written";
        gauge(encoder, "buffer_queued_entries", help, counters.queued_items())?;
        let help = "Bytes of the entries that wait";
        gauge(encoder, "buffer_queued_bytes", help, counters.queued_bytes())?;
        failures(encoder, counters)?;
        spool(encoder, &counters.spool)?;
        redis(encoder, counters.redis())?;
        commit_times(encoder, counters)
    }
}

fn failures(encoder: &mut DescriptorEncoder<'_>, counters: &BufferCounters) -> Result<(), Error> {
    let help = "Entries that the buffer did not keep, by reason";
    by_reason(encoder, "buffer_refused", help, counters.failures())
}

fn spool(encoder: &mut DescriptorEncoder<'_>, spool: &SpoolCounters) -> Result<(), Error> {
    let help = "Entries in the spool, which Redis does not have yet";
    gauge(encoder, "spool_waiting_entries", help, spool.entries())?;
    gauge(encoder, "spool_bytes", "Bytes of the spool's segments", spool.bytes())?;
    let help = "Entries that went to the spool";
    counter(encoder, "spool_entries", help, spool.spooled_total())?;
    let help = "Entries that Redis took from the spool";
    counter(encoder, "spool_replayed", help, spool.replayed())?;
    let help = "Entries of the spool that Redis never got, by reason";
    by_reason(encoder, "spool_lost", help, spool.losses())
}

fn redis(encoder: &mut DescriptorEncoder<'_>, seen: &RedisGauges) -> Result<(), Error> {
    let help = "Bytes that the fullest master of Redis uses";
    gauge(encoder, "buffer_redis_memory_used_bytes", help, seen.memory_used())?;
    let help = "Its maxmemory; 0: none";
    gauge(encoder, "buffer_redis_memory_max_bytes", help, seen.memory_max())?;
    let help = "Streams that nothing more is taken for: Redis nears its limit, or a group lags";
    gauge(encoder, "buffer_redis_pressed_shards", help, seen.pressed_shards())?;
    let help = "Messages removed because every registered group had acknowledged them";
    counter(encoder, "buffer_redis_trimmed_messages", help, seen.trimmed_messages())?;
    let help = "Messages that a consumer group has not acknowledged";
    let name = "buffer_redis_unread_messages";
    let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for (group, unread) in seen.unread_messages() {
        let labels = [("group", group)];
        let series = metric.encode_family(&labels)?;
        ConstGauge::new(unread).encode(series)?;
    }
    Ok(())
}

fn commit_times(
    encoder: &mut DescriptorEncoder<'_>,
    counters: &BufferCounters,
) -> Result<(), Error> {
    let times = counters.commit_times();
    let bounds = COMMIT_BUCKETS_MICROS.iter().map(|micros| *micros as f64 / 1e6);
    let buckets: Vec<(f64, u64)> =
        bounds.chain([f64::MAX]).zip(times.buckets.iter().copied()).collect();
    let help = "How long groups took to write";
    let mut metric =
        encoder.encode_descriptor("buffer_commit_seconds", help, None, MetricType::Histogram)?;
    let sum = times.sum_micros as f64 / 1e6;
    metric.encode_histogram::<NoLabelSet>(sum, times.buckets.iter().sum(), &buckets, None)
}
