//! Incidents as they are asked for, and what people do with them.

use super::super::causes::Causes;
use super::super::incident::{Incident, IncidentLine, LineKind, State};
use super::super::limits::LINES_MAX;
use super::minute::{write_incident, write_line};
use super::{Keep, KeepError, signed};
use rusqlite::{OptionalExtension, TransactionBehavior, params};

/// Which incidents are asked for.
#[derive(Debug, Clone, Default)]
pub struct IncidentsAsk {
    /// Of these applications; `None`: of all.
    pub apps: Option<Vec<String>>,
    /// In this state.
    pub state: Option<State>,
    /// Opened before this, in ms since the Unix epoch, and not over before `from_ms`.
    pub to_ms: Option<u64>,
    /// See above.
    pub from_ms: Option<u64>,
    /// Those with smaller numbers.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: usize,
}

/// An incident with its time line.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// It.
    pub incident: Incident,
    /// What happened to it, the oldest first.
    pub lines: Vec<IncidentLine>,
}

/// Lines beyond the bound of rules that people may add.
const COMMENTS_MAX: u64 = 500;

impl Keep {
    /// Incidents, the newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn incidents(&self, ask: &IncidentsAsk) -> Result<Vec<Incident>, KeepError> {
        let connection = self.lock();
        let sql = "SELECT document FROM incident
                   WHERE (?1 IS NULL OR app IN (SELECT value FROM json_each(?1)))
                   AND (?2 IS NULL OR state = ?2)
                   AND (?3 IS NULL OR opened_at < ?3)
                   AND (?4 IS NULL OR resolved_at IS NULL OR resolved_at >= ?4)
                   AND id < ?5 ORDER BY id DESC LIMIT ?6";
        let mut all = connection.prepare_cached(sql)?;
        let apps = ask.apps.as_ref().map(serde_json::to_string).transpose()?;
        let values = params![
            apps,
            ask.state.map(State::name),
            ask.to_ms.map(signed),
            ask.from_ms.map(signed),
            ask.before.map_or(i64::MAX, signed),
            signed(ask.limit as u64),
        ];
        let rows = all.query_map(values, |row| row.get::<_, String>(0))?;
        rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
    }

    /// One incident with its time line.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn incident(&self, id: u64) -> Result<Option<Shown>, KeepError> {
        let connection = self.lock();
        let sql = "SELECT document FROM incident WHERE id = ?";
        let found = connection.query_row(sql, [signed(id)], |row| row.get::<_, String>(0));
        let Some(document) = found.optional()? else { return Ok(None) };
        let sql = "SELECT document FROM line WHERE incident = ? ORDER BY sequence";
        let mut ask = connection.prepare_cached(sql)?;
        let rows = ask.query_map([signed(id)], |row| row.get::<_, String>(0))?;
        let lines: Result<Vec<IncidentLine>, KeepError> =
            rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect();
        Ok(Some(Shown { incident: serde_json::from_str(&document)?, lines: lines? }))
    }

    /// Somebody looks after it. Said again, by whomever, or when it is over, it changes nothing.
    ///
    /// # Errors
    /// When there is none.
    pub fn acknowledge(&self, id: u64, who: &str, now_ms: u64) -> Result<(), KeepError> {
        self.change(id, |incident| {
            if incident.state != State::Open {
                return None;
            }
            incident.state = State::Acknowledged;
            incident.acknowledged_by = Some(who.to_owned());
            incident.acknowledged_at = Some(now_ms);
            let (kind, text) = (LineKind::Acknowledged, String::new());
            Some(IncidentLine { at: now_ms, who: Some(who.to_owned()), kind, text })
        })
    }

    /// Somebody says something about it.
    ///
    /// # Errors
    /// When there is none.
    pub fn comment(&self, id: u64, who: &str, text: &str, now_ms: u64) -> Result<(), KeepError> {
        let line = IncidentLine {
            at: now_ms,
            who: Some(who.to_owned()),
            kind: LineKind::Commented,
            text: text.to_owned(),
        };
        self.change(id, |_| Some(line))
    }

    /// Why it is.
    ///
    /// # Errors
    /// When there is none.
    pub fn explained(&self, id: u64, causes: Causes, now_ms: u64) -> Result<(), KeepError> {
        self.change(id, |incident| {
            let line = causes.line(now_ms);
            incident.causes = Some(causes);
            Some(line)
        })
    }

    fn change(
        &self,
        id: u64,
        change: impl FnOnce(&mut Incident) -> Option<IncidentLine>,
    ) -> Result<(), KeepError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sql = "SELECT document FROM incident WHERE id = ?";
        let found = transaction.query_row(sql, [signed(id)], |row| row.get::<_, String>(0));
        let unknown = || KeepError::Unknown(format!("incident {id}"));
        let mut incident: Incident = serde_json::from_str(&found.optional()?.ok_or_else(unknown)?)?;
        let Some(line) = change(&mut incident) else { return Ok(()) };
        if !write_line(&transaction, id, &line, LINES_MAX + COMMENTS_MAX)? {
            let max = LINES_MAX + COMMENTS_MAX;
            return Err(KeepError::TooMany(format!("{max} lines in incident {id}")));
        }
        write_incident(&transaction, &incident)?;
        transaction.commit()?;
        Ok(())
    }
}
