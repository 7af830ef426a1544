//! Writes what a minute has brought.

use super::super::incident::{Book, Happening, Incident, Rules};
use super::super::limits::{INCIDENTS_MAX, LINES_MAX, REOPEN_MS};
use super::super::rule::Rule;
use super::super::track::{Change, Track};
use super::{Keep, KeepError, count, number, signed, unsigned};
use crate::watch::incident::IncidentLine;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::collections::{BTreeMap, BTreeSet};

/// What rules have found in one minute.
#[derive(Debug)]
pub struct Minute<'a> {
    /// Where it ends, in ms since the Unix epoch.
    pub end_ms: u64,
    /// Those that were judged.
    pub judged: Vec<Judged>,
    /// All rules as they are now, and the channels that forget.
    pub rules: Rules<'a>,
}

/// One rule, judged.
#[derive(Debug)]
pub struct Judged {
    /// The rule.
    pub rule: Rule,
    /// Of each value that it remembered or remembers: what it remembers now, and what has changed.
    pub values: Vec<(String, Option<Track>, Change)>,
    /// Minutes that were skipped before this one.
    pub skipped: u64,
}

impl Keep {
    /// How far `rule` was judged: the end of its last minute.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn progress(&self, rule: &str) -> Result<Option<u64>, KeepError> {
        let connection = self.lock();
        let mut ask = connection.prepare_cached("SELECT until FROM progress WHERE rule = ?")?;
        Ok(ask.query_row([rule], |row| row.get(0)).optional()?.map(unsigned))
    }

    /// What `rule` remembers, by value.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tracks(&self, rule: &str) -> Result<BTreeMap<String, Track>, KeepError> {
        let connection = self.lock();
        let mut ask =
            connection.prepare_cached("SELECT value, document FROM track WHERE rule = ?")?;
        let rows = ask.query_map([rule], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        let mut tracks = BTreeMap::new();
        for row in rows {
            let (value, document): (String, String) = row?;
            tracks.insert(value, serde_json::from_str(&document)?);
        }
        Ok(tracks)
    }

    /// Writes a minute.
    ///
    /// # Errors
    /// When it is not written; then nothing of it is.
    pub fn write(&self, minute: &Minute<'_>) -> Result<(), KeepError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut book =
            Book::new(lately(&transaction, minute.end_ms)?, number(&transaction, "incident")? + 1);
        forget(&transaction, &mut book, minute)?;
        for judged in &minute.judged {
            write_rule(&transaction, judged, minute.end_ms)?;
            for (value, track, change) in &judged.values {
                match (change, track) {
                    (Change::Began, Some(track)) => {
                        book.began(&judged.rule, value, track, minute.end_ms);
                    }
                    (Change::GoesOn, Some(track)) => book.goes_on(&judged.rule.name, value, track),
                    (Change::Ended, _) => book.ended(&judged.rule.name, value, minute.end_ms),
                    _ => {}
                }
            }
        }
        let silences = super::silences::in_force(&transaction, minute.end_ms)?;
        book.settle(minute.rules, &silences, minute.end_ms);
        let has_notices = write_happening(&transaction, book.happened())?;
        transaction.commit()?;
        drop(connection);
        if has_notices {
            self.noticed.send_modify(|count| *count += 1);
        }
        Ok(())
    }
}

/// What is remembered of rules that are no more, or are no longer judged, ends.
fn forget(
    transaction: &Transaction<'_>,
    book: &mut Book,
    minute: &Minute<'_>,
) -> Result<(), KeepError> {
    let mut all = transaction.prepare_cached("SELECT rule, value FROM track")?;
    let rows = all.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let known: Vec<(String, String)> = rows.collect::<Result<_, _>>()?;
    let is_gone = |rule: &str| minute.rules.rules.get(rule).is_none_or(|rule| !rule.enabled);
    let mut gone: BTreeSet<String> = BTreeSet::new();
    for (rule, value) in known {
        if is_gone(&rule) {
            book.ended(&rule, &value, minute.end_ms);
            gone.insert(rule);
        }
    }
    for rule in gone {
        transaction.execute("DELETE FROM track WHERE rule = ?", [&rule])?;
        transaction.execute("DELETE FROM progress WHERE rule = ?", [&rule])?;
    }
    Ok(())
}

