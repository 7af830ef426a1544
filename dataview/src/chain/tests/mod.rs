//! Chains as support desks would read them: the whole one, and those with something missing.

mod visit;

use super::*;
use crate::model::{CallFact, Hop, LogLine, SessionId, Span, SpanId, SpanKind, SpanStatus, ViewId};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const TRACE: TraceId = TraceId([7; 16]);
const START_MS: u64 = 1_795_708_800_000;
const START_US: u64 = START_MS * 1000;

fn id(number: u8) -> SpanId {
    SpanId([number; 8])
}

fn call() -> CallFact {
    CallFact {
        view: Some(ViewId([1; 8])),
        at_ms: START_MS,
        duration_ms: 100.0,
        api: "POST /transfer".to_owned(),
        status: 200,
        ok: true,
        trace: Some((TRACE, id(1))),
    }
}

/// A hop of the call that began so many ms after it.
fn hop(proxy: &str, after_ms: i64, duration_ms: u64) -> Hop {
    Hop {
        trace: Some((TRACE, id(1))),
        sampled: true,
        proxy: proxy.to_owned(),
        start_us: START_US.saturating_add_signed(after_ms * 1000),
        duration_us: duration_ms * 1000,
        method: "POST".to_owned(),
        host: "bank.example".to_owned(),
        path: "/transfer".to_owned(),
        status: 200,
        response_bytes: 1,
        request_bytes: 1,
        upstream: Some("10.0.0.1:80".to_owned()),
        upstream_connect_us: None,
        upstream_header_us: None,
        upstream_response_us: None,
        connection_us: None,
        protocol: "HTTP/1.1".to_owned(),
        tls: None,
    }
}

fn span(number: u8, parent: u8, kind: SpanKind, after_ms: i64, duration_ms: u64) -> Span {
    Span {
        trace: TRACE,
        id: id(number),
        parent: (parent > 0).then(|| id(parent)),
        service: "accounts".to_owned(),
        name: format!("span {number}"),
        kind,
        start_us: START_US.saturating_add_signed(after_ms * 1000),
        duration_us: duration_ms * 1000,
        status: SpanStatus::Unset,
        attributes: Map::new(),
        events: Vec::new(),
    }
}

fn query(number: u8, parent: u8, after_ms: i64) -> Span {
    let mut span = span(number, parent, SpanKind::Client, after_ms, 5);
    let attributes =
        json!({"db.system.name": "sqlite", "db.query.text": "SELECT a FROM t WHERE b = ?"});
    span.attributes = attributes.as_object().expect("members").clone();
    span
}

fn parts(hops: Vec<Hop>, spans: Vec<Span>) -> TraceParts {
    let calls = vec![("bank".to_owned(), SessionId([9; 16]), call())];
    TraceParts { calls, hops, spans, ..TraceParts::default() }
}

/// A session of which all is known, and whose client counts the actions that have a number.
fn visit(actions: &[Action], told: CallTold) -> Visit {
    Visit { actions: actions.to_vec(), calls: [(id(1), told)].into() }
}

fn click(before_ms: u64, name: &str, view: u8) -> Action {
    Action {
        id: None,
        at_ms: START_MS - before_ms,
        view: Some(ViewId([view; 8])),
        name: name.to_owned(),
        element: None,
        duration_ms: 16.0,
        frustration: None,
    }
}

/// A click with a number: how long before the call it was.
fn numbered(click: Action) -> Action {
    Action { id: Some(START_MS - click.at_ms), ..click }
}

/// Depth, kind and name of each row.
fn told(chain: &Chain) -> Vec<String> {
    let kind = |row: &Row| serde_json::to_value(row.kind).expect("a text");
    let line = |row: &Row| {
        format!("{}{} {}", "  ".repeat(row.depth), kind(row).as_str().unwrap_or("?"), row.name)
    };
    chain.rows.iter().map(line).collect()
}

/// As it is told in JSON.
fn json(between: Between) -> String {
    serde_json::to_value(between).unwrap().as_str().unwrap().to_owned()
}

fn reasons(chain: &Chain) -> String {
    chain.gaps.iter().map(|gap| format!("{}: {}\n", json(gap.between), gap.why)).collect()
}

fn connected() -> Circumstances {
    Circumstances { proxies_tell: true, services_tell: true, dropped: Vec::new() }
}

