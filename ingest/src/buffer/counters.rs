//! What the buffer counts.

use super::KeepError;
use super::redis::RedisGauges;
use super::spool::SpoolCounters;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Upper bounds of the commit time's buckets, in microseconds; the last bucket has none.
pub const COMMIT_BUCKETS_MICROS: [u64; 12] =
    [100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000];

/// Plain counters, written by the buffer and shown by `/metrics`. They only grow, but for the
/// two that say what waits.
#[derive(Debug, Default)]
pub struct BufferCounters {
    groups: AtomicU64,
    items: AtomicU64,
    bytes: AtomicU64,
    failures: [AtomicU64; KeepError::CODES.len()],
    queued_items: AtomicU64,
    queued_bytes: AtomicU64,
    torn_bytes: AtomicU64,
    damaged_bytes: AtomicU64,
    journal_bytes: AtomicU64,
    journal_removed: AtomicU64,
    journal_trimmed: AtomicU64,
    /// What the spool counts; all 0 without one.
    pub spool: SpoolCounters,
    redis: RedisGauges,
    commit_micros_sum: AtomicU64,
    commit_buckets: [AtomicU64; COMMIT_BUCKETS_MICROS.len() + 1],
}

/// How long groups took to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitTimes {
    /// Groups whose time was at most the bound beside it; the last has no bound. Not cumulative.
    pub buckets: [u64; COMMIT_BUCKETS_MICROS.len() + 1],
    /// The sum of all times.
    pub sum_micros: u64,
}

impl BufferCounters {
    /// Groups written, with or without success.
    pub fn groups(&self) -> u64 {
        self.groups.load(Relaxed)
    }

    /// Entries kept.
    pub fn items(&self) -> u64 {
        self.items.load(Relaxed)
    }

    /// Bytes of the entries kept.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// Entries refused, by [`KeepError::code`].
    pub fn failures(&self) -> [(&'static str, u64); KeepError::CODES.len()] {
        std::array::from_fn(|at| (KeepError::CODES[at], self.failures[at].load(Relaxed)))
    }

    /// Entries that wait to be written now.
    pub fn queued_items(&self) -> u64 {
        self.queued_items.load(Relaxed)
    }

    /// Bytes of the entries that wait now.
    pub fn queued_bytes(&self) -> u64 {
        self.queued_bytes.load(Relaxed)
    }

    /// Bytes of an unfinished write that were cut off when the journal was opened.
    pub fn torn_bytes(&self) -> u64 {
        self.torn_bytes.load(Relaxed)
    }

    /// What is known of Redis' memory and groups.
    pub fn redis(&self) -> &RedisGauges {
        &self.redis
    }

    /// How long groups took.
    pub fn commit_times(&self) -> CommitTimes {
        CommitTimes {
            buckets: std::array::from_fn(|at| self.commit_buckets[at].load(Relaxed)),
            sum_micros: self.commit_micros_sum.load(Relaxed),
        }
    }

    pub(super) fn kept(&self, items: usize, bytes: usize) {
        self.items.fetch_add(items as u64, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn refused(&self, error: &KeepError) {
        self.failures[error.index()].fetch_add(1, Relaxed);
    }

    pub(super) fn committed(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = COMMIT_BUCKETS_MICROS.partition_point(|bound| *bound < micros);
        self.groups.fetch_add(1, Relaxed);
        self.commit_micros_sum.fetch_add(micros, Relaxed);
        self.commit_buckets[bucket].fetch_add(1, Relaxed);
    }

    pub(super) fn refused_many(&self, error: &KeepError, count: usize) {
        if count > 0 {
            self.failures[error.index()].fetch_add(count as u64, Relaxed);
        }
    }

    /// Damaged bytes, acknowledged perhaps, that were cut off when the journal was opened.
    pub fn damaged_bytes(&self) -> u64 {
        self.damaged_bytes.load(Relaxed)
    }

    /// Bytes of the journal's segments; 0 where frames are kept in Redis.
    pub fn journal_bytes(&self) -> u64 {
        self.journal_bytes.load(Relaxed)
    }

    /// Entries of the journal that were removed to make room.
    pub fn journal_removed_entries(&self) -> u64 {
        self.journal_removed.load(Relaxed)
    }

    /// Bytes of segments of the journal that were removed as all registered readers were past them.
    pub fn journal_trimmed_bytes(&self) -> u64 {
        self.journal_trimmed.load(Relaxed)
    }

    pub(super) fn journal_trimmed(&self, bytes: u64) {
        self.journal_trimmed.fetch_add(bytes, Relaxed);
    }

    pub(super) fn journal_holds(&self, bytes: u64) {
        self.journal_bytes.store(bytes, Relaxed);
    }

    pub(super) fn journal_removed(&self, entries: u64) {
        self.journal_removed.fetch_add(entries, Relaxed);
    }

    pub(super) fn queued(&self, (items, bytes): (usize, usize)) {
        self.queued_items.store(items as u64, Relaxed);
        self.queued_bytes.store(bytes as u64, Relaxed);
    }

    pub(super) fn torn(&self, bytes: u64) {
        self.torn_bytes.fetch_add(bytes, Relaxed);
    }

    pub(super) fn damaged(&self, bytes: u64) {
        self.damaged_bytes.fetch_add(bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_falls_into_the_bucket_whose_bound_it_does_not_pass() {
        let counters = BufferCounters::default();
        for micros in [0, 100, 101, 1_000_000, 1_000_001] {
            counters.committed(Duration::from_micros(micros));
        }
        let times = counters.commit_times();
        assert_eq!((times.buckets[0], times.buckets[1]), (2, 1));
        assert_eq!((times.buckets[11], times.buckets[12]), (1, 1));
        assert_eq!(times.buckets.iter().sum::<u64>(), counters.groups());
    }
}
