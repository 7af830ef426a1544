//! Questions. What comes from askers goes in parameters; only our own words are in the SQL.

mod errors;
mod feed;
mod figures;
mod sessions;
mod trace;

pub(super) use errors::{errors, occurrences};
pub(super) use feed::{feed, feed_end, last_place};
pub(super) use figures::{breakdown, series};
pub(super) use sessions::{session, sessions};
pub(super) use trace::trace;

use super::http::Http;
use super::limits::ENTRY_BYTES_MAX;
use crate::model::SessionId;
use crate::store::{DayState, Range, StoreError, StoredDay};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use dna_protocol::packed::unpack_entry;
use serde::Deserialize;

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged { place: "ClickHouse".to_owned(), what: what.to_owned() }
}

fn session_id(text: &str) -> Result<SessionId, StoreError> {
    SessionId::from_hex(text).ok_or_else(|| damaged("a session that is none"))
}

/// An entry as it was before it was packed.
fn entry(stored: &str) -> Result<Bytes, StoreError> {
    let stored = STANDARD.decode(stored).map_err(|_| damaged("an entry that is no base64"))?;
    match unpack_entry(&stored, ENTRY_BYTES_MAX) {
        Ok(Some(entry)) => Ok(Bytes::from(entry)),
        Ok(None) => Ok(Bytes::from(stored)),
        Err(_) => Err(damaged("an entry that cannot be unpacked")),
    }
}

/// A text; empty: none.
fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The minutes of a range: those that are partly in it are in it.
fn minutes(range: Range) -> (u64, u64) {
    (range.from_ms / 60_000, range.to_ms.saturating_add(59_999) / 60_000)
}

/// The applications that have figures in `range`.
pub(super) async fn apps(http: &Http, range: Range) -> Result<Vec<String>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        app: String,
    }
    let (from, to) = minutes(range);
    let sql = "SELECT DISTINCT app FROM measures WHERE minute >= {from:UInt64} AND \
               minute < {to:UInt64} ORDER BY app";
    let rows: Vec<Row> =
        http.ask(sql, &[("from", from.to_string()), ("to", to.to_string())]).await?;
    Ok(rows.into_iter().map(|row| row.app).collect())
}

/// The days that have frames.
pub(super) async fn days(http: &Http) -> Result<Vec<StoredDay>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        day: String,
        frames: u64,
        bytes: u64,
    }
    let sql = "SELECT toString(toDate(intDiv(received_at, 86400000))) AS day, count() AS frames, \
               sum(length(entry)) AS bytes FROM frames FINAL GROUP BY day ORDER BY day";
    let rows: Vec<Row> = http.ask(sql, &[]).await?;
    let day = |Row { day, frames, bytes }| StoredDay {
        name: day.clone(),
        day,
        bytes,
        frames,
        state: DayState::Whole,
    };
    Ok(rows.into_iter().map(day).collect())
}
