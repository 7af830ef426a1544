//! Traces: what clients, proxies and services told of one.

use crate::made::{APP, DAY, Made, NOON, frame, session};
use dataview::model::{CallFact, Hop, LogLine, Span, SpanId, SpanKind, SpanStatus, TraceId};
use dataview::store::{Batch, Store};
use serde_json::Map;

const TRACE: TraceId = TraceId([9; 16]);

fn span(number: u32, start_us: u64) -> Span {
    let mut id = [0; 8];
    id[..4].copy_from_slice(&number.to_be_bytes());
    Span {
        trace: TRACE,
        id: SpanId(id),
        parent: None,
        service: "accounts".to_owned(),
        name: "SELECT".to_owned(),
        kind: SpanKind::Client,
        start_us,
        duration_us: 1_500,
        status: SpanStatus::Ok,
        attributes: Map::from_iter([("db.query.text".to_owned(), "SELECT ?".into())]),
        events: Vec::new(),
    }
}

fn hop(start_us: u64) -> Hop {
    Hop {
        trace: Some((TRACE, SpanId([1; 8]))),
        sampled: true,
        proxy: "edge-1".to_owned(),
        start_us,
        duration_us: 9_000,
        method: "POST".to_owned(),
        host: "bank.example".to_owned(),
        path: "/api/transfer".to_owned(),
        status: 200,
        response_bytes: 100,
        request_bytes: 20,
        upstream: None,
        upstream_connect_us: None,
        upstream_header_us: Some(8_000),
        upstream_response_us: None,
        connection_us: None,
        protocol: "HTTP/2.0".to_owned(),
        tls: Some("TLSv1.3".to_owned()),
    }
}

fn line(trace: Option<TraceId>) -> LogLine {
    LogLine {
        trace,
        span: None,
        service: "accounts".to_owned(),
        at_us: NOON * 1_000,
        severity: 17,
        body: "pool is exhausted".to_owned(),
    }
}

#[tokio::test]
async fn a_trace_has_what_each_side_told_of_it() {
    let made = Made::new();
    let call = CallFact {
        view: None,
        at_ms: NOON,
        duration_ms: 12.5,
        api: "POST /api/transfer".to_owned(),
        status: 200,
        ok: true,
        trace: Some((TRACE, SpanId([1; 8]))),
    };
    let mut with_call = frame(1, 0, NOON);
    with_call.calls = vec![call.clone(), CallFact { trace: None, ..call.clone() }];
    let batch = Batch {
        frames: vec![with_call],
        spans: vec![span(2, NOON * 1_000 + 5), span(1, NOON * 1_000)],
        logs: vec![line(Some(TRACE)), line(None)],
        hops: vec![hop(NOON * 1_000)],
    };
    assert_eq!(made.store.append(batch.clone()).await.unwrap().others, 5);
    let again = made.store.append(batch.clone()).await.unwrap();
    assert_eq!((again.frames, again.duplicates, again.others), (0, 1, 0));
    let parts = made.store.trace(TRACE, NOON).await.unwrap();
    assert_eq!(parts.calls, [(APP.to_owned(), session(1), call)]);
    assert_eq!(parts.spans, [batch.spans[1].clone(), batch.spans[0].clone()]);
    assert_eq!(parts.hops, batch.hops);
    assert_eq!(parts.logs, [batch.logs[0].clone()]);
    assert_eq!(parts.spans_left_out, 0);
    let later = made.store.trace(TRACE, NOON + 3 * DAY).await.unwrap();
    assert_eq!(later, Default::default(), "nobody asks for a trace that was days before");
}

#[tokio::test]
async fn a_span_that_comes_again_after_midnight_is_known() {
    let made = Made::new();
    let midnight_us = (NOON + DAY / 2) * 1_000;
    let batch = |spans| Batch { spans, ..Batch::default() };
    made.store.append(batch(vec![span(1, midnight_us - 1)])).await.unwrap();
    let again = made.store.append(batch(vec![span(1, midnight_us + 1)])).await.unwrap();
    assert_eq!(again.others, 0);
}

#[tokio::test]
async fn a_trace_of_too_many_spans_tells_how_many_are_left_out() {
    let made = Made::new();
    let spans = (0..100_000).map(|n| span(n, NOON * 1_000 + u64::from(n))).collect();
    made.store.append(Batch { spans, ..Batch::default() }).await.unwrap();
    let parts = made.store.trace(TRACE, NOON).await.unwrap();
    assert_eq!(parts.spans.len() as u64 + parts.spans_left_out, 100_000);
    assert_eq!(parts.spans.len(), 5_000);
}

#[tokio::test]
async fn spans_of_1970_make_no_day_of_1970() {
    let made = Made::new();
    let spans = vec![span(1, 0), span(2, u64::MAX)];
    made.store.append(Batch { spans, ..Batch::default() }).await.unwrap();
    let days: Vec<_> = made.store.days().await.unwrap().into_iter().map(|day| day.day).collect();
    assert_eq!(days, ["2026-10-27", "2026-11-27"]);
}
