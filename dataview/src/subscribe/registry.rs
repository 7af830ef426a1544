//! The subscriptions, kept in a small file of their own beside the store.
//!
//! The file holds the secrets of webhooks, which must be known to sign: only its owner may read it.

use super::definition::{Definition, Delivery, Name, WrongDefinition};
use super::limits::{ERROR_CHARS_MAX, SUBSCRIPTIONS_MAX};
use super::signature::Secret;
use crate::store::FeedCursor;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS subscriptions (
        name TEXT PRIMARY KEY,
        definition TEXT NOT NULL,
        secret BLOB,
        cursor TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        lines INTEGER NOT NULL DEFAULT 0,
        progressed_at INTEGER,
        failures INTEGER NOT NULL DEFAULT 0,
        error TEXT
    ) WITHOUT ROWID;
    PRAGMA user_version = 1;
";

/// A subscription and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its name.
    pub name: Name,
    /// What it asks for.
    pub definition: Definition,
    /// What its webhook's bodies are signed with.
    pub secret: Option<Secret>,
    /// Behind what its subscriber is known to have.
    pub cursor: FeedCursor,
    /// When it was made, in ms since the Unix epoch.
    pub created_at_ms: u64,
    /// How it goes.
    pub progress: Progress,
}

/// How a subscription goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Lines that were delivered, or pulled and acknowledged.
    pub lines: u64,
    /// When the last of them were, in ms since the Unix epoch.
    pub at_ms: Option<u64>,
    /// Deliveries that have failed since.
    pub failures: u64,
    /// Why the last one did.
    pub error: Option<String>,
}

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
}

impl Registry {
    /// Opens the file at `path`, and makes it when it is not there.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn open(path: &Path) -> Result<Self, RegistryError> {
        let file =
            |error: std::io::Error| RegistryError::File(format!("{}: {error}", path.display()));
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600).open(path).map_err(file)?;
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.execute_batch(TABLES)?;
        Ok(Self { connection: Mutex::new(connection), changes: watch::Sender::new(0) })
    }

    /// Tells of what is added, changed and removed.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
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
            Delivery::Webhook { .. } => {
                Some(Secret::new().map_err(|error| RegistryError::File(error.to_string()))?)
            }
        };
        let connection = self.connection();
        let count: i64 =
            connection.query_row("SELECT count(*) FROM subscriptions", [], |row| row.get(0))?;
        if number(SUBSCRIPTIONS_MAX as u64) <= count {
            return Err(RegistryError::TooMany);
        }
        let added = connection.execute(
            "INSERT INTO subscriptions (name, definition, secret, cursor, created_at)
             VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            params![
                name.as_str(),
                serde_json::to_string(&definition).unwrap_or_default(),
                secret.as_ref().map(Secret::bytes),
                cursor.to_string(),
                number(now_ms),
            ],
        )?;
        drop(connection);
        if added == 0 {
            return Err(RegistryError::Exists(name));
        }
        self.changed();
        let progress = Progress::default();
        Ok(Subscription { name, definition, secret, cursor, created_at_ms: now_ms, progress })
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
        let connection = self.connection();
        let mut statement = connection.prepare(&format!("{SELECT} ORDER BY name"))?;
        let rows = statement.query_map([], read)?;
        let rows: Result<Vec<_>, _> = rows.collect();
        Ok(rows?.into_iter().flatten().collect())
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
        if now.created_at_ms != read.created_at_ms || now.cursor.from_ms != cursor.from_ms {
            return Ok(());
        }
        let furthest = now.cursor.furthest(cursor);
        if furthest == now.cursor {
            return Ok(());
        }
        let lines = lines.max(now.progress.lines);
        moved(&connection, &now, &furthest, lines, now_ms)
    }

    /// A delivery has failed.
    ///
    /// # Errors
    /// When there is no such subscription.
    pub fn failed(&self, name: &Name, error: &str) -> Result<(), RegistryError> {
        let error: String = error.chars().take(ERROR_CHARS_MAX).collect();
        let sql = "UPDATE subscriptions SET failures = failures + 1, error = ?2 WHERE name = ?1";
        self.changed_one(name, sql, params![name.as_str(), error])
    }

    /// Reads on from `cursor`, which may be behind or before where it was.
    ///
    /// # Errors
    /// When there is no such subscription.
    pub fn restart(&self, name: &Name, cursor: &FeedCursor) -> Result<(), RegistryError> {
        let sql = "UPDATE subscriptions SET cursor = ?2 WHERE name = ?1";
        self.changed_one(name, sql, params![name.as_str(), cursor.to_string()])?;
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

const SELECT: &str = "SELECT name, definition, secret, cursor, created_at, lines, progressed_at, \
                      failures, error FROM subscriptions";

fn find(connection: &Connection, name: &Name) -> Result<Subscription, RegistryError> {
    let sql = format!("{SELECT} WHERE name = ?");
    let found = connection.query_row(&sql, [name.as_str()], read).optional()?;
    found.flatten().ok_or_else(|| RegistryError::Unknown(name.clone()))
}

fn moved(
    connection: &Connection,
    from: &Subscription,
    cursor: &FeedCursor,
    lines: u64,
    now_ms: u64,
) -> Result<(), RegistryError> {
    let sql = "UPDATE subscriptions SET cursor = ?4, lines = ?5, progressed_at = ?6,
               failures = 0, error = NULL WHERE name = ?1 AND created_at = ?2 AND cursor = ?3";
    connection.execute(
        sql,
        params![
            from.name.as_str(),
            number(from.created_at_ms),
            from.cursor.to_string(),
            cursor.to_string(),
            number(lines),
            number(now_ms)
        ],
    )?;
    Ok(())
}

/// A row; `None` when somebody else has written something that is none.
fn read(row: &Row<'_>) -> Result<Option<Subscription>, rusqlite::Error> {
    let text = |at| row.get::<_, String>(at);
    let unsigned = |at| row.get::<_, i64>(at).map(|number| u64::try_from(number).unwrap_or(0));
    let parts =
        (Name::parse(&text(0)?), serde_json::from_str(&text(1)?), text(3)?.parse::<FeedCursor>());
    let (Ok(name), Ok(definition), Ok(cursor)) = parts else { return Ok(None) };
    let secret: Option<Vec<u8>> = row.get(2)?;
    let at_ms: Option<i64> = row.get(6)?;
    Ok(Some(Subscription {
        name,
        definition,
        secret: secret.and_then(|bytes| Secret::from_bytes(&bytes)),
        cursor,
        created_at_ms: unsigned(4)?,
        progress: Progress {
            lines: unsigned(5)?,
            at_ms: at_ms.map(|at| u64::try_from(at).unwrap_or(0)),
            failures: unsigned(7)?,
            error: row.get(8)?,
        },
    }))
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
