//! Lists of sessions, the newest first.
//!
//! A session that was active over midnight has a row in two files. It is listed once, where its
//! newest row that answers the question stands, with what all rows say.

use super::ask;
use crate::model::{Dimension, SessionFacts, SessionId};
use crate::store::sqlite::catalog::Catalog;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::{DayFile, signed};
use crate::store::sqlite::sessions::{self, COLUMNS};
use crate::store::{Filter, Listed, SessionRow, SessionsAsk, StoreError};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use std::sync::Arc;
use std::time::Instant;

/// The place of a row in the list: its last time, then its identifier, both downwards.
type Place = (u64, SessionId);

/// Answers [`SessionsAsk`].
pub(in crate::store::sqlite) fn sessions(
    catalog: &Catalog,
    deadline: Instant,
    asked: &SessionsAsk,
) -> Result<Listed<SessionRow>, StoreError> {
    let before = asked.cursor.as_deref().map(read_cursor).transpose()?;
    let raw = catalog.raw();
    let mut files: Vec<&Arc<DayFile>> =
        raw.iter().filter(|file| file.is_active_in(asked.range)).collect();
    files.sort_by_key(|file| std::cmp::Reverse(file.facts().active));
    let matches = Matches::new(asked);
    let mut rows: Vec<(Place, SessionFacts)> = Vec::new();
    let mut end = before;
    // Rows of several files are taken until enough sessions were found that are listed there.
    loop {
        let page = next_page(&files, deadline, asked, &matches, end)?;
        let is_last = page.len() < asked.limit;
        end = page.last().map(|(place, _)| *place);
        for (place, _) in page {
            if rows.len() == asked.limit {
                break;
            }
            if rows.last().is_some_and(|(last, _)| *last == place) {
                continue;
            }
            if let Some(facts) = whole(&raw, deadline, asked, &matches, place)? {
                rows.push((place, facts));
            }
        }
        if is_last || rows.len() == asked.limit {
            let next = rows.last().filter(|_| rows.len() == asked.limit).map(|(place, _)| *place);
            return Ok(Listed {
                items: rows
                    .into_iter()
                    .map(|((_, id), facts)| SessionRow { app: asked.app.clone(), id, facts })
                    .collect(),
                next: next.map(|(last_at, id)| format!("{last_at}-{id}")),
            });
        }
    }
}

fn read_cursor(cursor: &str) -> Result<Place, StoreError> {
    let place = cursor
        .split_once('-')
        .and_then(|(last_at, id)| Some((last_at.parse().ok()?, SessionId::from_hex(id)?)));
    place.ok_or_else(|| StoreError::Wrong(format!("{cursor:?} is not a cursor of this list")))
}

/// The next rows of all files together, in the order of the list.
fn next_page(
    files: &[&Arc<DayFile>],
    deadline: Instant,
    asked: &SessionsAsk,
    matches: &Matches,
    before: Option<Place>,
) -> Result<Vec<(Place, SessionFacts)>, StoreError> {
    let mut page: Vec<(Place, SessionFacts)> = Vec::new();
    for file in files {
        // Files are in the order of their newest sessions: those behind have nothing newer.
        let newest = file.facts().active.map_or(0, |(_, last)| last);
        if page.len() >= asked.limit
            && page.get(asked.limit - 1).is_some_and(|((last_at, _), _)| signed(*last_at) > newest)
        {
            break;
        }
        let of_file = ask(file, deadline, |connection| matches.page(connection, asked, before))?;
        page.extend(of_file.unwrap_or_default());
        page.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
        page.truncate(asked.limit);
    }
    Ok(page)
}

/// What all rows of a session say; `None` when it is listed at another place.
fn whole(
    raw: &[Arc<DayFile>],
    deadline: Instant,
    asked: &SessionsAsk,
    matches: &Matches,
    place: Place,
) -> Result<Option<SessionFacts>, StoreError> {
    let mut whole: Option<SessionFacts> = None;
    for file in raw {
        let row = ask(file, deadline, |connection| matches.row(connection, asked, place.1))?;
        let Some((facts, is_match)) = row.flatten() else { continue };
        if is_match && facts.last_at_ms > place.0 {
            return Ok(None);
        }
        match &mut whole {
            Some(whole) => whole.merge(&facts),
            None => whole = Some(facts),
        }
    }
    Ok(whole)
}

/// The condition of a question, as SQL on the table `s`.
struct Matches {
    condition: String,
    values: Vec<Sql>,
}

