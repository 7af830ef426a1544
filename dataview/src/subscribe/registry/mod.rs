//! The subscriptions, kept in a small file of their own beside the store.
//!
//! The file holds the secrets of webhooks, which must be known to sign: only its owner may read it.

mod edit;
mod file;
mod waits;

pub use edit::Edit;
pub(super) use waits::Waiter;
pub use waits::WaitingForFile;

use super::definition::{Definition, Delivery, Name, WrongDefinition};
use super::limits::{ERROR_CHARS_MAX, SUBSCRIPTIONS_MAX};
use super::signature::Secret;
use super::subscription::{DeliveryError, Progress, Subscription};
use crate::store::FeedCursor;
use file::{find, number};
use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use waits::Waits;

/// Why the registry did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// There is one of that name.
    #[error("there is a subscription {0} already")]
    Exists(Name),
    /// There is none of that name.
    #[error("there is no subscription {0}")]
    Unknown(Name),
    /// There are too many.
    #[error("there are {SUBSCRIPTIONS_MAX} subscriptions, the most that there may be; remove one")]
    TooMany,
    /// It cannot be used.
    #[error(transparent)]
    Wrong(#[from] WrongDefinition),
    /// It is another one since it was looked at.
    #[error("the subscription {0} was changed by somebody else meanwhile; look at it again")]
    ChangedMeanwhile(Name),
    /// The file is of a version that is not known.
    #[error(
        "the file of the subscriptions has version {found}; this program knows {known} and older"
    )]
    Newer {
        /// Its version.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// The file cannot be read or written.
    #[error("the file of the subscriptions: {0}")]
    File(String),
}

impl From<rusqlite::Error> for RegistryError {
    fn from(error: rusqlite::Error) -> Self {
        Self::File(error.to_string())
    }
}

/// All subscriptions.
#[derive(Debug)]
pub struct Registry {
    connection: Mutex<Connection>,
    /// Counts what is added, changed and removed.
    changes: watch::Sender<u64>,
    waits: Waits,
}