#[test]
fn from_the_click_to_the_sql() {
    let spans = vec![
        query(4, 2, 30),
        span(2, 1, SpanKind::Server, 20, 60),
        span(3, 2, SpanKind::Internal, 40, 10),
        span(5, 3, SpanKind::Producer, 41, 2),
    ];
    let mut parts = parts(vec![hop("inner", 12, 75), hop("edge", 10, 80)], spans);
    parts.logs.push(LogLine {
        trace: Some(TRACE),
        span: Some(id(2)),
        service: "accounts".to_owned(),
        at_us: START_US,
        severity: 9,
        body: "done".to_owned(),
    });
    let actions = [click(900, "first", 1), click(300, "Pay", 1), click(100, "other page", 2)];
    let actions = actions.map(numbered);
    let told_of = CallTold { action: Some(300), ..CallTold::default() };
    let chain = chain(TRACE, parts, &visit(&actions, told_of), &connected());
    assert_eq!(
        told(&chain),
        [
            "action Pay",
            "  call POST /transfer",
            "    hop POST /transfer",
            "      hop POST /transfer",
            "        span span 2",
            "          sql SELECT a FROM t WHERE b = ?",
            "          span span 3",
            "            span span 5",
        ]
    );
    assert_eq!(chain.rows[2].service, "edge", "the outer one is the one that took longer");
    assert_eq!((chain.rows[5].parent, chain.rows[5].depth), (Some(4), 5));
    assert_eq!(reasons(&chain), "");
    assert!(chain.rows.iter().all(|row| row.notes.is_empty()), "{chain:?}");
    assert_eq!((chain.app.as_deref(), chain.session), (Some("bank"), Some(SessionId([9; 16]))));
    assert_eq!(chain.logs[0].span.as_deref(), Some("0202020202020202"));
}

#[test]
fn a_click_of_long_ago_or_of_another_view_is_none() {
    for action in [click(2_500, "old", 1), click(100, "other", 2)] {
        let visit = visit(&[action], CallTold::default());
        let chain = chain(TRACE, parts(vec![], vec![]), &visit, &connected());
        assert_eq!(told(&chain)[0], "call POST /transfer");
        assert!(reasons(&chain).contains("action and call: no click within 2 s"), "{chain:?}");
    }
}

#[test]
fn clocks_are_made_one_and_told() {
    // The proxy is 5 s behind, the service with it; another service is right.
    let mut far = span(3, 2, SpanKind::Server, 30, 10);
    far.service = "sms".to_owned();
    let spans = vec![span(2, 1, SpanKind::Server, -4_980, 60), far, query(4, 2, -4_960)];
    let chain =
        chain(TRACE, parts(vec![hop("edge", -4_990, 80)], spans), &Visit::default(), &connected());
    let starts: Vec<_> = chain
        .rows
        .iter()
        .map(|row| (row.name.as_str(), (row.start_us as i64 - START_US as i64) / 1000))
        .collect();
    // The hop lies in the middle of the call; its service is shifted with it.
    assert_eq!(
        starts,
        [
            ("POST /transfer", 0),
            ("POST /transfer", 10),
            ("span 2", 20),
            ("span 3", 30),
            ("SELECT a FROM t WHERE b = ?", 40),
        ]
    );
    assert_eq!(chain.rows[1].notes[0].words, "clock corrected by +5000.0 ms (edge)");
    assert!(chain.rows[2].notes.is_empty(), "{:?}", chain.rows[2].notes);
    assert!(chain.rows[4].notes.is_empty(), "{:?}", chain.rows[4].notes);
}

#[test]
fn what_outlasts_a_call_that_was_given_up_is_not_shifted() {
    let spans = vec![span(2, 1, SpanKind::Server, 10, 4_000)];
    let chain =
        chain(TRACE, parts(vec![hop("edge", 5, 90)], spans), &Visit::default(), &connected());
    assert_eq!(chain.rows[2].start_us, START_US + 10_000);
}

#[test]
fn each_missing_link_has_its_reason() {
    let nothing = chain(TRACE, parts(vec![], vec![]), &Visit::default(), &Circumstances::default());
    let words = reasons(&nothing);
    assert!(words.contains("call and span: the service told no span"), "{words}");
    assert!(
        words.contains("no proxy is connected") && words.contains("no service ever did"),
        "{words}"
    );

    let dropped = vec![("network_queue_full".to_owned(), 3), ("otlp_too_old".to_owned(), 0)];
    let circumstances = Circumstances { dropped, ..connected() };
    let spans = vec![span(2, 1, SpanKind::Server, 10, 50)];
    let no_hop = reasons(&chain(TRACE, parts(vec![], spans), &Visit::default(), &circumstances));
    assert!(
        no_hop.contains("dropped since the start, perhaps this too: network_queue_full: 3"),
        "{no_hop}"
    );
    assert!(!no_hop.contains("otlp"), "{no_hop}");

    let mut unsampled = hop("edge", 10, 80);
    unsampled.sampled = false;
    let words =
        reasons(&chain(TRACE, parts(vec![unsampled], vec![]), &Visit::default(), &connected()));
    assert!(words.contains("hop and span: not sampled"), "{words}");

    let words = reasons(&chain(
        TRACE,
        parts(vec![hop("edge", 10, 80)], vec![]),
        &Visit::default(),
        &connected(),
    ));
    assert!(words.contains("hop and span: 10.0.0.1:80 told no span"), "{words}");

    let mut alone = hop("edge", 10, 80);
    alone.upstream = None;
    let words = reasons(&chain(TRACE, parts(vec![alone], vec![]), &Visit::default(), &connected()));
    assert!(words.contains("hop and span: edge answered by itself"), "{words}");

    let mut asks = span(2, 1, SpanKind::Client, 10, 50);
    asks.attributes.insert("server.address".to_owned(), "sms.example".into());
    let words = reasons(&chain(
        TRACE,
        parts(vec![hop("e", 5, 80)], vec![asks]),
        &Visit::default(),
        &connected(),
    ));
    assert!(words.contains("span and span: sms.example told no span"), "{words}");

    let only_spans =
        TraceParts { spans: vec![span(2, 0, SpanKind::Server, 0, 1)], ..TraceParts::default() };
    let words = reasons(&chain(TRACE, only_spans, &Visit::default(), &connected()));
    assert!(words.contains("call: no client told of this call"), "{words}");
}