impl Matches {
    fn new(asked: &SessionsAsk) -> Self {
        let mut matches = Self {
            condition: "s.first_at < ? AND s.last_at >= ?".to_owned(),
            values: vec![
                Sql::Integer(signed(asked.range.to_ms)),
                Sql::Integer(signed(asked.range.from_ms)),
            ],
        };
        if let Some(user) = &asked.user {
            matches.add("s.user = ?", [user]);
        }
        if asked.troubled {
            matches.add("(s.errors > 0 OR s.calls_failed > 0)", []);
        }
        asked.filters.iter().for_each(|filter| matches.filter(filter));
        matches
    }

    fn add<'a>(&mut self, condition: &str, values: impl IntoIterator<Item = &'a String>) {
        self.condition.push_str(" AND ");
        self.condition.push_str(condition);
        self.values.extend(values.into_iter().map(|value| Sql::Text(value.clone())));
    }

    fn filter(&mut self, filter: &Filter) {
        let value = &filter.value;
        match filter.dimension {
            Dimension::All => {}
            Dimension::Region => self.add("s.region = ?", [value]),
            Dimension::Operator => self.add("s.operator = ?", [value]),
            Dimension::Device => self.add("s.device = ?", [value]),
            Dimension::Release => self.add("s.release = ?", [value]),
            // A session has them with their versions.
            Dimension::Os => self.add("(s.os = ? OR s.os GLOB ? || ' *')", [value, &glob(value)]),
            Dimension::Browser => {
                self.add("(s.browser = ? OR s.browser GLOB ? || ' *')", [value, &glob(value)]);
            }
            Dimension::Page | Dimension::Api | Dimension::Transaction => {
                let dimension = filter.dimension as u8;
                let condition = format!(
                    "s.pk IN (SELECT session FROM session_labels WHERE label = (SELECT id FROM \
                     labels WHERE app = s.app AND dimension = {dimension} AND text = ?))"
                );
                self.add(&condition, [value]);
            }
        }
    }

    /// Rows of a file that match, in the order of the list.
    fn page(
        &self,
        connection: &Connection,
        asked: &SessionsAsk,
        before: Option<Place>,
    ) -> Result<Vec<(Place, SessionFacts)>, Fault> {
        let Some(app) = super::series::app(connection, &asked.app)? else {
            return Ok(Vec::new());
        };
        let mut values = vec![Sql::Integer(app)];
        values.extend(self.values.iter().cloned());
        let mut after = "";
        if let Some((last_at, id)) = before {
            after = " AND (s.last_at, s.id) < (?, ?)";
            values.extend([Sql::Integer(signed(last_at)), Sql::Blob(id.0.to_vec())]);
        }
        values.push(Sql::Integer(i64::try_from(asked.limit).unwrap_or(i64::MAX)));
        let condition = &self.condition;
        let mut ask = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM sessions s WHERE s.app = ? AND {condition}{after} \
             ORDER BY s.last_at DESC, s.id DESC LIMIT ?"
        ))?;
        let mut rows = ask.query(params_from_iter(values))?;
        let mut page = Vec::new();
        while let Some(row) = rows.next()? {
            let facts = sessions::facts(row)?;
            page.push(((facts.last_at_ms, SessionId(row.get(1)?)), facts));
        }
        Ok(page)
    }

    /// The row of one session, and whether it matches.
    fn row(
        &self,
        connection: &Connection,
        asked: &SessionsAsk,
        id: SessionId,
    ) -> Result<Option<(SessionFacts, bool)>, Fault> {
        let Some(pk) = sessions::find(connection, &asked.app, id)? else { return Ok(None) };
        let condition = &self.condition;
        let mut ask = connection.prepare_cached(&format!(
            "SELECT {COLUMNS}, ifnull({condition}, 0) FROM sessions s WHERE s.pk = ?"
        ))?;
        let values = self.values.iter().cloned().chain([Sql::Integer(pk)]);
        Ok(ask
            .query_row(params_from_iter(values), |row| Ok((sessions::facts(row)?, row.get(19)?)))
            .optional()?)
    }
}

/// `text` with the characters that `GLOB` takes for patterns as themselves.
fn glob(text: &str) -> String {
    text.chars().fold(String::new(), |mut glob, c| {
        match c {
            '*' | '?' | '[' => glob.extend(['[', c, ']']),
            _ => glob.push(c),
        }
        glob
    })
}
