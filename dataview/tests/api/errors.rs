//! Errors: their list, and one with its stack.

use crate::server::{NOW, Server};
use crate::store::{frame, session};
use dataview::facts::fingerprint_of;
use dataview::model::SessionId;
use dataview::store::{ErrorGroup, ErrorOccurrence};
use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::Text;
use dna_protocol::model::{Body, Event, Exception, Frame, Header};
use serde_json::json;

fn group(fingerprint: u64, count: u64) -> ErrorGroup {
    ErrorGroup {
        fingerprint,
        kind: "exception".to_owned(),
        r#type: "TypeError".to_owned(),
        message: "x is undefined".to_owned(),
        count,
        sessions: 1,
        users: 1,
        first_at_ms: NOW - 1,
        last_at_ms: NOW,
        releases: (Some("1.0".to_owned()), None),
    }
}

#[test]
fn errors_come_by_frequency_in_parts() {
    let server = Server::start();
    *server.store.errors.lock().unwrap() =
        vec![group(9, 5), group(7, 5), group(8, 5), group(1, 1), group(2, 40)];
    let mut found = Vec::new();
    let mut path = "/api/v1/errors?app=bank&limit=2".to_owned();
    loop {
        let answer = server.client.get(&path).body;
        let part = answer["errors"].as_array().unwrap();
        found.extend(part.iter().map(|error| error["fingerprint"].as_str().unwrap().to_owned()));
        let Some(next) = answer["next"].as_str() else { break };
        path = format!("/api/v1/errors?app=bank&limit=2&cursor={next}");
    }
    let fingerprints: Vec<_> = [2, 7, 8, 9, 1].map(|number| format!("{number:016x}")).into();
    assert_eq!(found, fingerprints);
}

#[test]
fn an_error_tells_the_stack_of_its_newest_occurrence() {
    let server = Server::start();
    let thrown = |message: &str| {
        Body::Exception(Exception {
            r#type: Some(Text::cut("TypeError")),
            message: Some(Text::cut(message)),
            stacktrace: Some(Text::cut(
                "TypeError: no\n    at pay (https://bank.example/app.js:1:2)",
            )),
            ..Exception::default()
        })
    };
    let fingerprint = fingerprint_of(&thrown("no")).unwrap();
    let events = vec![Event { time: 0.0, view: 0, body: thrown("no") }];
    let entry =
        Entry { receipt: Receipt::default(), frame: Frame { header: Header::default(), events } };
    *server.store.frames.lock().unwrap() = vec![frame(4, entry.encode())];
    *server.store.sessions.lock().unwrap() = vec![session(3, NOW)];
    *server.store.errors.lock().unwrap() = vec![group(fingerprint, 1)];
    *server.store.occurrences.lock().unwrap() = vec![ErrorOccurrence {
        session: SessionId([3; 16]),
        sequence: 4,
        at_ms: NOW,
        page: "/pay".to_owned(),
        user: Some("ab12".to_owned()),
        release: None,
    }];
    let answer = server.client.get(&format!("/api/v1/errors/{fingerprint:016x}?app=bank")).body;
    assert_eq!(answer["group"]["type"], "TypeError");
    assert_eq!(answer["occurrences"][0]["page"], "/pay");
    assert_eq!(answer["stack"][1]["raw"], "    at pay (https://bank.example/app.js:1:2)");

    let other = server.client.get("/api/v1/errors/0000000000000001?app=bank");
    assert_eq!((other.status, &other.body["type"]), (404, &json!("/problems/unknown_error")));
    assert_eq!(server.client.get("/api/v1/errors/1?app=bank").status, 400);
}
