//! What the spool counts.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Why an entry in the spool never reached the primary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Its bytes were damaged on the disk. Several that follow each other count as one.
    Damaged,
    /// It stood at the end of a segment when the spool was opened, and was not whole: what an end
    /// in the middle of a write leaves, which was not acknowledged.
    Torn,
    /// The primary had it and may have forgotten it; neither the spool nor the primary took it
    /// once more before ingest ended.
    NoRoom,
}

impl Lost {
    /// All reasons.
    pub const ALL: [Self; 3] = [Self::Damaged, Self::Torn, Self::NoRoom];

    /// As metrics name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Torn => "torn",
            Self::NoRoom => "no_room",
        }
    }
}

/// Counters of the spool; the first two say what is there now.
#[derive(Debug, Default)]
pub struct SpoolCounters {
    entries: AtomicU64,
    bytes: AtomicU64,
    spooled: AtomicU64,
    replayed: AtomicU64,
    lost: [AtomicU64; Lost::ALL.len()],
}

impl SpoolCounters {
    /// Entries that wait in the spool now.
    pub fn entries(&self) -> u64 {
        self.entries.load(Relaxed)
    }

    /// Bytes of its segments now.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// Entries that went to the spool.
    pub fn spooled_total(&self) -> u64 {
        self.spooled.load(Relaxed)
    }

    /// Entries that the primary took from it.
    pub fn replayed(&self) -> u64 {
        self.replayed.load(Relaxed)
    }

    /// What was lost, by [`Lost::name`].
    pub fn losses(&self) -> [(&'static str, u64); Lost::ALL.len()] {
        Lost::ALL.map(|reason| (reason.name(), self.lost[reason as usize].load(Relaxed)))
    }

    pub(super) fn holds(&self, entries: u64, bytes: u64) {
        self.entries.store(entries, Relaxed);
        self.bytes.store(bytes, Relaxed);
    }

    pub(super) fn spooled(&self, entries: u64) {
        self.spooled.fetch_add(entries, Relaxed);
    }

    pub(super) fn took(&self, entries: u64) {
        self.replayed.fetch_add(entries, Relaxed);
    }

    pub(super) fn lost(&self, reason: Lost, count: u64) {
        self.lost[reason as usize].fetch_add(count, Relaxed);
    }
}
