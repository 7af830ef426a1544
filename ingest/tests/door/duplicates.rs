//! Frames sent again, in turn and at once.

use crate::client::{get, post};
use crate::frames::{self, KEY, header, json, json_custom};
use crate::server::Server;
use dna_protocol::cbor::encode_frame;
use dna_protocol::field::Text;
use dna_protocol::model::Frame;
use ingest::buffer::memory::Memory;
use serde_json::json;
use std::time::{Duration, Instant};

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

/// Once it waits, a frame is kept whatever its client does, so it counts, is charged, and is known
/// when it comes again.
#[test]
fn a_client_that_resets_while_its_frame_is_kept_is_counted_and_not_kept_twice() {
    let quota = "[rates]\napp_events_per_day = 2";
    let (memory, sink) = Memory::held();
    let server = Server::start_on_memory(quota, sink, 100);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let first = post(frames::good(1));
    let stream = first.start(server.address, first.body.len());
    let arrived =
        async { tokio::time::timeout(Duration::from_secs(30), memory.group_arrived()).await };
    runtime.block_on(arrived).expect("the frame waits in the buffer");
    // Closing with no time to linger is a reset.
    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).expect("a socket's option");
    drop(stream);
    // The one worker sees the reset before it answers these, which came after it.
    for _ in 0..3 {
        assert_eq!(server.send(&get("/health/live")).status, 200);
    }
    memory.release(10);
    let start = Instant::now();
    let counter = "dna_ingest_frames_accepted_total{app=\"bank\"}";
    while server.counters().get(counter) != Some(&1) {
        assert!(start.elapsed() < Duration::from_secs(10), "it was kept and is not counted");
    }
    assert_eq!(server.send(&first).text(), r#"{"accepted":1,"duplicate":true}"#);
    assert_eq!(server.send(&post(frames::good(2))).status, 200);
    let over = server.send(&post(frames::good(3)));
    assert_eq!(over.status, 429, "the first was charged to the quota");
    assert_eq!(memory.items().len(), 2);
}
