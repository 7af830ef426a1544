//! One file in memory, and whether it has changed on the disk.

use super::record::Record;
use maxminddb::{MaxMindDbError, Reader};
use std::fs::{self, Metadata};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

/// Bytes of a file at most. The largest that MaxMind sells have some 500 MB; what is more would not
/// leave dataview its memory.
const FILE_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GeoError {
    /// It cannot be read.
    #[error("{path}: {error}", path = path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It is larger than it may be.
    #[error("{path} has {bytes} bytes; at most {FILE_BYTES_MAX} are read", path = path.display())]
    TooLarge {
        /// Which.
        path: PathBuf,
        /// How large.
        bytes: u64,
    },
    /// It is of another format, or only a part.
    #[error("{path} is no file in MaxMind's format: {error}", path = path.display())]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Why.
        error: MaxMindDbError,
    },
}

/// By what a file on the disk is known to be another.
type Stamp = (Option<SystemTime>, u64);

/// A file.
pub(super) struct File {
    path: PathBuf,
    reader: RwLock<Arc<Reader<Vec<u8>>>>,
    /// Of what was last tried, good or not: a bad file is told once.
    seen: Mutex<Stamp>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.path.fmt(f)
    }
}

impl File {
    pub(super) fn open(path: PathBuf) -> Result<Self, GeoError> {
        let stamp = stamp(&path)?;
        let reader = RwLock::new(Arc::new(read(&path)?));
        Ok(Self { path, reader, seen: Mutex::new(stamp) })
    }

    /// What `then` makes of the record of `address`; `None` when there is none.
    pub(super) fn look_up<T>(
        &self,
        address: IpAddr,
        then: impl FnOnce(Record<'_>) -> T,
    ) -> Result<Option<T>, MaxMindDbError> {
        let reader = Arc::clone(&self.reader.read().unwrap_or_else(PoisonError::into_inner));
        // A file of IPv4 alone has no answer for IPv6, which is no damage.
        if address.is_ipv6() && reader.metadata().ip_version == 4 {
            return Ok(None);
        }
        let record: Option<Record<'_>> = reader.lookup(address)?.decode()?;
        Ok(record.map(then))
    }

    /// Reads the file again if it is another; `None` when it is not.
    pub(super) fn refresh(&self) -> Option<Result<PathBuf, GeoError>> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // While it is being replaced there may be none for a moment.
        let stamp = stamp(&self.path).ok()?;
        if *seen == stamp {
            return None;
        }
        *seen = stamp;
        let read = read(&self.path);
        Some(read.map(|reader| {
            *self.reader.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(reader);
            self.path.clone()
        }))
    }
}

fn stamp(path: &Path) -> Result<Stamp, GeoError> {
    metadata(path).map(|found| (found.modified().ok(), found.len()))
}

fn metadata(path: &Path) -> Result<Metadata, GeoError> {
    fs::metadata(path).map_err(|error| GeoError::Unreadable { path: path.to_owned(), error })
}

fn read(path: &Path) -> Result<Reader<Vec<u8>>, GeoError> {
    let bytes = metadata(path)?.len();
    if bytes > FILE_BYTES_MAX {
        return Err(GeoError::TooLarge { path: path.to_owned(), bytes });
    }
    let bytes =
        fs::read(path).map_err(|error| GeoError::Unreadable { path: path.to_owned(), error })?;
    Reader::from_source(bytes).map_err(|error| GeoError::Malformed { path: path.to_owned(), error })
}
