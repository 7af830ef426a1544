//! What can go wrong with the buffer.

use dna_buffer::AddressError;
use dna_buffer::limits::ENTRY_BYTES_MAX;
use std::io;
use std::path::PathBuf;

/// Why an entry was not kept. All but [`TooLarge`](Self::TooLarge) mean: come back later.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// Too much waits to be written.
    #[error("too many entries wait to be written")]
    QueueFull,
    /// It waited too long for those before it to be written.
    #[error("an entry waited too long to be written")]
    Overdue,
    /// The buffer cannot be reached or written, or did not say in time that it has the entry.
    #[error("the buffer is not available: {reason}")]
    Unavailable {
        /// Why, for the operator; never for a client.
        reason: String,
    },
    /// The buffer has no room.
    #[error("the buffer is full: {reason}")]
    Full {
        /// What is full, for the operator.
        reason: String,
    },
    /// The entry is larger than the buffer takes; coming back does not help.
    #[error("an entry has {bytes} bytes; at most {ENTRY_BYTES_MAX}")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
}

impl KeepError {
    /// The codes, in the order of [`BufferCounters::failures`](super::BufferCounters::failures).
    pub const CODES: [&'static str; 5] =
        ["queue_full", "unavailable", "full", "too_large", "overdue"];

    /// A stable name, as counted in metrics and told to clients.
    #[must_use]
    pub fn code(&self) -> &'static str {
        Self::CODES[self.index()]
    }

    pub(super) fn index(&self) -> usize {
        match self {
            Self::QueueFull => 0,
            Self::Unavailable { .. } => 1,
            Self::Full { .. } => 2,
            Self::TooLarge { .. } => 3,
            Self::Overdue => 4,
        }
    }

    pub(super) fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into() }
    }
}

/// Why the buffer could not be opened. A Redis that is away is no reason: it may come.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the journal.
    #[error("the journal folder {} is in use by another ingest; give each its own", dir.display())]
    Locked {
        /// The folder.
        dir: PathBuf,
    },
    /// The journal was written by a newer ingest.
    #[error("{} has format version {found}; this ingest reads version {known}", path.display())]
    Version {
        /// The segment.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The version that this ingest knows.
        known: u32,
    },
    /// A file or folder could not be used.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The address of Redis is wrong.
    #[error(transparent)]
    RedisUrl(#[from] AddressError),
}

impl OpenError {
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
