//! Writing a batch. Frames that are there already are left out; of the others what is read from them
//! is written first and their own rows last. A batch that fails on its way comes again and writes
//! the same keys.

use super::http::Http;
use super::limits::NEIGHBOUR_MS;
use super::rows::{CallRow, ErrorRow, FrameRow, MeasureRow, ToldRow};
use crate::model::{FrameFacts, SessionId};
use crate::store::{Appended, Batch, StoreError};
use dna_protocol::packed::EntryPacker;
use serde::Deserialize;
use std::collections::HashSet;

/// Numbers of what is written, in its order.
pub(super) struct Places(u64);

impl Places {
    /// Behind the last one that is there.
    pub(super) fn after(last: u64) -> Self {
        Self(last)
    }

    fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

type Key = (String, SessionId, u64);

pub(super) async fn append(
    http: &Http,
    places: &mut Places,
    mut batch: Batch,
    oldest_ms: u64,
) -> Result<Appended, StoreError> {
    let all = batch.frames.len();
    // Its TTL has removed, or is about to remove, the marks by which a repeat is known.
    batch.frames.retain(|frame| frame.received_at_ms >= oldest_ms);
    let too_old = (all - batch.frames.len()) as u64;
    if too_old > 0 {
        tracing::warn!(frames = too_old, "frames of a day without raw data are not stored");
    }
    let mut known = known(http, &batch.frames).await?;
    let count = batch.frames.len();
    let is_new = |frame: &&FrameFacts| known.insert(key(frame));
    let frames: Vec<&FrameFacts> = batch.frames.iter().filter(is_new).collect();
    let places: Vec<u64> = frames.iter().map(|_| places.next()).collect();
    let placed = || frames.iter().copied().zip(places.iter().copied());
    let others = write_others(http, &batch, places.last().copied().unwrap_or_default()).await?;
    let of_frame = |(frame, place): (_, u64)| facts_of(frame, place);
    let (mut measures, mut calls, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for (of_measures, of_calls, of_errors) in placed().map(of_frame) {
        measures.extend(of_measures);
        calls.extend(of_calls);
        errors.extend(of_errors);
    }
    http.insert("measures", &measures).await?;
    http.insert("calls", &calls).await?;
    http.insert("errors", &errors).await?;
    let mut packer = EntryPacker::default();
    let rows: Vec<_> =
        placed().map(|(frame, place)| FrameRow::new(frame, place, &mut packer)).collect();
    http.insert("frames", &rows).await?;
    Ok(Appended {
        frames: frames.len() as u64,
        events: frames.iter().map(|frame| u64::from(frame.of_session.events)).sum(),
        duplicates: (count - frames.len()) as u64,
        others,
        too_old,
    })
}

type Facts<'a> = (Vec<MeasureRow<'a>>, Vec<CallRow<'a>>, Vec<ErrorRow<'a>>);

fn facts_of(frame: &FrameFacts, place: u64) -> Facts<'_> {
    let measures = frame.measures.iter().enumerate();
    let errors = frame.errors.iter().enumerate();
    (
        measures.map(|(number, one)| MeasureRow::new(frame, number, one, place)).collect(),
        frame.calls.iter().filter_map(|call| CallRow::new(frame, call, place)).collect(),
        errors.map(|(number, one)| ErrorRow::new(frame, number, one, place)).collect(),
    )
}

fn key(frame: &FrameFacts) -> Key {
    (frame.app.clone(), frame.session, frame.sequence)
}

/// Those of `frames` that are there.
async fn known(http: &Http, frames: &[FrameFacts]) -> Result<HashSet<Key>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        app: String,
        session: String,
        sequence: u64,
    }
    let times = || frames.iter().map(|frame| frame.received_at_ms);
    let (Some(first), Some(last)) = (times().min(), times().max()) else {
        return Ok(HashSet::new());
    };
    let sessions: HashSet<String> = frames.iter().map(|one| format!("'{}'", one.session)).collect();
    let sessions: Vec<String> = sessions.into_iter().collect();
    // Identifiers are our own hexadecimal digits; a list of them may be long.
    let sql = format!(
        "SELECT app, session, sequence FROM frames WHERE session IN ({}) AND received_at >= \
         {{from:UInt64}} AND received_at <= {{to:UInt64}}",
        sessions.join(",")
    );
    let params = [
        ("from", first.saturating_sub(NEIGHBOUR_MS).to_string()),
        ("to", last.saturating_add(NEIGHBOUR_MS).to_string()),
    ];
    let rows: Vec<Row> = http.ask(&sql, &params).await?;
    let known = |row: Row| Some((row.app, SessionId::from_hex(&row.session)?, row.sequence));
    Ok(rows.into_iter().filter_map(known).collect())
}

/// Writes what services and proxies told, and says how much of it there is.
async fn write_others(http: &Http, batch: &Batch, place: u64) -> Result<u64, StoreError> {
    let mut rows = Vec::new();
    for span in &batch.spans {
        let (trace, id) = (Some(span.trace.to_string()), Some(span.id.to_string()));
        rows.push(ToldRow::new("span", trace, id, span.start_us, span, place));
    }
    for hop in &batch.hops {
        let trace = hop.trace.map(|(trace, _)| trace.to_string());
        rows.push(ToldRow::new("hop", trace, None, hop.start_us, hop, place));
    }
    for line in &batch.logs {
        let trace = line.trace.map(|trace| trace.to_string());
        rows.push(ToldRow::new("log", trace, None, line.at_us, line, place));
    }
    let mut known = known_others(http, &rows).await?;
    rows.retain(|row| known.insert((row.trace.clone(), row.what.to_owned(), row.id.clone())));
    http.insert("told", &rows).await?;
    Ok(rows.len() as u64)
}

/// Those of `rows` that are there.
async fn known_others(
    http: &Http,
    rows: &[ToldRow],
) -> Result<HashSet<(String, String, String)>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        trace: String,
        what: String,
        id: String,
    }
    if rows.is_empty() {
        return Ok(HashSet::new());
    }
    // Identifiers and hashes are our own hexadecimal digits.
    let list = |part: fn(&ToldRow) -> &String| {
        let parts: HashSet<String> = rows.iter().map(|row| format!("'{}'", part(row))).collect();
        parts.into_iter().collect::<Vec<_>>().join(",")
    };
    let (traces, ids) = (list(|row| &row.trace), list(|row| &row.id));
    let sql =
        format!("SELECT trace, what, id FROM told WHERE trace IN ({traces}) AND id IN ({ids})");
    let rows: Vec<Row> = http.ask(&sql, &[]).await?;
    Ok(rows.into_iter().map(|row| (row.trace, row.what, row.id)).collect())
}
