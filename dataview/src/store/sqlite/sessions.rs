//! Sessions as SQLite has them.

use super::fault::Fault;
use super::file::{signed, unsigned};
use crate::model::{SessionFacts, SessionId, UserChange};
use rusqlite::{Connection, OptionalExtension, Row};

/// The columns that [`facts`] reads, of the table `s`; the first is the number, the second the
/// identifier.
pub(super) const COLUMNS: &str = "s.pk, s.id, s.first_at, s.last_at, s.user, s.tier, s.first_page, \
    s.region, s.operator, s.device, s.os, s.browser, s.release, s.environment, s.events, s.views, \
    s.errors, s.calls, s.calls_failed";

/// Reads a row of [`COLUMNS`].
pub(super) fn facts(row: &Row<'_>) -> rusqlite::Result<SessionFacts> {
    let user: Option<String> = row.get(4)?;
    let tier = row.get(5)?;
    Ok(SessionFacts {
        first_at_ms: unsigned(row.get(2)?),
        last_at_ms: unsigned(row.get(3)?),
        user: user.map_or(UserChange::Unsaid, |hash| UserChange::Known { hash, tier }),
        first_page: row.get(6)?,
        region: row.get(7)?,
        operator: row.get(8)?,
        device: row.get(9)?,
        os: row.get(10)?,
        browser: row.get(11)?,
        release: row.get(12)?,
        environment: row.get(13)?,
        events: row.get(14)?,
        views: row.get(15)?,
        errors: row.get(16)?,
        calls: row.get(17)?,
        calls_failed: row.get(18)?,
    })
}

/// The number that a session has in a file.
pub(super) fn find(
    connection: &Connection,
    app: &str,
    id: SessionId,
) -> Result<Option<i64>, Fault> {
    let mut ask = connection.prepare_cached(
        "SELECT pk FROM sessions WHERE app = (SELECT id FROM apps WHERE name = ?) AND id = ?",
    )?;
    Ok(ask.query_row((app, id.0), |row| row.get(0)).optional()?)
}

/// Writes what is known of a session.
pub(super) fn update(write: &Connection, pk: i64, facts: &SessionFacts) -> Result<(), Fault> {
    let (user, tier) = match &facts.user {
        UserChange::Unsaid => (None, None),
        UserChange::Known { hash, tier } => (Some(hash), tier.as_ref()),
    };
    let values: [&dyn rusqlite::ToSql; 18] = [
        &signed(facts.first_at_ms),
        &signed(facts.last_at_ms),
        &user,
        &tier,
        &facts.first_page,
        &facts.region,
        &facts.operator,
        &facts.device,
        &facts.os,
        &facts.browser,
        &facts.release,
        &facts.environment,
        &facts.events,
        &facts.views,
        &facts.errors,
        &facts.calls,
        &facts.calls_failed,
        &pk,
    ];
    write
        .prepare_cached(
            "UPDATE sessions SET first_at = ?, last_at = ?, user = ?, tier = ?, first_page = ?, \
             region = ?, operator = ?, device = ?, os = ?, browser = ?, release = ?, \
             environment = ?, events = ?, views = ?, errors = ?, calls = ?, calls_failed = ? \
             WHERE pk = ?",
        )?
        .execute(&values[..])?;
    Ok(())
}
