//! Errors by fingerprint, and their occurrences.

use super::ask;
use crate::model::SessionId;
use crate::sketch::Uniques;
use crate::store::sqlite::catalog::Catalog;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::{DayFile, signed, unsigned};
use crate::store::sqlite::limits::ERROR_GROUPS_MAX;
use crate::store::{ErrorGroup, ErrorOccurrence, Range, StoreError};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::time::Instant;

/// Errors that are one, while they are gathered.
#[derive(Debug, Default, Clone)]
pub(in crate::store::sqlite) struct Group {
    pub(in crate::store::sqlite) kind: String,
    pub(in crate::store::sqlite) r#type: String,
    pub(in crate::store::sqlite) message: String,
    pub(in crate::store::sqlite) count: u64,
    pub(in crate::store::sqlite) sessions: Uniques,
    pub(in crate::store::sqlite) users: Uniques,
    pub(in crate::store::sqlite) first_at: i64,
    pub(in crate::store::sqlite) last_at: i64,
    pub(in crate::store::sqlite) releases: (Option<String>, Option<String>),
}

/// Groups by fingerprint, as SQLite keeps it.
#[derive(Debug, Default)]
pub(in crate::store::sqlite) struct Groups(pub(in crate::store::sqlite) BTreeMap<i64, Group>);

/// Every error that there was, counted by what is kept of a day, or one by one where the range
/// ends within it.
pub(in crate::store::sqlite) fn errors(
    catalog: &Catalog,
    deadline: Instant,
    app: &str,
    range: Range,
) -> Result<Vec<ErrorGroup>, StoreError> {
    let mut sum = Groups::default();
    for file in catalog.all() {
        if !file.is_active_in(range) {
            continue;
        }
        let is_whole = is_whole(&file, range);
        let of_file = ask(&file, deadline, |connection| {
            let Some(app) = super::series::app(connection, app)? else {
                return Ok(Groups::default());
            };
            // A day without raw data counts wholly.
            if file.name.is_rolled_up || (is_whole && !is_dirty(connection, app)?) {
                Groups::stored(connection, app)
            } else {
                Groups::count(connection, app, range)
            }
        })?;
        of_file.unwrap_or_default().0.into_iter().for_each(|(print, group)| sum.add(print, group));
    }
    let mut groups: Vec<ErrorGroup> = sum.0.into_iter().map(told).collect();
    groups.sort_by(|a, b| b.count.cmp(&a.count).then(a.fingerprint.cmp(&b.fingerprint)));
    groups.truncate(ERROR_GROUPS_MAX);
    Ok(groups)
}

fn is_whole(file: &DayFile, range: Range) -> bool {
    file.facts()
        .active
        .is_some_and(|(first, last)| signed(range.from_ms) <= first && last < signed(range.to_ms))
}

fn is_dirty(connection: &Connection, app: i64) -> Result<bool, Fault> {
    let mut ask = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM dirty WHERE step = 0 AND app = ?)")?;
    Ok(ask.query_row([app], |row| row.get(0))?)
}

fn told((fingerprint, group): (i64, Group)) -> ErrorGroup {
    ErrorGroup {
        fingerprint: fingerprint.cast_unsigned(),
        kind: group.kind,
        r#type: group.r#type,
        message: group.message,
        count: group.count,
        sessions: group.sessions.estimate(),
        users: group.users.estimate(),
        first_at_ms: unsigned(group.first_at),
        last_at_ms: unsigned(group.last_at),
        releases: group.releases,
    }
}

impl Groups {
    fn add(&mut self, fingerprint: i64, more: Group) {
        match self.0.get_mut(&fingerprint) {
            None => {
                self.0.insert(fingerprint, more);
            }
            Some(group) => group.merge(more),
        }
    }

