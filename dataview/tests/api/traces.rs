//! One call from the click to the SQL.

use crate::server::{NOW, Server};
use crate::store::{frame, session};
use dataview::access::{Role, Scope};
use dataview::model::{CallFact, SessionId, Span, SpanId, SpanKind, SpanStatus, TraceId, ViewId};
use dataview::store::TraceParts;
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::{Id, Text};
use dna_protocol::model::{Body, Event, Frame, Header, UserAction};
use serde_json::json;

const TRACE: TraceId = TraceId([0xab; 16]);

fn span() -> Span {
    let attributes = json!({"db.system.name": "sqlite", "db.query.text": "SELECT a FROM t"});
    Span {
        trace: TRACE,
        id: SpanId([2; 8]),
        parent: Some(SpanId([1; 8])),
        service: "accounts".to_owned(),
        name: "SELECT".to_owned(),
        kind: SpanKind::Client,
        start_us: (NOW + 10) * 1000,
        duration_us: 5_000,
        status: SpanStatus::Unset,
        attributes: attributes.as_object().unwrap().clone(),
        events: Vec::new(),
    }
}

fn call() -> CallFact {
    CallFact {
        view: Some(ViewId([5; 8])),
        at_ms: NOW,
        duration_ms: 50.0,
        api: "POST /api/login".to_owned(),
        status: 200,
        ok: true,
        trace: Some((TRACE, SpanId([1; 8]))),
    }
}

/// A frame with a click a second before the call.
fn click() -> Vec<u8> {
    let action = UserAction { name: Some(Text::cut("Sign in")), ..UserAction::default() };
    let event = Event { time: (NOW - 1_000) as f64, view: 0, body: Body::UserAction(action) };
    let header = Header { view_id: Some(Id([5; 8])), ..Header::default() };
    Entry { receipt: Receipt::default(), frame: Frame { header, events: vec![event] } }.encode()
}

#[test]
fn a_call_is_told_from_the_click_to_the_sql() {
    let server = Server::start();
    let calls = vec![("bank".to_owned(), SessionId([3; 16]), call())];
    let parts = TraceParts { calls, spans: vec![span()], ..TraceParts::default() };
    *server.store.trace.lock().unwrap() = parts;
    *server.store.sessions.lock().unwrap() = vec![session(3, NOW)];
    *server.store.frames.lock().unwrap() = vec![frame(1, click())];
    let path = format!("/api/v1/traces/{TRACE}");
    let answer = server.client.get(&format!("{path}?near={NOW}"));
    assert_eq!(answer.status, 200, "{}", answer.body);
    let rows = answer.body["rows"].as_array().unwrap();
    let told: Vec<_> = rows.iter().map(|row| (&row["kind"], &row["name"], &row["depth"])).collect();
    assert_eq!(
        told,
        [
            (&json!("action"), &json!("Sign in"), &json!(0)),
            (&json!("call"), &json!("POST /api/login"), &json!(1)),
            (&json!("sql"), &json!("SELECT a FROM t"), &json!(2)),
        ]
    );
    assert_eq!(answer.body["session"], "03".repeat(16));
    let gaps = answer.body["gaps"].to_string();
    assert!(gaps.contains("no proxy is connected"), "{gaps}");
    assert!(server.store.asked.lock().unwrap().contains(&format!("trace {TRACE} {NOW}")));

    // Of another application it is not even said that it is there.
    let other = server.client_of(Role::Viewer, Scope::Apps(vec!["shop".to_owned()]));
    let refused = other.get(&path);
    assert_eq!((refused.status, &refused.body["type"]), (404, &json!("/problems/unknown_trace")));
}

#[test]
fn what_no_client_told_of_is_for_those_who_may_ask_about_all() {
    let server = Server::start();
    let path = format!("/api/v1/traces/{TRACE}");
    assert_eq!(server.client.get(&path).body["type"], "/problems/unknown_trace");
    *server.store.trace.lock().unwrap() =
        TraceParts { spans: vec![span()], ..TraceParts::default() };
    let answer = server.client.get(&path).body;
    assert_eq!((&answer["session"], answer["rows"].as_array().unwrap().len()), (&json!(null), 1));
    let other = server.client_of(Role::Viewer, Scope::Apps(vec!["bank".to_owned()]));
    assert_eq!(other.get(&path).status, 404);
}

#[test]
fn what_is_no_trace_is_said() {
    let answer = Server::start().client.get("/api/v1/traces/xy");
    assert_eq!((answer.status, &answer.body["type"]), (400, &json!("/problems/invalid_parameter")));
}
