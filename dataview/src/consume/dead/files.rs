//! Dead letters beside a journal: a file each, in `dead-letters`; what is to be replayed in
//! `replay`, where the consumer finds it.

use super::{DeadLetter, DeadLettersError, DeadReason};
use crate::consume::prepare::{Arrived, Dead};
use crate::durable;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How files end that are whole.
const EXTENSION: &str = "json";

/// How those end that are to be replayed and cannot be read.
const UNREADABLE: &str = "unreadable";

/// The folders.
#[derive(Debug, Clone)]
pub(in crate::consume) struct Files {
    dir: PathBuf,
    replay_dir: PathBuf,
    max: usize,
}

#[derive(Serialize, Deserialize)]
struct Written {
    at_ms: u64,
    reason: String,
    detail: String,
    origin: String,
    entry: String,
}

impl Files {
    pub(super) fn open(state_dir: &Path, max: usize) -> Result<Self, DeadLettersError> {
        let (dir, replay_dir) = (state_dir.join("dead-letters"), state_dir.join("replay"));
        for folder in [&dir, &replay_dir] {
            fs::create_dir_all(folder).map_err(failed(folder))?;
        }
        Ok(Self { dir, replay_dir, max })
    }

    pub(super) fn add(&self, dead: &Dead) -> Result<(), DeadLettersError> {
        if names(&self.dir)?.len() >= self.max {
            return Err(DeadLettersError::Full(self.max));
        }
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let written = Written {
            at_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            reason: dead.reason.to_string(),
            detail: dead.detail.clone(),
            origin: dead.arrived.origin.clone(),
            entry: STANDARD.encode(&dead.arrived.bytes),
        };
        // One entry has one letter, however often it is put aside.
        let path = self.dir.join(&dead.arrived.origin).with_extension(EXTENSION);
        let bytes = serde_json::to_vec(&written).expect("texts and a number are JSON");
        durable::replace(&path, &bytes).map_err(failed(&path))
    }

    pub(super) fn list(&self, max: usize) -> Result<Vec<DeadLetter>, DeadLettersError> {
        Ok(names(&self.dir)?.into_iter().take(max).map(|name| self.told(name)).collect())
    }

    pub(super) fn page(
        &self,
        after: Option<&str>,
        max: usize,
    ) -> Result<Vec<DeadLetter>, DeadLettersError> {
        let names = names(&self.dir)?.into_iter();
        let behind = names.filter(|name| after.is_none_or(|after| order(name) > order(after)));
        Ok(behind.take(max).map(|name| self.told(name)).collect())
    }

    pub(super) fn get(&self, id: &str) -> Result<Option<DeadLetter>, DeadLettersError> {
        // Only what is in the folder: an ID that somebody has sent may be a path.
        let found = names(&self.dir)?.into_iter().find(|name| name == id);
        Ok(found.map(|name| self.told(name)))
    }

    /// The letter called `name`, also one that cannot be read.
    fn told(&self, name: String) -> DeadLetter {
        read(&self.dir, name.clone()).unwrap_or_else(|error| DeadLetter {
            id: name,
            at_ms: 0,
            reason: DeadReason::LetterUnreadable.to_string(),
            detail: error.to_string(),
            origin: String::new(),
            entry: Vec::new(),
        })
    }

    pub(in crate::consume) fn count(&self) -> Result<u64, DeadLettersError> {
        names(&self.dir).map(|names| names.len() as u64)
    }

    pub(super) fn replay(&self, letter: &DeadLetter) -> Result<(), DeadLettersError> {
        if !letter.is_readable() {
            return Err(DeadLettersError::Unreadable(letter.detail.clone()));
        }
        let (from, to) =
            (self.path(&self.dir, &letter.id), self.path(&self.replay_dir, &letter.id));
        fs::rename(&from, to).map_err(failed(&from))
    }

    pub(super) fn remove(&self, letter: &DeadLetter) -> Result<(), DeadLettersError> {
        let path = self.path(&self.dir, &letter.id);
        fs::remove_file(&path).map_err(failed(&path))
    }

    /// What is to be replayed, at most `max`, and how many of it cannot be read: those are set aside
    /// under another ending, for whoever has put them there.
    pub(in crate::consume) fn to_replay(
        &self,
        max: usize,
    ) -> Result<(Vec<(String, Arrived)>, u64), DeadLettersError> {
        let (mut letters, mut unreadable) = (Vec::new(), 0);
        for name in names(&self.replay_dir)?.into_iter().take(max) {
            let path = self.path(&self.replay_dir, &name);
            match read(&self.replay_dir, name) {
                Ok(letter) => {
                    let bytes = Bytes::from(letter.entry);
                    letters.push((letter.id, Arrived { shard: 0, origin: letter.origin, bytes }));
                }
                Err(error) => {
                    tracing::error!(%error, "what is to be replayed cannot be read; set aside");
                    let aside = path.with_extension(UNREADABLE);
                    fs::rename(&path, aside).map_err(failed(&path))?;
                    unreadable += 1;
                }
            }
        }
        Ok((letters, unreadable))
    }

    /// Takes out what was replayed.
    pub(in crate::consume) fn replayed(&self, id: &str) -> Result<(), DeadLettersError> {
        let path = self.path(&self.replay_dir, id);
        fs::remove_file(&path).map_err(failed(&path))
    }

    fn path(&self, dir: &Path, id: &str) -> PathBuf {
        dir.join(id).with_extension(EXTENSION)
    }
}

/// The letters in a folder, the oldest first.
fn names(dir: &Path) -> Result<Vec<String>, DeadLettersError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed(dir))? {
        let path = entry.map_err(failed(dir))?.path();
        // One that is half written ends otherwise.
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            names.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
        }
    }
    names.sort_by(|one, other| order(one).cmp(&order(other)));
    Ok(names)
}

/// Names are places in the journal, whose numbers grow.
fn order(name: &str) -> (usize, &str) {
    (name.len(), name)
}

fn read(dir: &Path, id: String) -> Result<DeadLetter, DeadLettersError> {
    let path = dir.join(&id).with_extension(EXTENSION);
    let bytes = fs::read(&path).map_err(failed(&path))?;
    let wrong = |error: String| failed(&path)(io::Error::new(io::ErrorKind::InvalidData, error));
    let Written { at_ms, reason, detail, origin, entry } =
        serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    let entry = STANDARD.decode(entry).map_err(|error| wrong(error.to_string()))?;
    Ok(DeadLetter { id, at_ms, reason, detail, origin, entry })
}

fn failed(path: &Path) -> impl Fn(io::Error) -> DeadLettersError {
    move |error| DeadLettersError::Disk { path: path.to_owned(), error }
}
