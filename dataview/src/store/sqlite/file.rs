//! The file of a day: what is known of it, and connections for readers.

use super::day::Name;
use super::fault::Fault;
use super::limits::{IDLE_READERS_MAX, READ_CHECK_OPS};
use super::{making, schema};
use crate::store::Range;
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The file of a day, or of a part of it.
#[derive(Debug)]
pub(super) struct DayFile {
    pub(super) name: Name,
    pub(super) path: PathBuf,
    known: Mutex<Known>,
    idle: Mutex<Vec<Connection>>,
}

#[derive(Debug, Default, Clone)]
struct Known {
    facts: DayFacts,
    damage: Option<String>,
}

/// What a day has, to pass over it where a question is not about it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct DayFacts {
    pub(super) frames: u64,
    /// Spans, hops and log lines.
    pub(super) others: u64,
    /// The first and the last minute that are rolled up.
    pub(super) minutes: Option<(i64, i64)>,
    /// The first and the last time of its sessions, in ms.
    pub(super) active: Option<(i64, i64)>,
}

impl DayFile {
    /// A file that is there.
    pub(super) fn new(name: Name, path: PathBuf) -> Self {
        Self { name, path, known: Mutex::default(), idle: Mutex::default() }
    }

    /// Reads what it has; a damaged one, or one that the disk does not give, is marked. `false` when
    /// it has nothing at all: its making was interrupted, by a version that made files in place.
    pub(super) fn look(&self) -> Result<bool, Fault> {
        let length = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len());
        if self.path.is_file() && length(&self.path) == 0 {
            if length(&making::log_of(&self.path)) == 0 {
                return Ok(false);
            }
            // SQLite would throw the log away.
            self.set_damage(&Fault::Stored("write-ahead log beside an empty file"));
            return Ok(true);
        }
        if schema::is_unmade(&self.path) {
            return Ok(false);
        }
        if let Some(facts) = self.read_beside(DayFacts::read)? {
            self.set_facts(facts);
        }
        Ok(true)
    }

    pub(super) fn facts(&self) -> DayFacts {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).facts
    }

    pub(super) fn set_facts(&self, facts: DayFacts) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).facts = facts;
    }

    /// What is wrong with it.
    pub(super) fn damage(&self) -> Option<String> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).damage.clone()
    }

    /// Takes it out of service: the others go on.
    pub(super) fn set_damage(&self, fault: &Fault) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.damage.is_none() {
            tracing::error!(file = %self.path.display(), %fault, "a day of the store is damaged");
            known.damage = Some(fault.to_string());
        }
    }

    /// Whether sessions were active in `range`.
    pub(super) fn is_active_in(&self, range: Range) -> bool {
        let (from, to) = (signed(range.from_ms), signed(range.to_ms));
        self.facts().active.is_some_and(|(first, last)| first < to && last >= from)
    }

    /// Whether minutes of `from` to before `to` are rolled up in it.
    pub(super) fn has_minutes(&self, from: i64, to: i64) -> bool {
        self.facts().minutes.is_some_and(|(first, last)| first < to && last >= from)
    }

    /// Asks it. `None` when it is damaged, which is told once and shown by the store's state;
    /// a question that runs past `deadline` is stopped.
    pub(super) fn read<T>(
        &self,
        deadline: Option<Instant>,
        ask: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        if self.damage().is_some() {
            return Ok(None);
        }
        match self.try_read(deadline, ask) {
            Ok(answer) => Ok(Some(answer)),
            Err(fault) if fault.is_damage() => {
                self.set_damage(&fault);
                Ok(None)
            }
            Err(fault) => Err(fault),
        }
    }

    /// Asks it for the sake of others, which one file must not hold up: one that the disk does not
    /// give is taken for damaged as well.
    pub(super) fn read_beside<T>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        match self.read(None, ask) {
            Err(fault) if fault.is_of_file(&self.path) => {
                self.set_damage(&fault);
                Ok(None)
            }
            answer => answer,
        }
    }

    fn try_read<T>(
        &self,
        deadline: Option<Instant>,
        ask: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => schema::open_to_read(&self.path)?,
        };
        let is_over = deadline.map(|deadline| move || Instant::now() >= deadline);
        connection.progress_handler(READ_CHECK_OPS, is_over)?;
        let answer = ask(&connection)?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS_MAX {
            idle.push(connection);
        }
        Ok(answer)
    }

    /// Bytes on the disk.
    pub(super) fn bytes(&self) -> u64 {
        let of = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len());
        of(&self.path) + of(&making::log_of(&self.path))
    }

    /// Lets go of connections, so that the file can go.
    pub(super) fn close(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl DayFacts {
    /// Whether anything was stored.
    pub(super) fn has_any(&self) -> bool {
        self.frames + self.others > 0
    }

    pub(super) fn read(connection: &Connection) -> Result<Self, Fault> {
        let mut ask = connection.prepare_cached(
            "SELECT frames, others, minute_from, minute_to, active_from, active_to FROM day",
        )?;
        Ok(ask.query_row([], |row| {
            let pair = |from: Option<i64>, to: Option<i64>| from.zip(to);
            Ok(Self {
                frames: unsigned(row.get(0)?),
                others: unsigned(row.get(1)?),
                minutes: pair(row.get(2)?, row.get(3)?),
                active: pair(row.get(4)?, row.get(5)?),
            })
        })?)
    }

    pub(super) fn write(&self, connection: &Connection) -> Result<(), Fault> {
        let (minutes, active) = (self.minutes.unzip(), self.active.unzip());
        connection
            .prepare_cached(
                "UPDATE day SET frames = ?, others = ?, minute_from = ?, minute_to = ?, \
                 active_from = ?, active_to = ?",
            )?
            .execute((
                signed(self.frames),
                signed(self.others),
                minutes.0,
                minutes.1,
                active.0,
                active.1,
            ))?;
        Ok(())
    }
}

/// Widens a pair of the first and the last.
pub(super) fn widen(pair: &mut Option<(i64, i64)>, first: i64, last: i64) {
    let (from, to) = pair.unwrap_or((first, last));
    *pair = Some((from.min(first), to.max(last)));
}

/// As SQLite keeps it: its integers have a sign. No number that is counted or measured here comes
/// near the bound; identifiers go through `cast_signed` and come back as they were.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The way back.
pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
