//! Room for tidying where there is none: a day's roll-ups are a new file, and need some before the
//! raw data go and give far more back. A file that holds room in advance is let go for that, and made
//! again when there is room.

use crate::store::StoreError;
use crate::store::sqlite::limits::{RESERVE_BYTES_MAX, RESERVE_SHARE};
use rustix::fs::{FallocateFlags, fallocate, statvfs};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The file, whose name is no day's.
pub(super) struct Reserve(PathBuf);

impl Reserve {
    pub(super) fn of(folder: &Path) -> Self {
        Self(folder.join("reserve"))
    }

    /// What `work` does; where the store takes nothing, once more with the room that was held.
    pub(super) fn lend<T>(
        &self,
        mut work: impl FnMut() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match work() {
            Err(StoreError::Unavailable(why)) if fs::remove_file(&self.0).is_ok() => {
                tracing::warn!(why, "the room held for tidying is used");
                work()
            }
            done => done,
        }
    }

    /// Holds room, where it is not held and there is plenty. Without it only a full disk is worse.
    pub(super) fn keep(&self) {
        if let Err(error) = self.make() {
            tracing::debug!(%error, "no room is held for tidying");
            let _ = fs::remove_file(&self.0);
        }
    }

    fn make(&self) -> io::Result<()> {
        if self.0.exists() {
            return Ok(());
        }
        let disk = statvfs(self.0.parent().unwrap_or(Path::new(".")))?;
        let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
        let wanted = (bytes(disk.f_blocks) / RESERVE_SHARE).min(RESERVE_BYTES_MAX);
        if wanted == 0 || bytes(disk.f_bavail) < 4 * wanted {
            return Ok(());
        }
        let file = File::options().write(true).create_new(true).open(&self.0)?;
        Ok(fallocate(&file, FallocateFlags::empty(), 0, wanted)?)
    }
}
