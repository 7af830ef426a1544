//! What was learnt, as bytes.

use crate::limits::SNAPSHOT_BYTES_MAX;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes that are no snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// They are of another version.
    #[error("a snapshot of version {found}; this program reads version {known}")]
    Version {
        /// Which.
        found: u8,
        /// Which it should be.
        known: u8,
    },
    /// They are something else, or damaged.
    #[error("not a snapshot of what was learnt")]
    Malformed,
}

pub(crate) fn write(version: u8, what: &impl Serialize) -> Vec<u8> {
    postcard::to_extend(what, vec![version]).expect("numbers and lists of them can be written")
}

pub(crate) fn read<T: DeserializeOwned>(known: u8, bytes: &[u8]) -> Result<T, SnapshotError> {
    match bytes.split_first() {
        Some((&found, _)) if found != known => Err(SnapshotError::Version { found, known }),
        Some((_, rest)) if rest.len() <= SNAPSHOT_BYTES_MAX => {
            postcard::from_bytes(rest).map_err(|_| SnapshotError::Malformed)
        }
        _ => Err(SnapshotError::Malformed),
    }
}
