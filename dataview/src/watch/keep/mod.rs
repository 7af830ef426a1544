//! What rules remember, incidents, silences and notices, in a small file of its own beside the store.
//!
//! A minute is judged and written in one transaction: how far each rule has come, what it remembers,
//! the incidents, and the notices that are to be sent. A crash at any moment repeats the minute as a
//! whole or not at all, so no incident and no notice is made twice or lost.

mod incidents;
mod minute;
mod notices;
mod rules;
mod series;
mod silences;

pub use incidents::{IncidentsAsk, Shown};
pub use minute::{Judged, Minute};
pub use notices::{DeliveryState, Due, NoticeDelivery};
pub use rules::KeptRule;
pub use series::SeriesKey;

use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// The version of the tables below.
const VERSION: i64 = 1;

const TABLES: &str = "
    CREATE TABLE rule (
        name TEXT PRIMARY KEY, definition TEXT NOT NULL,
        changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE progress (rule TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE track (
        rule TEXT NOT NULL, value TEXT NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (rule, value)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE incident (
        id INTEGER PRIMARY KEY, app TEXT NOT NULL, state TEXT NOT NULL,
        opened_at INTEGER NOT NULL, resolved_at INTEGER, document TEXT NOT NULL
    ) STRICT;
    CREATE INDEX incident_state ON incident (state, resolved_at);
    CREATE INDEX incident_app ON incident (app, id);
    CREATE TABLE line (
        incident INTEGER NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
        sequence INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (incident, sequence)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE silence (
        id INTEGER PRIMARY KEY, ends_at INTEGER NOT NULL, document TEXT NOT NULL
    ) STRICT;
    CREATE TABLE notice (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE, incident INTEGER NOT NULL, channel TEXT NOT NULL,
        kind TEXT NOT NULL, document TEXT NOT NULL, state TEXT NOT NULL,
        made_at INTEGER NOT NULL, next_at INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
        error TEXT, ended_at INTEGER
    ) STRICT;
    CREATE INDEX notice_waiting ON notice (channel, number) WHERE state = 'waiting';
    CREATE INDEX notice_incident ON notice (incident);
    CREATE TABLE series (
        app TEXT NOT NULL, measure TEXT NOT NULL, dimension TEXT NOT NULL, value TEXT NOT NULL,
        until INTEGER NOT NULL, snapshot BLOB NOT NULL,
        PRIMARY KEY (app, measure, dimension, value)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE number (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
";

/// Why the file did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// It cannot be read or written.
    #[error("the file of incidents: {0}")]
    File(String),
    /// A newer version has written it.
    #[error("the file of incidents has version {found}, this dataview knows {VERSION}")]
    Newer {
        /// The version that it has.
        found: i64,
    },
    /// There is something of that name already.
    #[error("there is a rule {0} already")]
    Exists(String),
    /// There is none.
    #[error("there is no {0}")]
    Unknown(String),
    /// There are too many.
    #[error("there are {0}, the most that there may be")]
    TooMany(String),
}

impl From<rusqlite::Error> for KeepError {
    fn from(error: rusqlite::Error) -> Self {
        Self::File(error.to_string())
    }
}

impl From<serde_json::Error> for KeepError {
    fn from(error: serde_json::Error) -> Self {
        Self::File(format!("something in it cannot be read: {error}"))
    }
}

/// The file.
#[derive(Debug, Clone)]
pub struct Keep {
    // A minute's transaction takes some ms, so one connection serves all.
    connection: Arc<Mutex<Connection>>,
    /// Tells when there are new notices.
    noticed: Arc<watch::Sender<u64>>,
    /// Tells when a rule is changed.
    ruled: Arc<watch::Sender<u64>>,
}

impl Keep {
    /// Opens the file at `path`, and makes it, readable by its owner alone, when it is not there.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn open(path: &Path) -> Result<Self, KeepError> {
        let file = |error: std::io::Error| KeepError::File(format!("{}: {error}", path.display()));
        OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(file)?;
        let mut connection = Connection::open(path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
        )?;
        let transaction = connection.transaction()?;
        match transaction.query_row("PRAGMA user_version", [], |row| row.get(0))? {
            VERSION => {}
            0 => {
                transaction.execute_batch(TABLES)?;
                transaction.pragma_update(None, "user_version", VERSION)?;
            }
            found => return Err(KeepError::Newer { found }),
        }
        transaction.commit()?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            noticed: Arc::new(watch::Sender::new(0)),
            ruled: Arc::new(watch::Sender::new(0)),
        })
    }

    /// Tells when there are new notices.
    #[must_use]
    pub fn noticed(&self) -> watch::Receiver<u64> {
        self.noticed.subscribe()
    }

    /// Tells when a rule of the API is made, changed or removed.
    #[must_use]
    pub fn ruled(&self) -> watch::Receiver<u64> {
        self.ruled.subscribe()
    }

    /// What was left out, by reason; nothing while the file cannot be read.
    #[must_use]
    pub fn dropped(&self) -> Vec<(String, u64)> {
        let numbers = self.numbers().unwrap_or_default();
        numbers.into_iter().filter(|(name, _)| name.starts_with("alert_")).collect()
    }

    /// What is counted, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn numbers(&self) -> Result<BTreeMap<String, u64>, KeepError> {
        let connection = self.lock();
        let mut all = connection.prepare_cached("SELECT name, value FROM number")?;
        let rows = all.query_map([], |row| Ok((row.get(0)?, unsigned(row.get(1)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Adds to one of the [`numbers`](Self::numbers).
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn count(&self, name: &str, more: u64) -> Result<(), KeepError> {
        count(&self.lock(), name, more)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A transaction that did not end was rolled back when it was dropped.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(connection: &Connection, name: &str, more: u64) -> Result<(), KeepError> {
    if more == 0 {
        return Ok(());
    }
    let sql = "INSERT INTO number (name, value) VALUES (?1, ?2)
               ON CONFLICT (name) DO UPDATE SET value = value + ?2";
    connection.prepare_cached(sql)?.execute(params![name, signed(more)])?;
    Ok(())
}

fn number(connection: &Connection, name: &str) -> Result<u64, KeepError> {
    let mut ask = connection.prepare_cached("SELECT value FROM number WHERE name = ?")?;
    Ok(ask.query_row([name], |row| row.get(0)).optional()?.map_or(0, unsigned))
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
