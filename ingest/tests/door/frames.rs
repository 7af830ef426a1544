//! Frames to send.

use crate::server::NOW;
use dna_protocol::cbor::encode_frame;
use dna_protocol::field::{Id, Text};
use dna_protocol::model::{ApiCall, Body, Custom, Event, Frame, Header};
use serde_json::{Value, json};

/// The key of the application `bank`.
pub(crate) const KEY: &str = "bank-key";

/// The session of all frames here.
pub(crate) const SESSION: [u8; 16] = *b"0123456789abcdef";

/// A header sent now.
pub(crate) fn header(sequence: u64) -> Header {
    Header {
        sent_at: Some(NOW),
        app_key: Some(Text::cut(KEY)),
        session_id: Some(Id(SESSION)),
        sequence: Some(sequence),
        ..Header::default()
    }
}

/// An event that happened now.
pub(crate) fn custom(name: &str) -> Event {
    let name = Some(Text::cut(name));
    Event { time: NOW as f64, view: 0, body: Body::Custom(Custom { name, attributes: None }) }
}

/// A good frame in CBOR.
pub(crate) fn good(sequence: u64) -> Vec<u8> {
    encode_frame(&Frame { header: header(sequence), events: vec![custom("good")] })
}

/// A good frame in JSON with these events.
pub(crate) fn json(sequence: u64, events: Value) -> Value {
    let mut frame =
        dna_protocol::json::frame_value(&Frame { header: header(sequence), events: vec![] });
    frame["events"] = events;
    frame
}

/// A good event in JSON.
pub(crate) fn json_custom(name: &str) -> Value {
    json!({"kind": "custom", "time": NOW, "body": {"event.name": name}})
}

/// A frame with one API call, whose duration, the last 9 bytes, is `duration`.
pub(crate) fn with_duration(sequence: u64, duration: f64) -> Vec<u8> {
    let call = ApiCall {
        url: Some(Text::cut("/api")),
        // No integer and no f32, so it is written in 9 bytes.
        duration: dna_protocol::field::Millis::new(0.1).ok(),
        ..ApiCall::default()
    };
    let event = Event { time: NOW as f64, view: 0, body: Body::ApiCall(Box::new(call)) };
    let mut bytes = encode_frame(&Frame { header: header(sequence), events: vec![event] });
    let at = bytes.len() - 8;
    assert_eq!(bytes[at - 1], 0xfb);
    bytes[at..].copy_from_slice(&duration.to_be_bytes());
    bytes
}
