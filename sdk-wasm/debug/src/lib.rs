//! What a frame says, for the console of a page's developer: `js-wrapper/src/dna-debug.ts` prints
//! it.
//!
//! A module of its own, because reading frames takes serde and the JSON twin, which weigh more
//! than the whole core. It is downloaded by pages with `data-debug` only.

#![allow(unreachable_pub, reason = "wasm-bindgen exports only what is pub")]

use dna_protocol::cbor::{self, MAGIC};
use dna_protocol::field::Verbatim;
use dna_protocol::json::{self, frame_value};
use dna_protocol::{Body, Frame, FrameProblem};
use serde::Serialize;
use serde_json::Value;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// A frame, as it is shown.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// `CBOR` or `JSON`.
    pub form: &'static str,
    /// Header and good events, as `docs/protocol.md` names them.
    pub frame: Value,
    /// What no reader takes, one sentence an event.
    pub wrong: Vec<String>,
}

/// Reads the bytes of a frame. The user's id is left out: whatever else listens to the console
/// would carry it away.
///
/// # Errors
/// When no frame can be read.
pub fn shown(bytes: &[u8]) -> Result<Shown, FrameProblem> {
    let (form, decoded) = if bytes.starts_with(&MAGIC) {
        ("CBOR", cbor::decode_frame(bytes)?)
    } else {
        ("JSON", json::decode_frame(bytes)?)
    };
    let mut frame = decoded.frame;
    hide_ids(&mut frame);
    let sentence = |it: &dna_protocol::Rejection| format!("event {}: {}", it.index, it.error);
    let wrong = decoded.rejected.iter().map(sentence).collect();
    Ok(Shown { form, frame: frame_value(&frame), wrong })
}

fn hide_ids(frame: &mut Frame) {
    for event in &mut frame.events {
        if let Body::Identity(identity) = &mut event.body
            && let Some(id) = &mut identity.id
        {
            *id = Verbatim::cut(format!("({} bytes, not shown)", id.len()));
        }
    }
}

/// The same as a plain object, or as a text that says why it is no frame.
#[wasm_bindgen]
pub fn read(bytes: &[u8]) -> JsValue {
    let words = |error: &dyn std::fmt::Display| JsValue::from_str(&format!("no frame: {error}"));
    match shown(bytes) {
        Ok(shown) => {
            shown.serialize(&Serializer::json_compatible()).unwrap_or_else(|error| words(&error))
        }
        Err(error) => words(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "6222020202020208";

    fn frame() -> Vec<u8> {
        let events = json!([
            {"kind": "identity", "time": 1, "body": {"user.id": ID, "user.tier": "vip"}},
            {"kind": "custom", "time": 2, "body": {"event.name": "paid"}},
            {"kind": "custom", "time": 3, "body": {}},
        ]);
        let session = "0123456789abcdef0123456789abcdef";
        let frame = json!({"app_key": "k", "session.id": session, "sequence": 1u64 << 47, "events": events});
        frame.to_string().into_bytes()
    }

    #[test]
    fn both_forms_are_shown_alike_and_without_the_id() {
        let json = shown(&frame()).unwrap();
        assert_eq!(json.form, "JSON");
        assert_eq!(json.frame["sequence"], 1u64 << 47);
        assert_eq!(json.frame["events"][0]["body"]["user.id"], "(16 bytes, not shown)");
        assert_eq!(json.frame["events"][1]["body"]["event.name"], "paid");
        assert_eq!(json.wrong, ["event 2: `event.name` is missing"]);
        assert!(!json.frame.to_string().contains(ID));
        let cbor = cbor::encode_frame(&json::decode_frame(&frame()).unwrap().frame);
        let cbor = shown(&cbor).unwrap();
        assert_eq!((cbor.form, cbor.frame), ("CBOR", json.frame));
    }

    #[test]
    fn what_is_no_frame_is_an_error() {
        assert!(shown(b"\xd9\xd9\xf7").is_err());
        assert!(shown(b"hello").is_err());
    }
}