impl Registry {
    /// Opens the file at `path`, and makes it when it is not there.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn open(path: &Path) -> Result<Self, RegistryError> {
        let connection = Mutex::new(file::open(path)?);
        Ok(Self { connection, changes: watch::Sender::new(0), waits: Waits::default() })
    }

    /// Tells of what is added, changed and removed.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Whether one could be added now.
    ///
    /// # Errors
    /// Why not, as [`add`](Self::add) would say.
    pub fn may_add(&self, name: &Name, definition: &Definition) -> Result<(), RegistryError> {
        definition.check()?;
        let connection = self.connection();
        match find(&connection, name) {
            Ok(_) => Err(RegistryError::Exists(name.clone())),
            Err(RegistryError::Unknown(_)) => has_room(&connection),
            Err(error) => Err(error),
        }
    }

    /// Adds one that begins at `cursor`. A webhook gets a secret.
    ///
    /// # Errors
    /// When it is wrong, there already, or one too many.
    pub fn add(
        &self,
        name: Name,
        definition: Definition,
        cursor: FeedCursor,
        now_ms: u64,
    ) -> Result<Subscription, RegistryError> {
        definition.check()?;
        let secret = match definition.delivery {
            Delivery::Pull => None,
            Delivery::Webhook { .. } => Some(random(Secret::new)?),
        };
        let epoch = random(new_epoch)?;
        let connection = self.connection();
        has_room(&connection)?;
        let added = connection.execute(
            "INSERT INTO subscriptions (name, definition, secret, cursor, created_at, epoch)
             VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            params![
                name.as_str(),
                serde_json::to_string(&definition).unwrap_or_default(),
                secret.as_ref().map(Secret::bytes),
                cursor.to_string(),
                number(now_ms),
                number(epoch),
            ],
        )?;
        drop(connection);
        if added == 0 {
            return Err(RegistryError::Exists(name));
        }
        self.changed();
        Ok(Subscription {
            name,
            definition,
            paused: false,
            secret,
            old_secret: None,
            cursor,
            attempt: None,
            epoch,
            created_at_ms: now_ms,
            progress: Progress::default(),
        })
    }

    /// The one called `name`.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, name: &Name) -> Result<Subscription, RegistryError> {
        find(&self.connection(), name)
    }

    /// All of them, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn all(&self) -> Result<Vec<Subscription>, RegistryError> {
        file::all(&self.connection())
    }

    /// Removes the one called `name`.
    ///
    /// # Errors
    /// When there is none.
    pub fn remove(&self, name: &Name) -> Result<(), RegistryError> {
        let sql = "DELETE FROM subscriptions WHERE name = ?";
        if self.connection().execute(sql, [name.as_str()])? == 0 {
            return Err(RegistryError::Unknown(name.clone()));
        }
        self.changed();
        Ok(())
    }

    /// The webhook of `read` has everything up to `cursor`, `lines` more than before. Nothing
    /// happens when it was told meanwhile to read on from elsewhere.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn progressed(
        &self,
        read: &Subscription,
        cursor: &FeedCursor,
        lines: u64,
        now_ms: u64,
    ) -> Result<(), RegistryError> {
        let lines = read.progress.lines.saturating_add(lines);
        moved(&self.connection(), read, cursor, lines, now_ms)
    }

    /// The subscriber of `read` has everything up to `cursor`, which is behind its line `lines`.
    /// Nothing goes backwards, and nothing is counted again.
    ///
    /// # Errors
    /// When there is no such subscription any more.
    pub fn acknowledged(
        &self,
        read: &Subscription,
        cursor: &FeedCursor,
        lines: u64,
        now_ms: u64,
    ) -> Result<(), RegistryError> {
        // What it is compared with must not change until it is written.
        let connection = self.connection();
        let now = find(&connection, &read.name)?;
        if now.epoch != read.epoch {
            return Ok(());
        }
        let furthest = now.cursor.furthest(cursor);
        if furthest == now.cursor {
            return Ok(());
        }
        let lines = lines.max(now.progress.lines);
        moved(&connection, &now, &furthest, lines, now_ms)
    }

    /// The webhook of `read` is about to be sent what lies before `end`. Until it has taken that, it is
    /// sent nothing else.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn attempting(&self, read: &Subscription, end: &FeedCursor) -> Result<(), RegistryError> {
        let sql = "UPDATE subscriptions SET attempt = ?4
                   WHERE name = ?1 AND epoch = ?2 AND cursor = ?3";
        let (name, epoch) = (read.name.as_str(), number(read.epoch));
        let values = params![name, epoch, read.cursor.to_string(), end.to_string()];
        self.connection().execute(sql, values)?;
        Ok(())
    }

    /// A delivery has failed.
    ///
    /// # Errors
    /// When there is no such subscription.
    pub fn failed(&self, name: &Name, error: &DeliveryError) -> Result<(), RegistryError> {
        let detail = error.detail.chars().take(ERROR_CHARS_MAX).collect();
        let error = DeliveryError { detail, ..error.clone() };
        let error = serde_json::to_string(&error).unwrap_or_default();
        let sql = "UPDATE subscriptions SET failures = failures + 1, error = ?2 WHERE name = ?1";
        self.changed_one(name, sql, params![name.as_str(), error])
    }

    /// Reads on from `cursor`, which may be behind or before where it was, or just there: it is another
    /// reading in any case.
    ///
    /// # Errors
    /// When there is no such subscription.
    pub fn restart(&self, name: &Name, cursor: &FeedCursor) -> Result<(), RegistryError> {
        let sql =
            "UPDATE subscriptions SET cursor = ?2, epoch = ?3, attempt = NULL WHERE name = ?1";
        let epoch = number(random(new_epoch)?);
        self.changed_one(name, sql, params![name.as_str(), cursor.to_string(), epoch])?;
        self.changed();
        Ok(())
    }

    fn changed_one(
        &self,
        name: &Name,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<(), RegistryError> {
        match self.connection().execute(sql, values)? {
            0 => Err(RegistryError::Unknown(name.clone())),
            _ => Ok(()),
        }
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has_room(connection: &Connection) -> Result<(), RegistryError> {
    let sql = "SELECT count(*) FROM subscriptions";
    let count: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    if count < number(SUBSCRIPTIONS_MAX as u64) { Ok(()) } else { Err(RegistryError::TooMany) }
}

/// What needs randomness.
fn random<T>(make: impl FnOnce() -> Result<T, getrandom::Error>) -> Result<T, RegistryError> {
    make().map_err(|error| RegistryError::File(error.to_string()))
}

/// A number that no reading before has had.
fn new_epoch() -> Result<u64, getrandom::Error> {
    // SQLite's numbers are signed.
    getrandom::u64().map(|number| number >> 1)
}

fn moved(
    connection: &Connection,
    from: &Subscription,
    cursor: &FeedCursor,
    lines: u64,
    now_ms: u64,
) -> Result<(), RegistryError> {
    let sql = "UPDATE subscriptions SET cursor = ?4, lines = ?5, progressed_at = ?6,
               failures = 0, error = NULL, attempt = NULL
               WHERE name = ?1 AND epoch = ?2 AND cursor = ?3";
    connection.execute(
        sql,
        params![
            from.name.as_str(),
            number(from.epoch),
            from.cursor.to_string(),
            cursor.to_string(),
            number(lines),
            number(now_ms)
        ],
    )?;
    Ok(())
}
