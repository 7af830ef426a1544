//! Dead letters: what was read and can never be stored, kept with the reason until somebody has
//! looked. With Redis they lie in a stream beside the one that they came from, `dna:{k}:dead`; with the
//! journal they are files.

mod files;
mod reason;
mod redis;
mod view;

pub use reason::DeadReason;
pub use view::{EntryView, view};

use super::prepare::Dead;
use super::settings::{Settings, Source};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

pub(super) use files::Files;
use redis::Streams;

/// A dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    /// What it is called when it is to be replayed.
    pub id: String,
    /// When it was put aside, in ms since the Unix epoch.
    pub at_ms: u64,
    /// The name of the [`DeadReason`].
    pub reason: String,
    /// The reason in words.
    pub detail: String,
    /// Where it was in the buffer: shard and message, or a place in the journal.
    pub origin: String,
    /// The entry, as the buffer had it.
    #[serde(skip)]
    pub entry: Vec<u8>,
}

impl DeadLetter {
    /// Whether what is in it can be read; if not, it can be looked at on the disk, or removed.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.reason != DeadReason::LetterUnreadable.name()
    }
}

/// Why dead letters cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DeadLettersError {
    /// There are as many as may be.
    #[error(
        "there are {0} dead letters, as many as `consume.dead_letters_max` allows: see \
         `dataview dead-letters list`, then replay or remove them"
    )]
    Full(usize),
    /// Redis does not do it.
    #[error("Redis: {0}")]
    Redis(String),
    /// What is in a letter cannot be read, so nobody can store it.
    #[error("a dead letter cannot be replayed: {0}; mend the file, or remove the letter")]
    Unreadable(String),
    /// The disk does not do it.
    #[error("{path}: {error}", path = path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

/// Where dead letters are kept.
#[derive(Debug, Clone)]
pub struct DeadLetters(Place);

#[derive(Debug, Clone)]
enum Place {
    Streams(Arc<Streams>),
    Files(Files),
}

impl DeadLetters {
    /// Where these `settings` keep them.
    ///
    /// # Errors
    /// When the address of Redis makes no sense, or the folder cannot be made.
    pub fn open(settings: &Settings) -> Result<Self, DeadLettersError> {
        let max = settings.dead_letters_max;
        match &settings.source {
            Source::Redis(redis) => {
                let streams = Streams::new(&redis.address, redis.shards, max)?;
                Ok(Self(Place::Streams(Arc::new(streams))))
            }
            Source::Journal(journal) => {
                Files::open(&journal.state_dir, max).map(|files| Self(Place::Files(files)))
            }
        }
    }

    /// The oldest ones of each shard, at most `max` of it. One that cannot be read is among them, and
    /// says so as its reason.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn list(&self, max: usize) -> Result<Vec<DeadLetter>, DeadLettersError> {
        match &self.0 {
            Place::Streams(streams) => streams.list(max).await,
            Place::Files(files) => files.list(max),
        }
    }

    /// At most `max` behind the one called `after`, in a fixed order: by shard, the oldest first. One
    /// that cannot be read is told with the reason [`DeadReason::LetterUnreadable`] and without its entry.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn page(
        &self,
        after: Option<&str>,
        max: usize,
    ) -> Result<Vec<DeadLetter>, DeadLettersError> {
        match &self.0 {
            Place::Streams(streams) => streams.page(after, max).await,
            Place::Files(files) => files.page(after, max),
        }
    }

    /// The one called `id`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn get(&self, id: &str) -> Result<Option<DeadLetter>, DeadLettersError> {
        match &self.0 {
            Place::Streams(streams) => streams.get(id).await,
            Place::Files(files) => files.get(id),
        }
    }

    /// How many there are.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub async fn count(&self) -> Result<u64, DeadLettersError> {
        match &self.0 {
            Place::Streams(streams) => streams.count().await,
            Place::Files(files) => files.count(),
        }
    }

    /// Gives `letter` to the consumers once more, and takes it out of the dead letters. With Redis
    /// it goes to the end of its stream, where every group sees it a second time, as the protocol
    /// lets entries be seen.
    ///
    /// # Errors
    /// When it is not done; then the letter is still there.
    pub async fn replay(&self, letter: &DeadLetter) -> Result<(), DeadLettersError> {
        match &self.0 {
            Place::Streams(streams) => streams.replay(letter).await,
            Place::Files(files) => files.replay(letter),
        }
    }

    /// Removes `letter` for good.
    ///
    /// # Errors
    /// When it is not done.
    pub async fn remove(&self, letter: &DeadLetter) -> Result<(), DeadLettersError> {
        match &self.0 {
            Place::Streams(streams) => streams.remove(letter).await,
            Place::Files(files) => files.remove(letter),
        }
    }

    pub(super) async fn add(&self, dead: &Dead) -> Result<(), DeadLettersError> {
        match &self.0 {
            Place::Streams(streams) => streams.add(dead).await,
            Place::Files(files) => files.add(dead),
        }
    }

    pub(super) fn files(&self) -> Option<&Files> {
        match &self.0 {
            Place::Streams(_) => None,
            Place::Files(files) => Some(files),
        }
    }
}
