//! One process a folder.

use crate::store::StoreError;
use std::fs::{File, TryLockError};
use std::path::Path;

/// Holds the folder until it is dropped, or the process ends in whatever way.
#[derive(Debug)]
pub(super) struct Lock(#[allow(dead_code, reason = "held, not read")] File);

impl Lock {
    pub(super) fn take(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("dataview.lock");
        let unavailable = |error| StoreError::Unavailable(format!("{}: {error}", path.display()));
        let options = File::options().create(true).truncate(false).write(true).open(&path);
        let file = options.map_err(unavailable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => {
                Err(StoreError::InUse { place: folder.display().to_string() })
            }
            Err(TryLockError::Error(error)) => Err(unavailable(error)),
        }
    }
}
