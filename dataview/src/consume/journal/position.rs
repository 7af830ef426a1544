//! How far the journal is read: a small file, replaced as a whole after each commit of the store.

use crate::durable;
use dna_buffer::journal::Identity;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The place of the next record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// The segment's number.
    pub(super) segment: u64,
    /// Bytes from its beginning.
    pub(super) offset: u64,
    /// Records of it before that.
    pub(super) records: u64,
    /// The journal's ID, where it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) journal: Option<String>,
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

    /// Whether it is a place of this journal.
    pub(super) fn is_of(&self, journal: Option<&Identity>) -> bool {
        let written_down = self.journal.as_deref();
        journal.map_or(written_down.is_none(), |it| it.has(written_down, self.segment))
    }

    /// Whether nothing is before it.
    pub(super) fn is_beginning(&self) -> bool {
        (self.segment, self.offset) == (0, 0)
    }

    pub(super) fn write(&self, dir: &Path) -> Result<(), String> {
        let bytes = serde_json::to_vec(self).expect("numbers are JSON");
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
        let mut position = Position { segment: 7, offset: 1234, records: 5, journal: None };
        position.write(folder.path()).unwrap();
        assert_eq!(Position::read(folder.path()).as_ref(), Ok(&position));
        position.journal = Some("0af7651916cd43dd8448eb211c80319c".to_owned());
        position.write(folder.path()).unwrap();
        assert_eq!(Position::read(folder.path()), Ok(position));
        std::fs::write(path(folder.path()), "{").unwrap();
        assert!(Position::read(folder.path()).unwrap_err().contains("remove it"));
    }

    #[test]
    fn a_place_is_one_of_the_journal_that_it_was_written_down_for() {
        let place = |journal: Option<&str>| Position {
            segment: 7,
            journal: journal.map(str::to_owned),
            ..Position::default()
        };
        let journal = |since| Identity { id: "a".to_owned(), since };
        assert!(place(None).is_of(None) && place(Some("a")).is_of(Some(&journal(0))));
        assert!(!place(Some("a")).is_of(None) && !place(Some("b")).is_of(Some(&journal(9))));
        // Of before there were identities: the journal has been given one since, or it is new.
        assert!(place(None).is_of(Some(&journal(8))) && !place(None).is_of(Some(&journal(7))));
    }
}
