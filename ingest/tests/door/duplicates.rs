//! Frames sent again, in turn and at once.

use crate::client::post;
use crate::frames::{self, KEY, header, json, json_custom};
use crate::server::Server;
use dna_protocol::cbor::encode_frame;
use dna_protocol::field::Text;
use dna_protocol::model::Frame;
use serde_json::json;

#[test]
fn a_repeat_is_acknowledged_and_not_kept_again() {
    let server = Server::start();
    let request = post(json(1, json!([json_custom("a"), json_custom("b")])).to_string());
    assert_eq!(server.send(&request).text(), r#"{"accepted":2}"#);
    let (again, moved) = server.counted(|| server.send(&request));
    assert_eq!((again.status, again.text()), (200, r#"{"accepted":2,"duplicate":true}"#));
    let counter = "dna_ingest_frames_duplicate_total{app=\"bank\"}".to_owned();
    assert_eq!(moved.into_iter().collect::<Vec<_>>(), [(counter, 1)]);
    assert_eq!(server.stop().len(), 1);
}

#[test]
fn another_number_or_application_is_no_repeat() {
    let server = Server::start();
    let events = vec![frames::custom("a")];
    for (sequence, key) in [(1, KEY), (2, KEY), (1, "open-key")] {
        let mut header = header(sequence);
        header.app_key = Some(Text::cut(key));
        let body = encode_frame(&Frame { header, events: events.clone() });
        assert_eq!(server.send(&post(body)).text(), r#"{"accepted":1}"#);
    }
    assert_eq!(server.stop().len(), 3);
}

#[test]
fn copies_at_the_same_moment_become_one() {
    let server = Server::start_with("");
    for _ in 0..20 {
        let request = post(frames::good(server.sequence()));
        let first = std::thread::scope(|scope| {
            let copies: Vec<_> = (0..8).map(|_| scope.spawn(|| server.send(&request))).collect();
            let answers = copies.into_iter().map(|copy| copy.join().expect("an answer"));
            answers.filter(|answer| answer.text() == r#"{"accepted":1}"#).count()
        });
        assert_eq!(first, 1);
    }
    assert_eq!(server.stop().len(), 20);
}

#[test]
fn a_refused_frame_may_come_again() {
    let server = Server::start();
    let old = json!({"kind": "custom", "time": 0, "body": {"event.name": "old"}});
    let request = post(json(1, json!([old])).to_string());
    for _ in 0..2 {
        assert_eq!(server.send(&request).status, 422);
    }
    assert_eq!(server.send(&post(frames::good(1))).text(), r#"{"accepted":1}"#);
}
