//! What can go wrong at the buffer's reading side.

use std::io;
use std::path::PathBuf;

/// Why the buffer could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The journal cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Redis cannot be reached or refuses.
    #[error("Redis: {reason}")]
    Redis {
        /// What it or the connection said.
        reason: String,
    },
}

/// An address of Redis that is wrong. The address itself may hold a password and is not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the address of Redis cannot be used: {reason}")]
pub struct AddressError {
    /// What is wrong with it.
    pub reason: String,
}
