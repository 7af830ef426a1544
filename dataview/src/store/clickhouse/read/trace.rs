//! All that is known of a trace.

use super::{damaged, session_id};
use crate::model::{CallFact, SpanId, TraceId, ViewId};
use crate::store::clickhouse::http::Http;
use crate::store::clickhouse::limits::{TRACE_OTHERS_MAX, TRACE_SPANS_MAX};
use crate::store::{StoreError, TraceParts};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// How long before a call its trace may have begun.
const BEFORE_MS: u64 = 24 * 3600 * 1000;

/// Looks at everything from a day before `near_ms` on: clients may tell of a call days later.
pub(in crate::store::clickhouse) async fn trace(
    http: &Http,
    id: TraceId,
    near_ms: u64,
) -> Result<TraceParts, StoreError> {
    let params =
        [("trace", id.to_string()), ("from", near_ms.saturating_sub(BEFORE_MS).to_string())];
    let spans = told(http, "span", TRACE_SPANS_MAX, &params);
    let hops = told(http, "hop", TRACE_OTHERS_MAX, &params);
    let logs = told(http, "log", TRACE_OTHERS_MAX, &params);
    let ((spans, all), (hops, _), (logs, _)) = (spans.await?, hops.await?, logs.await?);
    let mut parts = TraceParts { spans, hops, logs, ..TraceParts::default() };
    parts.spans_left_out = all.saturating_sub(parts.spans.len() as u64);
    calls(http, id, &params, &mut parts).await?;
    parts.spans.sort_by_key(|span| span.start_us);
    parts.hops.sort_by_key(|hop| hop.start_us);
    parts.logs.sort_by_key(|line| line.at_us);
    Ok(parts)
}

/// What was told, at most `max`, and how much of it there is.
async fn told<T: DeserializeOwned>(
    http: &Http,
    what: &str,
    max: usize,
    params: &[(&str, String)],
) -> Result<(Vec<T>, u64), StoreError> {
    #[derive(Deserialize)]
    struct Row {
        told: String,
        all: u64,
    }
    let sql = format!(
        "SELECT told, count() OVER () AS all FROM told FINAL WHERE trace = {{trace:String}} AND \
         what = '{what}' AND at >= {{from:UInt64}} ORDER BY at LIMIT {max}"
    );
    let rows: Vec<Row> = http.ask(&sql, params).await?;
    let all = rows.first().map_or(0, |row| row.all);
    let read = |row: Row| {
        serde_json::from_str(&row.told).map_err(|_| damaged("what a service told cannot be read"))
    };
    Ok((rows.into_iter().map(read).collect::<Result<_, _>>()?, all))
}

async fn calls(
    http: &Http,
    id: TraceId,
    params: &[(&str, String)],
    parts: &mut TraceParts,
) -> Result<(), StoreError> {
    #[derive(Deserialize)]
    struct Row {
        app: String,
        session: String,
        span: String,
        view: String,
        at: u64,
        duration: f64,
        api: String,
        status: u16,
        ok: bool,
    }
    let sql = format!(
        "SELECT app, session, span, view, at, duration, api, status, ok FROM calls FINAL WHERE \
         trace = {{trace:String}} AND at >= {{from:UInt64}} ORDER BY at LIMIT {TRACE_OTHERS_MAX}"
    );
    for row in http.ask::<Row>(&sql, params).await? {
        let span = SpanId::from_hex(&row.span).ok_or_else(|| damaged("a span that is none"))?;
        let call = CallFact {
            view: ViewId::from_hex(&row.view),
            at_ms: row.at,
            duration_ms: row.duration,
            api: row.api,
            status: row.status,
            ok: row.ok,
            trace: Some((id, span)),
        };
        parts.calls.push((row.app, session_id(&row.session)?, call));
    }
    Ok(())
}
