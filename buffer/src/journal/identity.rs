//! Which journal a folder holds: a place in another is none in this.
//!
//! `journal.id` in the folder holds 32 hexadecimal digits and a number: `ID SINCE`. Ingest writes it
//! before the first segment, and anew where numbers begin anew. Journals from before there were
//! identities are given one: places in segments numbered below `SINCE`, which say no identity, are
//! theirs.

use crate::limits::IDENTITY_BYTES_MAX;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

/// The file in the journal's folder.
const FILE: &str = "journal.id";

/// Which journal it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// 32 hexadecimal digits, of chance.
    pub id: String,
    /// Segments numbered below were there before the journal had an identity.
    pub since: u64,
}

impl Identity {
    /// The identity of the journal in `dir`; `None` where it has none (yet).
    ///
    /// # Errors
    /// When it cannot be read, or is damaged (`InvalidData`).
    pub fn read(dir: &Path) -> io::Result<Option<Self>> {
        let path = dir.join(FILE);
        let mut text = String::new();
        match File::open(&path) {
            Ok(file) => file.take(IDENTITY_BYTES_MAX).read_to_string(&mut text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let damaged = || {
            let text = format!("{} says no journal's identity", path.display());
            io::Error::new(io::ErrorKind::InvalidData, text)
        };
        Self::parse(&text).map(Some).ok_or_else(damaged)
    }

    fn parse(text: &str) -> Option<Self> {
        let (id, since) = text.trim().split_once(' ')?;
        let is_id = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(Self { id: is_id.then(|| id.to_owned())?, since: since.parse().ok()? })
    }

    /// Gives the journal in `dir` a new identity, which is on the disk then. Segments numbered below
    /// `since` were there before.
    ///
    /// # Errors
    /// What the system says; then the one before holds.
    pub fn give(dir: &Path, since: u64) -> io::Result<Self> {
        let mut chance = [0; 16];
        File::open("/dev/urandom")?.read_exact(&mut chance)?;
        let mut id = String::new();
        for byte in chance {
            // Writing to a string does not fail.
            let _ = write!(id, "{byte:02x}");
        }
        let unfinished = dir.join("journal.new");
        let mut file = File::create(&unfinished)?;
        writeln!(file, "{id} {since}")?;
        file.sync_all()?;
        fs::rename(unfinished, dir.join(FILE))?;
        File::open(dir)?.sync_all()?;
        Ok(Self { id, since })
    }

    /// Whether a place in segment `segment` is one of this journal, by the identity that was
    /// written down with it; of none, where that was before the journal had one.
    #[must_use]
    pub fn has(&self, written_down: Option<&str>, segment: u64) -> bool {
        written_down.map_or(segment < self.since, |id| id == self.id)
    }
}
