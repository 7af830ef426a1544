//! Which rows of sessions a question is about.

use super::sessions::Place;
use crate::model::{Dimension, SessionFacts, SessionId};
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::signed;
use crate::store::sqlite::sessions::{self, COLUMNS};
use crate::store::{Filter, SessionsAsk};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

/// The condition of a question, as SQL on the table `s`.
pub(super) struct Matches {
    condition: String,
    values: Vec<Sql>,
}

impl Matches {
    pub(super) fn new(asked: &SessionsAsk) -> Self {
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
    pub(super) fn page(
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
    pub(super) fn row(
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
