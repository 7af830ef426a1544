//! Beacons as a hand-written client sends them, retried until they are acknowledged.

use crate::ingest::APP_KEY;
use dna_protocol::cbor::encode_frame;
use dna_protocol::field::{Id, Text};
use dna_protocol::model::{Body, Custom, Event, Frame, Header};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// How long a beacon is tried before the test gives up.
const GIVE_UP: Duration = Duration::from_secs(120);

/// What became of a run of beacons.
#[derive(Debug, Default)]
pub struct Sent {
    /// Beacons that were acknowledged.
    pub acknowledged: AtomicU64,
    /// Tries that failed and were repeated.
    pub failed_tries: AtomicU64,
}

/// The frame number `sequence` of session `session`: one custom event that says its number.
#[must_use]
pub fn beacon(session: u8, sequence: u64) -> Vec<u8> {
    beacon_of(APP_KEY, session, sequence)
}

/// The same of the application whose key this is.
#[must_use]
pub fn beacon_of(key: &str, session: u8, sequence: u64) -> Vec<u8> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    let now = now.as_millis() as u64;
    encode_frame(&Frame {
        header: Header {
            sent_at: Some(now),
            app_key: Some(Text::cut(key)),
            session_id: Some(Id([session; 16])),
            sequence: Some(sequence),
            ..Header::default()
        },
        events: vec![Event {
            time: now as f64,
            view: 0,
            body: Body::Custom(Custom {
                name: Some(Text::cut(format!("{session}-{sequence}"))),
                attributes: None,
            }),
        }],
    })
}

/// Sends `count` beacons of session `session`, as [`send_while`] does.
///
/// # Panics
/// When one is refused for good or not acknowledged in two minutes.
pub fn send_all(url: &str, session: u8, count: u64, sent: &Sent) {
    send_while(url, session, sent, |sequence| sequence < count);
}

/// Sends beacons of session `session` one after the other while there is to be a `next` one, each
/// until acknowledged; `sent` counts. A server that is away or says 503 is tried again, as a
/// client would.
///
/// # Panics
/// When one is refused for good or not acknowledged in two minutes.
pub fn send_while(url: &str, session: u8, sent: &Sent, next: impl Fn(u64) -> bool) {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(10)))
        .http_status_as_error(false)
        .build()
        .into();
    let url = format!("{url}/v1/beacon");
    for sequence in (0..).take_while(|sequence| next(*sequence)) {
        let body = beacon(session, sequence);
        let began = std::time::Instant::now();
        loop {
            let answer = agent.post(&url).content_type("text/plain").send(&body[..]);
            match answer.map(|answer| answer.status().as_u16()) {
                Ok(200) => break,
                Ok(503 | 429) | Err(_) => {
                    sent.failed_tries.fetch_add(1, Ordering::Relaxed);
                    assert!(began.elapsed() < GIVE_UP, "{session}-{sequence} was not taken");
                    // Not a wait for something to happen, but a client's own politeness.
                    std::thread::sleep(Duration::from_millis(20));
                }
                Ok(status) => panic!("{session}-{sequence} was refused with {status}"),
            }
        }
        sent.acknowledged.fetch_add(1, Ordering::Relaxed);
    }
}