fn write_rule(
    transaction: &Transaction<'_>,
    judged: &Judged,
    end_ms: u64,
) -> Result<(), KeepError> {
    let name = &judged.rule.name;
    let sql = "INSERT INTO progress (rule, until) VALUES (?1, ?2)
               ON CONFLICT (rule) DO UPDATE SET until = ?2";
    transaction.prepare_cached(sql)?.execute(params![name, signed(end_ms)])?;
    count(transaction, "alert_minutes_skipped", judged.skipped)?;
    for (value, track, _) in &judged.values {
        match track {
            None => {
                let sql = "DELETE FROM track WHERE rule = ? AND value = ?";
                transaction.prepare_cached(sql)?.execute(params![name, value])?;
            }
            Some(track) => {
                let sql = "INSERT INTO track (rule, value, document) VALUES (?1, ?2, ?3)
                           ON CONFLICT (rule, value) DO UPDATE SET document = ?3";
                let document = serde_json::to_string(track)?;
                transaction.prepare_cached(sql)?.execute(params![name, value, document])?;
            }
        }
    }
    Ok(())
}

/// Incidents that are open, or may begin again.
fn lately(connection: &Connection, now_ms: u64) -> Result<Vec<Incident>, KeepError> {
    let sql = "SELECT document FROM incident
               WHERE state IN ('open', 'acknowledged') OR (state = 'resolved' AND resolved_at >= ?)
               ORDER BY id";
    let mut ask = connection.prepare_cached(sql)?;
    let since = signed(now_ms.saturating_sub(REOPEN_MS));
    let rows = ask.query_map([since], |row| row.get::<_, String>(0))?;
    rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
}

/// Writes incidents, lines and notices; whether there are notices.
fn write_happening(transaction: &Transaction<'_>, happening: Happening) -> Result<bool, KeepError> {
    let Happening { incidents, lines, notices } = happening;
    for incident in &incidents {
        write_incident(transaction, incident)?;
    }
    let mut left_out = 0;
    for (id, line) in &lines {
        left_out += u64::from(!write_line(transaction, *id, line, LINES_MAX)?);
    }
    count(transaction, "alert_lines_left_out", left_out)?;
    for notice in &notices {
        super::notices::write(transaction, notice)?;
    }
    Ok(!notices.is_empty())
}

/// Writes an incident; a new one takes the place of the oldest that is over when there are many.
pub(super) fn write_incident(
    transaction: &Transaction<'_>,
    incident: &Incident,
) -> Result<(), KeepError> {
    let sql = "INSERT INTO incident (id, app, state, opened_at, resolved_at, document)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT (id) DO UPDATE SET state = ?3, resolved_at = ?5, document = ?6";
    transaction.prepare_cached(sql)?.execute(params![
        signed(incident.id),
        incident.app,
        incident.state.name(),
        signed(incident.opened_at),
        incident.resolved_at.map(signed),
        serde_json::to_string(incident)?,
    ])?;
    let last = number(transaction, "incident")?;
    if incident.id > last {
        count(transaction, "incident", incident.id - last)?;
        let sql = "DELETE FROM incident WHERE state = 'resolved' AND id <= ?";
        let oldest = signed(incident.id.saturating_sub(INCIDENTS_MAX));
        transaction.prepare_cached(sql)?.execute([oldest])?;
    }
    Ok(())
}

/// Writes a line, unless there are `max` already.
pub(super) fn write_line(
    transaction: &Transaction<'_>,
    id: u64,
    line: &IncidentLine,
    max: u64,
) -> Result<bool, KeepError> {
    let sql = "SELECT count(*) FROM line WHERE incident = ?";
    let there: i64 = transaction.prepare_cached(sql)?.query_row([signed(id)], |row| row.get(0))?;
    if unsigned(there) >= max {
        return Ok(false);
    }
    let sql = "INSERT INTO line (incident, sequence, document) VALUES (?, ?, ?)";
    let document = serde_json::to_string(line)?;
    transaction.prepare_cached(sql)?.execute(params![signed(id), there + 1, document])?;
    Ok(true)
}
