//! Writes what services and proxies told.

use crate::model::{Hop, LogLine, Span};
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::DayFile;
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// One of them.
pub(super) enum Told<'a> {
    Span(&'a Span),
    Hop(&'a Hop),
    Log(&'a LogLine),
}

impl Told<'_> {
    /// Writes it; `false` when it was there already, in this day or one beside it.
    pub(super) fn write(
        &self,
        write: &Connection,
        neighbours: &[Arc<DayFile>],
    ) -> Result<bool, Fault> {
        let (table, trace, json) = match self {
            Self::Span(span) => ("spans", Some(span.trace), serde_json::to_string(span)?),
            Self::Hop(hop) => {
                ("hops", hop.trace.map(|(trace, _)| trace), serde_json::to_string(hop)?)
            }
            Self::Log(line) => ("logs", line.trace, serde_json::to_string(line)?),
        };
        let hash;
        let id: &[u8] = match self {
            Self::Span(span) => &span.id.0,
            Self::Hop(_) | Self::Log(_) => {
                hash = Sha256::digest(json.as_bytes());
                &hash[..16]
            }
        };
        let trace: &[u8] = trace.as_ref().map_or(&[], |trace| &trace.0);
        let is_there = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE trace = ? AND id = ?)");
        for file in neighbours {
            let is_there = file.read_beside(|there| {
                let mut ask = there.prepare_cached(&is_there)?;
                Ok(ask.query_row((trace, id), |row| row.get::<_, bool>(0))?)
            })?;
            if is_there == Some(true) {
                return Ok(false);
            }
        }
        let insert = format!(
            "INSERT INTO {table} (trace, id, told) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        );
        Ok(write.prepare_cached(&insert)?.execute((trace, id, json))? > 0)
    }
}
