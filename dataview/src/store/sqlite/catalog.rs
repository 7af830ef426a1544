//! All files of days in a folder.

use super::day::{Day, Name};
use super::fault::Fault;
use super::file::DayFile;
use super::{making, schema};
use crate::store::StoreError;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The files, in the order of their days.
#[derive(Debug)]
pub(super) struct Catalog {
    folder: PathBuf,
    files: RwLock<Vec<Arc<DayFile>>>,
    generation: AtomicU64,
}

impl Catalog {
    /// Looks at every file in `folder`. Damaged ones, and those that cannot be read, are noted and
    /// the others serve; one of a newer version is an error, because a version that does not know it
    /// must not judge it.
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        let unavailable = |error| StoreError::Unavailable(format!("{}: {error}", folder.display()));
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(unavailable)? {
            let path = entry.map_err(unavailable)?.path();
            let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if let Some(name) = Name::parse(file) {
                files.push(Arc::new(DayFile::new(name, path)));
            } else if let Some(name) = file.strip_suffix("-wal").and_then(Name::parse) {
                files.extend(log_alone(name, &folder.join(name.to_string())));
            } else if path.extension().is_some_and(|extension| extension == making::EXTENSION) {
                // Its making was interrupted. Roll-ups: the raw data are still there.
                give_up(&path);
            }
        }
        files.sort_by_key(|file| file.name);
        remove_rolled_up_twice(&mut files);
        let mut looked_at = Vec::with_capacity(files.len());
        for file in files {
            if file.look().map_err(|fault| fault.at(&file.path))? {
                looked_at.push(file);
            } else {
                give_up(&file.path);
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            files: RwLock::new(looked_at),
            generation: AtomicU64::new(0),
        })
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<Arc<DayFile>> {
        self.files.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Those with raw data, if anything is in them.
    pub(super) fn raw(&self) -> Vec<Arc<DayFile>> {
        let is_raw = |file: &Arc<DayFile>| !file.name.is_rolled_up && file.facts().has_any();
        self.all().into_iter().filter(is_raw).collect()
    }

    /// The file that a day is written to: its last one with raw data, if that is not damaged, or
    /// else a new part, which has its tables before anybody is told of it. Only the thread that
    /// writes asks.
    pub(super) fn to_write(&self, day: Day) -> Result<Arc<DayFile>, StoreError> {
        let files = self.all();
        let last = files.iter().rfind(|file| file.name.day == day);
        if let Some(file) = last
            && !file.name.is_rolled_up
            && file.damage().is_none()
        {
            return Ok(Arc::clone(file));
        }
        let mut part = last.map_or(1, |file| file.name.part + 1);
        let path = loop {
            let path = self.path(Name { day, part, is_rolled_up: false });
            // What lies there and could not be removed is not written over, nor is its log read.
            if !path.exists() && !making::log_of(&path).exists() {
                break path;
            }
            part += 1;
        };
        schema::make_day(&path).map_err(|fault| fault.at(&path))?;
        let file = Arc::new(DayFile::new(Name { day, part, is_rolled_up: false }, path));
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        files.push(Arc::clone(&file));
        files.sort_by_key(|file| file.name);
        Ok(file)
    }

    /// Whether a day has let go of its raw data.
    pub(super) fn is_rolled_up(&self, day: Day) -> bool {
        self.all().iter().any(|file| file.name.day == day && file.name.is_rolled_up)
    }

    /// Puts `with` into the place of `file`, or nothing.
    pub(super) fn replace(&self, file: &DayFile, with: Option<Arc<DayFile>>) {
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        files.retain(|other| other.name != file.name);
        files.extend(with);
        files.sort_by_key(|file| file.name);
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Counts how often files went.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The path of a file.
    pub(super) fn path(&self, name: Name) -> PathBuf {
        self.folder.join(name.to_string())
    }
}

/// Where a day has its raw data and its roll-ups alone, the roll-ups were complete and the raw data
/// were about to go.
fn remove_rolled_up_twice(files: &mut Vec<Arc<DayFile>>) {
    let rolled_up: Vec<Name> =
        files.iter().map(|file| file.name).filter(|name| name.is_rolled_up).collect();
    for name in rolled_up {
        let raw = Name { is_rolled_up: false, ..name };
        if let Some(at) = files.iter().position(|file| file.name == raw) {
            give_up(&files.remove(at).path);
        }
    }
}

/// Removes what nothing is lost with; what cannot be removed is passed over.
fn give_up(path: &Path) {
    if let Err(error) = making::remove(path) {
        tracing::error!(file = %path.display(), %error, "what is of no use could not be removed");
    }
}

/// The day of a write-ahead log whose file is gone: somebody may bring that back.
fn log_alone(name: Name, path: &Path) -> Option<Arc<DayFile>> {
    if path.exists() {
        return None;
    }
    let file = DayFile::new(name, path.to_owned());
    file.set_damage(&Fault::Stored("write-ahead log without its file"));
    Some(Arc::new(file))
}
