//! Files get their names when they are complete, so that nobody sees one half made.

use super::fault::Fault;
use crate::store::StoreError;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// How files end that are being made. What a start finds of them was interrupted.
pub(super) const EXTENSION: &str = "making";

/// Makes the file `to` by `work`, which is given the path that it has until it is complete. What
/// fails leaves nothing: its room is needed where the disk is full.
pub(super) fn make(to: &Path, work: impl FnOnce(&Path) -> Result<(), Fault>) -> Result<(), Fault> {
    let making = to.with_extension(EXTENSION);
    let io = |error: std::io::Error| {
        Fault::Known(StoreError::Unavailable(format!("{}: {error}", making.display())))
    };
    remove(&making).map_err(io)?;
    let place = || {
        File::open(&making)?.sync_all()?;
        fs::rename(&making, to)?;
        to.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    let made = work(&making).and_then(|()| place().map_err(io));
    if made.is_err()
        && let Err(error) = remove(&making)
    {
        tracing::warn!(file = %making.display(), %error, "what was half made could not be removed");
    }
    made
}

/// Removes a file of SQLite's and what lies beside it.
pub(super) fn remove(path: &Path) -> std::io::Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(beside(path, suffix)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The write-ahead log of a file.
pub(super) fn log_of(path: &Path) -> PathBuf {
    beside(path, "-wal")
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(suffix);
    name.into()
}
