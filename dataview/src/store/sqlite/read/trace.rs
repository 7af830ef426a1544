//! All that is known of a trace.

use super::ask;
use crate::model::{CallFact, SessionId, SpanId, TraceId, ViewId};
use crate::store::sqlite::catalog::Catalog;
use crate::store::sqlite::day::Day;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::{signed, unsigned};
use crate::store::sqlite::limits::{TRACE_OTHERS_MAX, TRACE_SPANS_MAX};
use crate::store::{AppKey, StoreError, TraceParts};
use rusqlite::Connection;
use serde::de::DeserializeOwned;
use std::time::Instant;

/// Looks in every day from the one before `near_ms` on: clients may tell of a call days later.
pub(in crate::store::sqlite) fn trace(
    catalog: &Catalog,
    deadline: Instant,
    id: TraceId,
    near_ms: u64,
) -> Result<TraceParts, StoreError> {
    let first = Day(Day::of_ms(near_ms).0 - 1);
    let mut parts = TraceParts::default();
    for file in catalog.raw() {
        if file.name.day < first || !file.facts().has_any() {
            continue;
        }
        ask(&file, deadline, |connection| {
            let spans_max = TRACE_SPANS_MAX.saturating_sub(parts.spans.len());
            parts.spans.extend(told(connection, "spans", id, spans_max)?);
            parts.hops.extend(told(connection, "hops", id, TRACE_OTHERS_MAX)?);
            parts.logs.extend(told(connection, "logs", id, TRACE_OTHERS_MAX)?);
            parts.calls.extend(calls(connection, id)?);
            let mut count =
                connection.prepare_cached("SELECT count(*) FROM spans WHERE trace = ?")?;
            let all: i64 = count.query_row([id.0], |row| row.get(0))?;
            parts.spans_left_out += unsigned(all).saturating_sub(spans_max as u64);
            Ok(())
        })?;
    }
    parts.spans.sort_by_key(|span| span.start_us);
    parts.hops.sort_by_key(|hop| hop.start_us);
    parts.logs.sort_by_key(|line| line.at_us);
    parts.calls.sort_by_key(|(_, _, call)| call.at_ms);
    Ok(parts)
}

fn told<T: DeserializeOwned>(
    connection: &Connection,
    table: &str,
    id: TraceId,
    max: usize,
) -> Result<Vec<T>, Fault> {
    let ask = format!("SELECT told FROM {table} WHERE trace = ? LIMIT ?");
    let mut ask = connection.prepare_cached(&ask)?;
    let mut rows = ask.query((id.0, signed(max as u64)))?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let json: String = row.get(0)?;
        all.push(serde_json::from_str(&json)?);
    }
    Ok(all)
}

fn calls(
    connection: &Connection,
    id: TraceId,
) -> Result<Vec<(AppKey, SessionId, CallFact)>, Fault> {
    let mut ask = connection.prepare_cached(
        "SELECT a.name, s.id, c.view, c.at, c.duration, c.api, c.status, c.ok, c.span \
         FROM calls c JOIN sessions s ON s.pk = c.session JOIN apps a ON a.id = s.app \
         WHERE c.trace = ? LIMIT ?",
    )?;
    let rows = ask.query_map((id.0, signed(TRACE_OTHERS_MAX as u64)), |row| {
        let call = CallFact {
            view: row.get::<_, Option<[u8; 8]>>(2)?.map(ViewId),
            at_ms: unsigned(row.get(3)?),
            duration_ms: row.get(4)?,
            api: row.get(5)?,
            status: row.get(6)?,
            ok: row.get(7)?,
            trace: Some((id, SpanId(row.get(8)?))),
        };
        Ok((row.get(0)?, SessionId(row.get(1)?), call))
    })?;
    Ok(rows.collect::<Result<Vec<_>, _>>()?)
}
