//! What proxies have told since the start, and what was dropped.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Why a line, or something of it, was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Dropped {
    /// It is no object of JSON: of another format, or cut.
    NotJson = 0,
    /// A field is missing or is not what it should be.
    Field = 1,
    /// It is of longer ago than is stored.
    TooOld = 2,
    /// It is of the future.
    InFuture = 3,
    /// It is longer than lines are.
    TooLong = 4,
    /// It came by UDP while too many waited to be stored.
    QueueFull = 5,
    /// A connection sent something that is no syslog, or there were too many of them.
    Connection = 6,
    /// A file was gone before it was read to its end: how many lines it had is not known.
    FileGone = 7,
    /// A file was packed by rotation before it was read: how many lines it had is not known.
    FilePacked = 8,
    /// The request took longer than any does.
    Duration = 9,
}

impl Dropped {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::NotJson,
        Self::Field,
        Self::TooOld,
        Self::InFuture,
        Self::TooLong,
        Self::QueueFull,
        Self::Connection,
        Self::FileGone,
        Self::FilePacked,
        Self::Duration,
    ];

    /// Its name where it is counted.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotJson => "network_not_json",
            Self::Field => "network_field",
            Self::TooOld => "network_too_old",
            Self::InFuture => "network_in_future",
            Self::TooLong => "network_too_long",
            Self::QueueFull => "network_queue_full",
            Self::Connection => "network_connection",
            Self::FileGone => "network_file_gone",
            Self::FilePacked => "network_file_packed",
            Self::Duration => "network_duration",
        }
    }
}

/// Counters of the network's part.
#[derive(Debug, Default)]
pub struct Counters {
    stored: AtomicU64,
    dropped: [AtomicU64; Dropped::ALL.len()],
}

impl Counters {
    pub(super) fn stored(&self, count: usize) {
        self.stored.fetch_add(count as u64, Relaxed);
    }

    pub(super) fn drop_one(&self, why: Dropped) {
        self.dropped[why as usize].fetch_add(1, Relaxed);
    }

    /// Requests stored.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.stored.load(Relaxed)
    }

    /// How many were dropped for `why`.
    #[must_use]
    pub fn of(&self, why: Dropped) -> u64 {
        self.dropped[why as usize].load(Relaxed)
    }

    /// What was dropped, by reason; each reason is there from the start.
    #[must_use]
    pub fn dropped(&self) -> Vec<(String, u64)> {
        Dropped::ALL.into_iter().map(|why| (why.name().to_owned(), self.of(why))).collect()
    }
}
