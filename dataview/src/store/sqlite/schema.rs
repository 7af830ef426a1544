//! Opens files of days, and makes them.

use super::Durability;
use super::fault::Fault;
use super::limits::{CHECKPOINT_PAGES, READER_CACHE_KIB, WRITER_CACHE_KIB};
use super::making;
use crate::store::StoreError;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// The version of the tables, in `PRAGMA user_version`. Whoever changes kept.sql or raw.sql counts
/// it up and says how files of the version before are read.
///
/// 1: views without `placed`, roll-ups without what counts no more. Read as they are, and made into 2
/// when they are written to.
const VERSION: i64 = 2;

/// The first version whose views have places.
const WITH_PLACES: i64 = 2;

const KEPT: &str = include_str!("kept.sql");
const RAW: &str = include_str!("raw.sql");

/// Makes a day, with its tables and nothing in them.
pub(super) fn make_day(path: &Path) -> Result<(), Fault> {
    making::make(path, |making| {
        let connection = open(making, OpenFlags::SQLITE_OPEN_CREATE)?;
        make(&connection, &[KEPT, RAW])?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        Ok(connection.close().map_err(|(_, error)| error)?)
    })
}

/// Opens a day for writing.
pub(super) fn open_to_write(path: &Path, durability: Durability) -> Result<Connection, Fault> {
    let connection = open(path, OpenFlags::empty())?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(
        None,
        "synchronous",
        match durability {
            Durability::Power => "FULL",
            Durability::Process => "NORMAL",
        },
    )?;
    match version(&connection)? {
        VERSION => Ok(connection),
        1 => {
            let update = connection.unchecked_transaction()?;
            update.execute_batch("ALTER TABLE views ADD COLUMN placed BLOB")?;
            update.pragma_update(None, "user_version", VERSION)?;
            update.commit()?;
            Ok(connection)
        }
        found => Err(wrong_version(path, found)),
    }
}

/// Whether the views of a day have places.
pub(super) fn has_places(connection: &Connection) -> Result<bool, rusqlite::Error> {
    Ok(version(connection)? >= WITH_PLACES)
}

/// Makes a file that has roll-ups only, without a write-ahead log: it is complete before it gets
/// its name.
pub(super) fn make_rolled_up(path: &Path) -> Result<Connection, Fault> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_CREATE)?;
    make(&connection, &[KEPT])?;
    Ok(connection)
}

/// Opens a day for reading.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, Fault> {
    let connection = open(path, OpenFlags::empty())?;
    connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
    connection.pragma_update(None, "query_only", true)?;
    match version(&connection)? {
        1..=VERSION => Ok(connection),
        found => Err(wrong_version(path, found)),
    }
}

/// Whether nothing was ever written to it: the process was killed before it had its tables.
pub(super) fn is_unmade(path: &Path) -> bool {
    let is_empty = |connection: &Connection| -> Result<bool, rusqlite::Error> {
        let tables = "SELECT count(*) FROM sqlite_schema";
        let tables: i64 = connection.query_row(tables, [], |row| row.get(0))?;
        Ok(tables == 0 && version(connection)? == 0)
    };
    open(path, OpenFlags::empty()).is_ok_and(|connection| is_empty(&connection).unwrap_or(false))
}

fn open(path: &Path, more: OpenFlags) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = Connection::open_with_flags(path, flags)?;
    // Checkpoints and readers hold each other up for moments only.
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn make(connection: &Connection, tables: &[&str]) -> Result<(), Fault> {
    let make = connection.unchecked_transaction()?;
    tables.iter().try_for_each(|sql| make.execute_batch(sql))?;
    make.pragma_update(None, "user_version", VERSION)?;
    Ok(make.commit()?)
}

fn version(connection: &Connection) -> Result<i64, rusqlite::Error> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn wrong_version(path: &Path, found: i64) -> Fault {
    let place = path.display().to_string();
    Fault::Known(if found > VERSION {
        StoreError::Newer { place, found, known: VERSION }
    } else {
        StoreError::Damaged { place, what: format!("it has no tables of ours (version {found})") }
    })
}
