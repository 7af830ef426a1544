//! Lists of sessions, and one of them in full.

use crate::server::{NOW, Server};
use crate::store::{frame, session};
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::{Id, Text};
use dna_protocol::model::{ApiCall, Body, Custom, Event, Frame, Header};
use serde_json::json;

#[test]
fn a_list_goes_on_where_it_ended() {
    let server = Server::start();
    let rows = (0..5).map(|number| session(number, NOW - u64::from(number)));
    *server.store.sessions.lock().unwrap() = rows.collect();
    let mut found = Vec::new();
    let mut path = "/api/v1/sessions?app=bank&troubled=true&limit=2".to_owned();
    loop {
        let answer = server.client.get(&path).body;
        let sessions = answer["sessions"].as_array().unwrap();
        found.extend(sessions.iter().map(|session| session["id"].as_str().unwrap().to_owned()));
        let Some(next) = answer["next"].as_str() else { break };
        path = format!("/api/v1/sessions?app=bank&troubled=true&limit=2&cursor={next}");
    }
    let ids: Vec<_> = (0..5).map(|number| format!("{number:02x}").repeat(16)).collect();
    assert_eq!(found, ids);

    let other = path.replace("troubled=true", "troubled=false");
    let refused = server.client.get(&other);
    assert_eq!((refused.status, &refused.body["type"]), (400, &json!("/problems/invalid_cursor")));
}

#[test]
fn a_session_tells_its_events_in_their_order() {
    let server = Server::start();
    *server.store.sessions.lock().unwrap() = vec![session(3, NOW)];
    // The client's clock is 10 s behind; the second frame ends what began before the first's end.
    let custom = |time, name: &str| Event {
        time,
        view: 0,
        body: Body::Custom(Custom { name: Some(Text::cut(name)), ..Custom::default() }),
    };
    let call = ApiCall {
        method: Some(Text::cut("POST")),
        url: Some(Text::cut("https://bank.example/api/login")),
        status: Some(502),
        trace_id: Some(Id([0xab; 16])),
        ..ApiCall::default()
    };
    let call = Event { time: 1_500.0, view: 0, body: Body::ApiCall(Box::new(call)) };
    let entry = |events| {
        let header = Header {
            time_base: Some(NOW - 60_000),
            view_id: Some(Id([5; 8])),
            url: Some(Text::cut("https://bank.example/login")),
            ..Header::default()
        };
        let receipt = Receipt { clock_skew: Some(10_000), ..Receipt::default() };
        Entry { receipt, frame: Frame { header, events } }.encode()
    };
    *server.store.frames.lock().unwrap() = vec![
        frame(1, entry(vec![custom(1_000.0, "first"), custom(2_000.0, "third")])),
        frame(2, entry(vec![call])),
        frame(3, b"no entry".to_vec()),
    ];
    let id = "03".repeat(16);
    let answer = server.client.get(&format!("/api/v1/sessions/{id}?app=bank")).body;
    let timeline = answer["timeline"].as_array().unwrap();
    let told: Vec<_> = timeline
        .iter()
        .map(|item| (item["at"].as_u64().unwrap(), item["title"].as_str().unwrap()))
        .collect();
    let at = |offset| NOW - 50_000 + offset;
    assert_eq!(
        told,
        [(at(1_000), "first"), (at(1_500), "POST /api/login → 502"), (at(2_000), "third")]
    );
    assert_eq!(timeline[1]["ok"], false);
    assert_eq!(timeline[1]["trace"], "ab".repeat(16));
    assert_eq!(timeline[1]["fields"]["http.response.status_code"], 502);
    assert_eq!(timeline[1]["sequence"], 2);
    let view =
        json!([{"id": "05".repeat(8), "at": at(1_000), "page": "https://bank.example/login"}]);
    assert_eq!(answer["views"], view);
    assert_eq!(answer["frames_unreadable"], 1);
    assert_eq!(answer["session"]["tier"], "vip");
}

#[test]
fn a_session_that_is_not_there_is_told_so() {
    let server = Server::start();
    let answer = server.client.get(&format!("/api/v1/sessions/{}?app=bank", "00".repeat(16)));
    assert_eq!((answer.status, &answer.body["type"]), (404, &json!("/problems/unknown_session")));
}
