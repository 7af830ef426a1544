//! The file: SQLite with the tables of accounts, tokens, sessions and the audit log.

use super::{AccessError, secret};
use rusqlite::{Connection, OptionalExtension, params};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

/// The version of the tables below.
const VERSION: i64 = 1;

/// How long a writer waits for another, such as `dataview users add` beside a server.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const TABLES: &str = "
    CREATE TABLE account (
        name TEXT PRIMARY KEY,
        role TEXT NOT NULL,
        apps TEXT,
        password TEXT NOT NULL,
        must_change INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        logged_in_at INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE session (
        hash BLOB PRIMARY KEY,
        account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
        created_at INTEGER NOT NULL,
        seen_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX session_account ON session (account, created_at);
    CREATE TABLE token (
        name TEXT PRIMARY KEY,
        hash BLOB NOT NULL UNIQUE,
        role TEXT NOT NULL,
        apps TEXT,
        created_at INTEGER NOT NULL,
        created_by TEXT NOT NULL,
        expires_at INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE audit (
        sequence INTEGER PRIMARY KEY,
        record TEXT NOT NULL,
        hash BLOB NOT NULL
    ) STRICT;
    CREATE TABLE key (purpose TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
";

/// Opens the file, and makes it when it is not there.
pub(super) fn open(path: &Path) -> Result<Connection, AccessError> {
    // Made before SQLite does, so that it is never readable by others.
    let made = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    made.map_err(|source| AccessError::Open { path: path.display().to_string(), source })?;
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Answers that depend on the audit log are given only when it is on the disk.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;",
    )?;
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    match transaction.query_row("PRAGMA user_version", [], |row| row.get(0))? {
        VERSION => {}
        0 => {
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        found => return Err(AccessError::Newer { found, known: VERSION }),
    }
    transaction.commit()?;
    Ok(connection)
}

/// The key for `purpose`; made when there is none.
pub(super) fn key(connection: &Connection, purpose: &str) -> Result<[u8; 32], AccessError> {
    let kept = connection
        .query_row("SELECT bytes FROM key WHERE purpose = ?", [purpose], |row| row.get(0))
        .optional()?;
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let key = secret::random::<32>()?;
    connection.execute("INSERT INTO key (purpose, bytes) VALUES (?, ?)", params![purpose, key])?;
    Ok(key)
}

/// How the applications of a scope are kept.
pub(super) fn apps_text(scope: &super::Scope) -> Option<String> {
    scope.apps().map(|apps| serde_json::Value::from(apps.to_vec()).to_string())
}

/// The scope that was kept. One that cannot be read has no application.
pub(super) fn scope(text: Option<String>) -> super::Scope {
    super::Scope::of(text.map(|text| serde_json::from_str(&text).unwrap_or_default()))
}
