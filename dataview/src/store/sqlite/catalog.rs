//! All files of days in a folder.

use super::day::{Day, Name};
use super::fault::Fault;
use super::file::DayFile;
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
    /// Looks at every file in `folder`. Damaged ones are noted and the others serve; one of a newer
    /// version is an error, because a version that does not know it must not judge it.
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        let unavailable = |error| StoreError::Unavailable(format!("{}: {error}", folder.display()));
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(unavailable)? {
            let path = entry.map_err(unavailable)?.path();
            let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if let Some(name) = Name::parse(file) {
                files.push(Arc::new(DayFile::new(name, path)));
            } else if file.ends_with(".making") {
                // Roll-ups whose making was interrupted: the raw data are still there.
                fs::remove_file(&path).map_err(unavailable)?;
            }
        }
        files.sort_by_key(|file| file.name);
        remove_rolled_up_twice(&mut files).map_err(unavailable)?;
        for file in &files {
            file.look().map_err(|fault: Fault| fault.at(&file.path))?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            files: RwLock::new(files),
            generation: AtomicU64::new(0),
        })
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<Arc<DayFile>> {
        self.files.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Those with raw data. One that nothing was written to yet may not even be on the disk.
    pub(super) fn raw(&self) -> Vec<Arc<DayFile>> {
        let is_raw = |file: &Arc<DayFile>| !file.name.is_rolled_up && file.facts().has_any();
        self.all().into_iter().filter(is_raw).collect()
    }

    /// The file that a day is written to: its last one with raw data, if that is not damaged, or
    /// else a new part.
    pub(super) fn to_write(&self, day: Day) -> Arc<DayFile> {
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        let of_day = files.iter().filter(|file| file.name.day == day);
        let last = of_day.max_by_key(|file| file.name.part);
        if let Some(file) = last
            && !file.name.is_rolled_up
            && file.damage().is_none()
        {
            return Arc::clone(file);
        }
        let part = last.map_or(1, |file| file.name.part + 1);
        let name = Name { day, part, is_rolled_up: false };
        let file = Arc::new(DayFile::new(name, self.folder.join(name.to_string())));
        files.push(Arc::clone(&file));
        files.sort_by_key(|file| file.name);
        file
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
fn remove_rolled_up_twice(files: &mut Vec<Arc<DayFile>>) -> std::io::Result<()> {
    let rolled_up: Vec<Name> =
        files.iter().map(|file| file.name).filter(|name| name.is_rolled_up).collect();
    for name in rolled_up {
        let raw = Name { is_rolled_up: false, ..name };
        if let Some(at) = files.iter().position(|file| file.name == raw) {
            remove(&files.remove(at).path)?;
        }
    }
    Ok(())
}

/// Removes a file of SQLite's and what lies beside it.
pub(super) fn remove(path: &Path) -> std::io::Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut file = path.to_owned().into_os_string();
        file.push(suffix);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
