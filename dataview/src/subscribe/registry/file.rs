//! The file of the subscriptions, and a row of it.

use super::RegistryError;
use crate::store::FeedCursor;
use crate::subscribe::definition::Name;
use crate::subscribe::signature::Secret;
use crate::subscribe::subscription::{OldSecret, Progress, Subscription};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The version of the table below.
const VERSION: i64 = 2;

const TABLES: &str = "
    CREATE TABLE subscriptions (
        name TEXT PRIMARY KEY,
        definition TEXT NOT NULL,
        secret BLOB,
        cursor TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        lines INTEGER NOT NULL DEFAULT 0,
        progressed_at INTEGER,
        failures INTEGER NOT NULL DEFAULT 0,
        error TEXT,
        paused INTEGER NOT NULL DEFAULT 0,
        old_secret BLOB,
        old_secret_until INTEGER NOT NULL DEFAULT 0,
        attempt TEXT,
        epoch INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
";

/// From version 1, whose errors were sentences.
const TO_2: &str = "
    ALTER TABLE subscriptions ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE subscriptions ADD COLUMN old_secret BLOB;
    ALTER TABLE subscriptions ADD COLUMN old_secret_until INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE subscriptions ADD COLUMN attempt TEXT;
    ALTER TABLE subscriptions ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
    UPDATE subscriptions SET error = NULL;
";

/// Opens the file, and makes it when it is not there. It holds secrets: only its owner may read it.
pub(super) fn open(path: &Path) -> Result<Connection, RegistryError> {
    let file = |error: std::io::Error| RegistryError::File(format!("{}: {error}", path.display()));
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true).mode(0o600).open(path).map_err(file)?;
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match transaction.query_row("PRAGMA user_version", [], |row| row.get(0))? {
        VERSION => {}
        0 => transaction.execute_batch(TABLES)?,
        1 => transaction.execute_batch(TO_2)?,
        found => return Err(RegistryError::Newer { found, known: VERSION }),
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(connection)
}

const SELECT: &str = "SELECT name, definition, secret, cursor, created_at, lines, progressed_at, \
                      failures, error, paused, old_secret, old_secret_until, attempt, epoch \
                      FROM subscriptions";

/// The one called `name`.
pub(super) fn find(connection: &Connection, name: &Name) -> Result<Subscription, RegistryError> {
    let sql = format!("{SELECT} WHERE name = ?");
    let found = connection.query_row(&sql, [name.as_str()], read).optional()?;
    found.flatten().ok_or_else(|| RegistryError::Unknown(name.clone()))
}

/// All of them, by name.
pub(super) fn all(connection: &Connection) -> Result<Vec<Subscription>, RegistryError> {
    let mut statement = connection.prepare(&format!("{SELECT} ORDER BY name"))?;
    let rows: Result<Vec<_>, _> = statement.query_map([], read)?.collect();
    Ok(rows?.into_iter().flatten().collect())
}

/// A row; `None` when somebody else has written something that is none.
fn read(row: &Row<'_>) -> Result<Option<Subscription>, rusqlite::Error> {
    let text = |at| row.get::<_, String>(at);
    let unsigned = |at| row.get::<_, i64>(at).map(|number| u64::try_from(number).unwrap_or(0));
    let secret = |at| {
        let bytes: Option<Vec<u8>> = row.get(at)?;
        Ok::<_, rusqlite::Error>(bytes.and_then(|bytes| Secret::from_bytes(&bytes)))
    };
    let parts =
        (Name::parse(&text(0)?), serde_json::from_str(&text(1)?), text(3)?.parse::<FeedCursor>());
    let (Ok(name), Ok(definition), Ok(cursor)) = parts else { return Ok(None) };
    let at_ms: Option<i64> = row.get(6)?;
    let (error, attempt): (Option<String>, Option<String>) = (row.get(8)?, row.get(12)?);
    let until_ms = unsigned(11)?;
    Ok(Some(Subscription {
        name,
        definition,
        paused: row.get(9)?,
        secret: secret(2)?,
        old_secret: secret(10)?.map(|secret| OldSecret { secret, until_ms }),
        cursor,
        // One that cannot be read is as good as none: what was sent comes under another name.
        attempt: attempt.and_then(|text| text.parse().ok()),
        epoch: unsigned(13)?,
        created_at_ms: unsigned(4)?,
        progress: Progress {
            lines: unsigned(5)?,
            at_ms: at_ms.map(|at| u64::try_from(at).unwrap_or(0)),
            failures: unsigned(7)?,
            error: error.and_then(|text| serde_json::from_str(&text).ok()),
        },
    }))
}

/// A number as SQLite keeps it.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
