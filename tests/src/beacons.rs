//! Beacons as a hand-written client sends them, retried until they are acknowledged.

use crate::ingest::APP_KEY;
use dna_protocol::cbor::encode_frame;
use dna_protocol::field::{AttributeValue, Attributes, Id, Text};
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
    encode_frame(&frame_of(key, session, sequence))
}

fn frame_of(key: &str, session: u8, sequence: u64) -> Frame {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    let now = now.as_millis() as u64;
    Frame {
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
    }
}

/// The same with so much for it to say that it is some 50 KB, none of which packs.
#[must_use]
pub fn large_beacon(session: u8, sequence: u64) -> Vec<u8> {
    let mut random = u64::from(session) << 40 | sequence << 1 | 1;
    let mut text = move || {
        let mut text = String::with_capacity(500);
        while text.len() < 490 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            // Letters only: a long number would be masked.
            text.extend((0..12).map(|at| char::from(b'a' + (random >> (5 * at) & 15) as u8)));
        }
        AttributeValue::Text(Text::cut(text))
    };
    let mut frame = frame_of(APP_KEY, session, sequence);
    let first = frame.events[0].clone();
    frame.events = (0..5)
        .map(|_| {
            let mut event = first.clone();
            if let Body::Custom(custom) = &mut event.body {
                let mut attributes = Attributes::default();
                for at in 0..20 {
                    attributes.push(Text::cut(format!("a{at}")), text()).expect("another name");
                }
                custom.attributes = Some(attributes);
            }
            event
        })
        .collect();
    encode_frame(&frame)
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
    send_made(url, session, sent, next, beacon);
}

/// The same with beacons that `make` makes of session and sequence.
///
/// # Panics
/// When one is refused for good or not acknowledged in two minutes.
pub fn send_made(
    url: &str,
    session: u8,
    sent: &Sent,
    next: impl Fn(u64) -> bool,
    make: impl Fn(u8, u64) -> Vec<u8>,
) {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(10)))
        .http_status_as_error(false)
        .build()
        .into();
    let url = format!("{url}/v1/beacon");
    for sequence in (0..).take_while(|sequence| next(*sequence)) {
        let body = make(session, sequence);
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
