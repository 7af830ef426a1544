//! Frames in the order in which they were stored: each file has its own, by the frames' numbers.

use super::ask;
use super::session::entry;
use crate::model::SessionId;
use crate::store::sqlite::catalog::Catalog;
use crate::store::sqlite::day::Day;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::{DayFile, signed, unsigned};
use crate::store::{FedFrame, Feed, FeedCursor, StoreError};
use rusqlite::{Connection, Row};
use std::sync::Arc;
use std::time::Instant;

/// Frames behind `after`, at most `limit`, all of one file. A damaged file is passed over as long
/// as it is damaged.
pub(in crate::store::sqlite) fn feed(
    catalog: &Catalog,
    deadline: Instant,
    after: &FeedCursor,
    limit: usize,
) -> Result<Feed, StoreError> {
    let files = from(catalog, after.from_ms);
    let mut feed = Feed { frames: Vec::new(), next: after.clone(), behind: 0 };
    let is_there = |part: &String| files.iter().any(|file| file.name.to_string() == *part);
    feed.next.read.retain(|part, _| is_there(part));
    for file in &files {
        let part = file.name.to_string();
        let read = feed.next.read.get(&part).copied().unwrap_or_default();
        // Frames are numbered from 1 and never removed, so their count is the last one's number.
        let mut behind = file.facts().frames.saturating_sub(read);
        if feed.frames.is_empty() && behind > 0 {
            let found = ask(file, deadline, |connection| read_on(connection, &part, read, limit))?;
            let Some(found) = found else { continue };
            if let Some(last) = found.last() {
                feed.next.pass(last);
                behind = behind.saturating_sub(last.place - read);
            }
            feed.frames = found;
        }
        feed.behind += behind;
    }
    let from_ms = feed.next.from_ms;
    feed.frames.retain(|frame| frame.received_at_ms >= from_ms);
    Ok(feed)
}

/// Behind all frames.
pub(in crate::store::sqlite) fn feed_end(catalog: &Catalog) -> FeedCursor {
    let files = from(catalog, 0);
    let place = |file: &Arc<DayFile>| (file.name.to_string(), file.facts().frames);
    FeedCursor { from_ms: 0, read: files.iter().map(place).collect() }
}

/// The files that can have frames that were received at `from_ms` or later.
fn from(catalog: &Catalog, from_ms: u64) -> Vec<Arc<DayFile>> {
    let first = Day::of_ms(from_ms);
    catalog.raw().into_iter().filter(|file| file.name.day >= first).collect()
}

fn read_on(
    connection: &Connection,
    part: &str,
    read: u64,
    limit: usize,
) -> Result<Vec<FedFrame>, Fault> {
    let mut ask = connection.prepare_cached(
        "SELECT f.id, f.sequence, f.received_at, f.entry, s.id, a.name, s.user, s.tier, s.region, \
         s.operator FROM frames f JOIN sessions s ON s.pk = f.session JOIN apps a ON a.id = s.app \
         WHERE f.id > ? ORDER BY f.id LIMIT ?",
    )?;
    let mut rows = ask.query((signed(read), i64::try_from(limit).unwrap_or(i64::MAX)))?;
    let mut frames = Vec::new();
    while let Some(row) = rows.next()? {
        frames.push(frame(row, part)?);
    }
    Ok(frames)
}

fn frame(row: &Row<'_>, part: &str) -> Result<FedFrame, Fault> {
    let session: Vec<u8> = row.get(4)?;
    Ok(FedFrame {
        part: part.to_owned(),
        place: unsigned(row.get(0)?),
        app: row.get(5)?,
        session: SessionId::from_slice(&session).ok_or(Fault::Stored("session"))?,
        sequence: row.get::<_, i64>(1)?.cast_unsigned(),
        received_at_ms: unsigned(row.get(2)?),
        user: row.get(6)?,
        tier: row.get(7)?,
        region: row.get(8)?,
        operator: row.get(9)?,
        entry: entry(row.get(3)?)?,
    })
}