#[test]
fn loops_and_orphans_are_told_and_end() {
    let spans = vec![
        span(2, 3, SpanKind::Internal, 10, 5),
        span(3, 4, SpanKind::Internal, 11, 5),
        span(4, 2, SpanKind::Internal, 12, 5),
        span(5, 5, SpanKind::Internal, 20, 5),
        span(6, 99, SpanKind::Internal, 30, 5),
    ];
    let chain = chain(TRACE, parts(vec![], spans), &Visit::default(), &connected());
    assert_eq!(
        told(&chain),
        [
            "call POST /transfer",
            "span span 2",
            "  span span 4",
            "    span span 3",
            "span span 5",
            "span span 6"
        ]
    );
    assert_eq!(chain.rows[1].notes[0].code, NoteCode::ParentsLoop);
    assert_eq!(chain.rows[4].notes[0].code, NoteCode::OwnParent);
    let words = reasons(&chain);
    assert!(words.contains("form a loop"), "{words}");
    assert!(words.contains("1 spans name a parent that is not here: accounts (1)"), "{words}");
}

#[test]
fn a_call_that_was_sent_again_has_both_hops() {
    let spans = vec![span(2, 1, SpanKind::Server, 61, 20)];
    let chain = chain(
        TRACE,
        parts(vec![hop("edge", 5, 30), hop("edge", 60, 30)], spans),
        &Visit::default(),
        &connected(),
    );
    assert_eq!(
        told(&chain),
        ["call POST /transfer", "  hop POST /transfer", "  hop POST /transfer", "    span span 2"]
    );
}

#[test]
fn a_trace_of_a_hundred_thousand_spans_is_bounded_and_says_so() {
    let spans = (0..100_000_u32).map(|number| {
        let mut one = span(2, 1, SpanKind::Internal, 10, 5);
        one.id = SpanId(u64::from(number + 10).to_be_bytes());
        // A chain as deep as it is long.
        one.parent =
            Some(if number == 0 { id(1) } else { SpanId(u64::from(number + 9).to_be_bytes()) });
        one
    });
    let chain = chain(TRACE, parts(vec![], spans.collect()), &Visit::default(), &connected());
    assert_eq!(chain.rows.len(), ROWS_MAX);
    assert_eq!(chain.rows[ROWS_MAX - 1].depth, ROWS_MAX - 1);
    let left_out = 100_001 - ROWS_MAX;
    assert!(reasons(&chain).contains(&format!("{left_out} more spans are left out")));
}

proptest! {
    #[test]
    fn every_link_is_told_once_whatever_its_parents_say(
        links in proptest::collection::vec((0_u8..12, 0_u8..12, 1_u8..6, -50_i64..50, 0_u64..90), 0..20),
        hops in proptest::collection::vec((0_u8..3, -50_i64..50, 0_u64..90), 0..5),
    ) {
        let kinds = [SpanKind::Internal, SpanKind::Server, SpanKind::Client, SpanKind::Producer, SpanKind::Consumer];
        let spans: Vec<_> = links.iter().map(|(own, parent, kind, after, long)| {
            span(*own, *parent, kinds[usize::from(kind % 5)], *after, *long)
        }).collect();
        let hops: Vec<_> = hops.iter().map(|(proxy, after, long)| hop(&format!("p{proxy}"), *after, *long)).collect();
        let count = 1 + spans.len() + hops.len();
        let chain = chain(TRACE, parts(hops, spans), &Visit::default(), &connected());
        prop_assert_eq!(chain.rows.len(), count);
        for (at, row) in chain.rows.iter().enumerate() {
            match row.parent {
                None => prop_assert_eq!(row.depth, 0),
                Some(parent) => {
                    prop_assert!(parent < at);
                    prop_assert_eq!(row.depth, chain.rows[parent].depth + 1);
                    prop_assert!(row.start_us >= chain.rows[parent].start_us || row.service == chain.rows[parent].service,
                        "a part of another host began before the whole");
                }
            }
        }
    }
}

#[test]
fn it_is_told_in_the_apis_words() {
    let chain =
        chain(TRACE, parts(vec![hop("edge", 10, 80)], vec![]), &Visit::default(), &connected());
    let json = serde_json::to_value(&chain).expect("JSON");
    assert_eq!(json["trace"], Value::from("07".repeat(16)));
    assert_eq!(
        (&json["rows"][0]["kind"], &json["rows"][1]["kind"]),
        (&"call".into(), &"hop".into())
    );
    assert_eq!(json["rows"][1]["attributes"]["upstream"], "10.0.0.1:80");
}
