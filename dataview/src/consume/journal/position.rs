//! How far the journal is read: a small file, replaced as a whole after each commit of the store.

use crate::durable;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The place of the next record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// The segment's number.
    pub(super) segment: u64,
    /// Bytes from its beginning.
    pub(super) offset: u64,
    /// Records of it before that.
    pub(super) records: u64,
}

impl Position {
    /// What was written last; the beginning where nothing was.
    pub(super) fn read(dir: &Path) -> Result<Self, String> {
        let path = path(dir);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        serde_json::from_slice(&bytes).map_err(|error| {
            // Reading all of it again counts nothing twice: what is stored is known, and what is older
            // than `store.raw_days` is left out. But that takes long, and only who knows may say so.
            format!("{} is damaged: {error}; remove it to read the journal anew", path.display())
        })
    }

    pub(super) fn write(self, dir: &Path) -> Result<(), String> {
        let bytes = serde_json::to_vec(&self).expect("numbers are JSON");
        let path = path(dir);
        durable::replace(&path, &bytes).map_err(|error| format!("{}: {error}", path.display()))
    }
}

fn path(dir: &Path) -> PathBuf {
    dir.join("journal-position.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_was_written() {
        let folder = tempfile::TempDir::new().unwrap();
        assert_eq!(Position::read(folder.path()), Ok(Position::default()));
        let position = Position { segment: 7, offset: 1234, records: 5 };
        position.write(folder.path()).unwrap();
        assert_eq!(Position::read(folder.path()), Ok(position));
        std::fs::write(path(folder.path()), "{").unwrap();
        assert!(Position::read(folder.path()).unwrap_err().contains("remove it"));
    }
}
