//! One session with its frames.

use super::ask;
use crate::model::SessionId;
use crate::store::sqlite::catalog::Catalog;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::unsigned;
use crate::store::sqlite::limits::ENTRY_BYTES_MAX;
use crate::store::sqlite::sessions::{self, COLUMNS};
use crate::store::{SessionRow, StoreError, StoredFrame};
use bytes::Bytes;
use dna_protocol::packed::unpack_entry;
use rusqlite::{Connection, OptionalExtension};
use std::time::Instant;

/// The session and its frames, in their order, at most `frames_max` of them: the first.
pub(in crate::store::sqlite) fn session(
    catalog: &Catalog,
    deadline: Instant,
    app: &str,
    id: SessionId,
    frames_max: usize,
) -> Result<Option<(SessionRow, Vec<StoredFrame>)>, StoreError> {
    let mut found: Option<SessionRow> = None;
    let mut frames = Vec::new();
    for file in catalog.raw() {
        let of_file = ask(&file, deadline, |connection| {
            let Some(pk) = sessions::find(connection, app, id)? else { return Ok(None) };
            let row = format!("SELECT {COLUMNS} FROM sessions s WHERE s.pk = ?");
            let mut row = connection.prepare_cached(&row)?;
            let facts = row.query_row([pk], sessions::facts).optional()?;
            Ok(facts.map(|facts| (pk, facts)))
        })?;
        let Some((pk, facts)) = of_file.flatten() else { continue };
        match &mut found {
            Some(session) => session.facts.merge(&facts),
            None => found = Some(SessionRow { app: app.to_owned(), id, facts }),
        }
        let more = ask(&file, deadline, |connection| read_frames(connection, pk, frames_max))?;
        frames.extend(more.unwrap_or_default());
    }
    frames.sort_by_key(|frame: &StoredFrame| (frame.sequence, frame.received_at_ms));
    frames.dedup_by_key(|frame| frame.sequence);
    frames.truncate(frames_max);
    Ok(found.map(|session| (session, frames)))
}

fn read_frames(
    connection: &Connection,
    session: i64,
    frames_max: usize,
) -> Result<Vec<StoredFrame>, Fault> {
    let mut ask = connection.prepare_cached(
        "SELECT sequence, received_at, entry FROM frames WHERE session = ? ORDER BY sequence \
         LIMIT ?",
    )?;
    let mut rows = ask.query((session, i64::try_from(frames_max).unwrap_or(i64::MAX)))?;
    let mut frames = Vec::new();
    while let Some(row) = rows.next()? {
        frames.push(StoredFrame {
            sequence: row.get::<_, i64>(0)?.cast_unsigned(),
            received_at_ms: unsigned(row.get(1)?),
            entry: entry(row.get(2)?)?,
        });
    }
    Ok(frames)
}

/// An entry as it was before it was packed.
pub(super) fn entry(stored: Vec<u8>) -> Result<Bytes, Fault> {
    match unpack_entry(&stored, ENTRY_BYTES_MAX) {
        Ok(Some(entry)) => Ok(Bytes::from(entry)),
        Ok(None) => Ok(Bytes::from(stored)),
        Err(_) => Err(Fault::Stored("entry")),
    }
}