    /// What is kept of a day.
    fn stored(connection: &Connection, app: i64) -> Result<Self, Fault> {
        let mut ask = connection.prepare_cached(
            "SELECT fingerprint, kind, type, message, count, sessions, users, first_at, last_at, \
             first_release, last_release FROM error_groups WHERE app = ?",
        )?;
        let mut rows = ask.query([app])?;
        let mut groups = Self::default();
        while let Some(row) = rows.next()? {
            let (sessions, users): (Vec<u8>, Vec<u8>) = (row.get(5)?, row.get(6)?);
            groups.0.insert(
                row.get(0)?,
                Group {
                    kind: row.get(1)?,
                    r#type: row.get(2)?,
                    message: row.get(3)?,
                    count: unsigned(row.get(4)?),
                    sessions: Uniques::from_bytes(&sessions)?,
                    users: Uniques::from_bytes(&users)?,
                    first_at: row.get(7)?,
                    last_at: row.get(8)?,
                    releases: (row.get(9)?, row.get(10)?),
                },
            );
        }
        Ok(groups)
    }

    /// Counts them one by one.
    pub(in crate::store::sqlite) fn count(
        connection: &Connection,
        app: i64,
        range: Range,
    ) -> Result<Self, Fault> {
        let mut ask = connection.prepare_cached(
            "SELECT e.fingerprint, e.at, e.kind, e.type, e.message, s.id, s.user, s.release \
             FROM errors e JOIN sessions s ON s.pk = e.session \
             WHERE e.app = ? AND e.at >= ? AND e.at < ?",
        )?;
        let mut rows = ask.query((app, signed(range.from_ms), signed(range.to_ms)))?;
        let mut groups = Self::default();
        while let Some(row) = rows.next()? {
            let (at, release): (i64, Option<String>) = (row.get(1)?, row.get(7)?);
            let mut one = Group {
                kind: row.get(2)?,
                r#type: row.get(3)?,
                message: row.get(4)?,
                count: 1,
                first_at: at,
                last_at: at,
                releases: (release.clone(), release),
                ..Group::default()
            };
            one.sessions.add(hash(&row.get::<_, [u8; 16]>(5)?));
            if let Some(user) = row.get::<_, Option<String>>(6)? {
                one.users.add(hash(user.as_bytes()));
            }
            groups.add(row.get(0)?, one);
        }
        Ok(groups)
    }
}

impl Group {
    fn merge(&mut self, more: Self) {
        self.count += more.count;
        self.sessions.merge(&more.sessions);
        self.users.merge(&more.users);
        if more.first_at < self.first_at {
            self.first_at = more.first_at;
            self.releases.0 = more.releases.0.or(self.releases.0.take());
        }
        if more.last_at >= self.last_at {
            self.last_at = more.last_at;
            self.releases.1 = more.releases.1.or(self.releases.1.take());
            (self.kind, self.r#type, self.message) = (more.kind, more.r#type, more.message);
        }
    }
}

/// The same in every process and version: it is stored in sketches.
fn hash(bytes: &[u8]) -> u64 {
    let digest = Sha256::digest(bytes);
    digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

/// The occurrences of a fingerprint, the newest first.
pub(in crate::store::sqlite) fn occurrences(
    catalog: &Catalog,
    deadline: Instant,
    app: &str,
    fingerprint: u64,
    range: Range,
    limit: usize,
) -> Result<Vec<ErrorOccurrence>, StoreError> {
    let mut found = Vec::new();
    for file in catalog.raw() {
        if !file.is_active_in(range) {
            continue;
        }
        let of_file = ask(&file, deadline, |connection| {
            let mut ask = connection.prepare_cached(
                "SELECT s.id, e.sequence, e.at, e.page, s.user, s.release \
                 FROM errors e JOIN sessions s ON s.pk = e.session \
                 WHERE e.app = (SELECT id FROM apps WHERE name = ?) AND e.fingerprint = ? \
                 AND e.at >= ? AND e.at < ? ORDER BY e.at DESC LIMIT ?",
            )?;
            let (from, to) = (signed(range.from_ms), signed(range.to_ms));
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = ask.query_map((app, fingerprint.cast_signed(), from, to, limit), |row| {
                Ok(ErrorOccurrence {
                    session: SessionId(row.get(0)?),
                    sequence: row.get::<_, i64>(1)?.cast_unsigned(),
                    at_ms: unsigned(row.get(2)?),
                    page: row.get(3)?,
                    user: row.get(4)?,
                    release: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })?;
        found.extend(of_file.unwrap_or_default());
    }
    found.sort_by_key(|occurrence| std::cmp::Reverse(occurrence.at_ms));
    found.truncate(limit);
    Ok(found)
}
