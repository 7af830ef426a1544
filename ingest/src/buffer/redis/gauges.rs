//! What the watch over Redis has seen, for `/metrics`.

use super::limits::GROUPS_SHOWN_MAX;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// How full Redis is and how far its groups are, as last seen. All 0 without a Redis.
#[derive(Debug, Default)]
pub struct RedisGauges {
    memory_used: AtomicU64,
    memory_max: AtomicU64,
    pressed_shards: AtomicU64,
    trimmed: AtomicU64,
    unread: Mutex<BTreeMap<String, u64>>,
}

impl RedisGauges {
    /// Bytes that the fullest master uses.
    pub fn memory_used(&self) -> u64 {
        self.memory_used.load(Relaxed)
    }

    /// Its `maxmemory`; 0: none.
    pub fn memory_max(&self) -> u64 {
        self.memory_max.load(Relaxed)
    }

    /// Shards that nothing more is taken for.
    pub fn pressed_shards(&self) -> u64 {
        self.pressed_shards.load(Relaxed)
    }

    /// Messages that this ingest has removed because every group had read them.
    pub fn trimmed_messages(&self) -> u64 {
        self.trimmed.load(Relaxed)
    }

    /// Messages that each group has not acknowledged, in all streams together.
    pub fn unread_messages(&self) -> BTreeMap<String, u64> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn saw(&self, used: u64, max: u64, mut unread: BTreeMap<String, u64>) {
        self.memory_used.store(used, Relaxed);
        self.memory_max.store(max, Relaxed);
        while unread.len() > GROUPS_SHOWN_MAX {
            unread.pop_last();
        }
        *self.unread.lock().unwrap_or_else(PoisonError::into_inner) = unread;
    }

    pub(super) fn pressed(&self, shards: usize) {
        self.pressed_shards.store(shards as u64, Relaxed);
    }

    pub(super) fn trimmed(&self, messages: u64) {
        self.trimmed.fetch_add(messages, Relaxed);
    }
}
