//! The wall clock jumps, forwards and backwards by hours: nobody is refused for it, and what was
//! kept says by how much the client's clock and ours differed.
//!
//! The clock is passed in, so it is moved here and not the machine's. Deadlines and pauses are
//! measured with the monotonic clock, which does not jump.

use actix_web::body::to_bytes;
use actix_web::dev::{Service, ServiceFactory};
use actix_web::{test, web};
use dna_protocol::entry::Entry;
use ingest::buffer::commit::Bounds;
use ingest::buffer::memory::Memory;
use ingest::buffer::{BufferCounters, Keeper};
use ingest::config::{Config, Layers, Reread};
use ingest::http::Door;
use ingest::http::server::answering;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const HOUR: u64 = 3_600_000;
const START: u64 = 1_800_000_000_000;

static CLOCK: AtomicU64 = AtomicU64::new(START);

fn config(keys: &str) -> Config {
    let folder = tempfile::tempdir().expect("a folder");
    let pem = folder.path().join("sign.pem");
    // The key of RFC 8410, section 10.3.
    let key = "-----BEGIN PRIVATE KEY-----\n\
               MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
               -----END PRIVATE KEY-----\n";
    std::fs::write(&pem, key).expect("writable");
    let text = format!(
        "[privacy]\npseudonym_key = {:?}\n[remote_config]\nsigning_key_file = {pem:?}\n[[apps]]\n\
         name = \"bank\"\nkeys = {keys}\norigins = [\"*\"]\n",
        "ab".repeat(32)
    );
    let layers = Layers::from_text(Path::new("clock.toml"), &text).expect("TOML");
    Config::load(&layers).expect("good")
}

/// A frame of a client whose clock is right and does not jump.
fn frame(sequence: u64, events: &[u64]) -> String {
    let event = |time| json!({"kind": "custom", "time": time, "body": {"event.name": "n"}});
    let events: Vec<Value> = events.iter().map(event).collect();
    json!({
        "app_key": "k", "session.id": "ab".repeat(16), "sequence": sequence,
        "sent_at_ms": START, "events": events,
    })
    .to_string()
}

#[actix_web::test]
async fn a_clock_that_jumps_refuses_nobody() {
    let (memory, sink) = Memory::new();
    let counters = Arc::new(BufferCounters::default());
    let keeper = Keeper::start(sink, Bounds::new(1000, 1 << 20), Arc::clone(&counters)).await;
    let now = || CLOCK.load(Ordering::SeqCst);
    let keys = "[\"k\", { key = \"ends\", not_after = 2027-01-15T09:00:00Z }]";
    let door = web::Data::new(Door::new(&config(keys), keeper, counters, now));
    let app = answering(door.clone(), None).new_service(()).await.expect("services");
    let send = async |body: String| {
        let request = test::TestRequest::post().uri("/v1/beacon").set_payload(body);
        let answer = app.call(request.to_request()).await.expect("an answer");
        (answer.status().as_u16(), to_bytes(answer.into_body()).await.expect("a body"))
    };
    let told = async || -> Value {
        let request = test::TestRequest::get().uri("/v1/config?key=k").to_request();
        let answer = app.call(request).await.expect("an answer");
        let answer = to_bytes(answer.into_body()).await.expect("a body");
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        serde_json::from_str(answer["config"].as_str().expect("a text")).expect("JSON")
    };
    let mut issued = told().await["issued_at"].as_u64().expect("a time");
    // On, ahead by hours, behind by hours, at the beginning of time, far ahead, and right again.
    let jumps = [
        START,
        START + 6 * HOUR,
        START - 12 * HOUR,
        0,
        1,
        START + 24 * 365 * HOUR,
        START + HOUR / 4,
    ];
    for (sequence, now) in jumps.into_iter().enumerate() {
        CLOCK.store(now, Ordering::SeqCst);
        let sequence = sequence as u64;
        // Events of the last day and of this moment, by the client's clock.
        let body = frame(sequence, &[START - 24 * HOUR, START - 1000, START]);
        let (status, answer) = send(body.clone()).await;
        assert_eq!((status, &answer[..]), (200, &br#"{"accepted":3}"#[..]), "at {now}");
        let (status, answer) = send(body).await;
        assert_eq!(status, 200);
        assert!(answer.ends_with(br#""duplicate":true}"#), "a repeat is one at any time");
        // Pages go back to no older word: what is told after a jump backwards is not older.
        let reread = Reread { config: config(keys), needs_restart: Vec::new() };
        door.reload(reread).expect("taken over");
        let told = told().await["issued_at"].as_u64().expect("a time");
        assert!(told > issued, "{told} after {issued}, at {now}");
        issued = told;
    }
    let kept = memory.items();
    assert_eq!(kept.len(), jumps.len());
    for (item, now) in kept.iter().zip(jumps) {
        let (receipt, _) = Entry::decode(&item.bytes).expect("an entry");
        assert_eq!(receipt.received_at, Some(now));
        assert_eq!(receipt.clock_skew, Some(now.cast_signed() - START.cast_signed()));
    }
    // A key ends by the clock: while it is ahead the key has ended, and then it has not.
    let ends = |sequence| frame(sequence, &[START]).replace("\"k\"", "\"ends\"");
    for (sequence, now, expected) in
        [(90, START, 200), (91, START + 2 * HOUR, 401), (92, START + HOUR / 4, 200)]
    {
        CLOCK.store(now, Ordering::SeqCst);
        assert_eq!(send(ends(sequence)).await.0, expected, "at {now}");
    }
}
