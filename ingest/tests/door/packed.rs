//! Packed frames, as our client sends them, and hostile ones.

use crate::client::post;
use crate::frames::{self, custom, header, json, json_custom};
use crate::server::Server;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use dna_protocol::cbor::{MAGIC, Writer, encode_frame};
use dna_protocol::model::Frame;
use dna_protocol::packed::pack;
use serde_json::json;

/// A frame that packs well.
fn frame(sequence: u64) -> Vec<u8> {
    frame_of(sequence, 0)
}

/// The same, `more` bytes an event longer.
fn frame_of(sequence: u64, more: usize) -> Vec<u8> {
    let events = vec![custom(&("what repeats itself".to_owned() + &"!".repeat(more))); 60];
    encode_frame(&Frame { header: header(sequence), events })
}

fn packed(sequence: u64) -> Vec<u8> {
    pack(&frame(sequence))
}

/// A packed frame that says `length` of `block`.
fn saying(length: u64, block: &[u8]) -> Vec<u8> {
    let mut out = Writer::new();
    out.raw(&MAGIC);
    out.array(2);
    out.uint(length);
    out.bytes(block);
    out.into_bytes()
}

#[test]
fn a_packed_frame_is_kept_as_the_frame_in_it() {
    let server = Server::start();
    assert!(packed(1).len() * 3 < frame(1).len());
    assert_eq!(server.send(&post(packed(1))).text(), r#"{"accepted":60}"#);
    // The same once more, and not packed.
    let repeat = r#"{"accepted":60,"duplicate":true}"#;
    assert_eq!(server.send(&post(packed(1))).text(), repeat);
    assert_eq!(server.send(&post(frame(1))).text(), repeat);
    assert_eq!(server.send(&post(frame(2))).text(), r#"{"accepted":60}"#);
    // JSON, and a coding of HTTP around it.
    let text = json(3, json!(vec![json_custom("what repeats itself"); 60])).to_string();
    let text = pack(text.as_bytes());
    let coded = zstd::encode_all(&text[..], 1).expect("from memory");
    let request = post(coded).header("Content-Encoding", "zstd");
    assert_eq!(server.send(&request).text(), r#"{"accepted":60}"#);
    let kept = server.stop();
    let events = kept.iter().map(|(_, decoded)| &decoded.frame.events).collect::<Vec<_>>();
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|others| *others == events[0]));
}

#[test]
fn a_frame_may_be_written_as_base64() {
    let server = Server::start();
    for (at, engine) in [STANDARD, STANDARD_NO_PAD].iter().enumerate() {
        let sequence = 10 * at as u64;
        // Frames of all lengths, so of all paddings.
        for more in 0..3 {
            let body = engine.encode(pack(&frame_of(sequence + more, more as usize)));
            assert_eq!(server.send(&post(body)).text(), r#"{"accepted":60}"#);
        }
        let plain = engine.encode(frame(sequence + 4));
        assert_eq!(server.send(&post(plain)).text(), r#"{"accepted":60}"#);
    }
    for wrong in ["2dn3", "2dn3!", "2dn3_w", "2dn3gg=="] {
        let answer = server.send(&post(wrong));
        assert_eq!(answer.status, 400, "{}", answer.text());
    }
    let answer = server.send(&post("2dn3!"));
    let text = answer.text();
    assert!(text.contains("malformed_encoding") && text.contains("base64"), "{text}");
    assert_eq!(server.stop().len(), 8);
}

#[test]
fn hostile_blocks_are_refused_by_name() {
    let server = Server::start();
    let refused = |body: Vec<u8>, status, code, words: &[&str]| {
        server.check_frame_refused(&post(body), status, code, words);
    };
    let malformed = |body, words: &[&str]| refused(body, 400, "malformed_encoding", words);
    malformed(saying(300, b""), &["no LZ4 block", "300 bytes"]);
    malformed(saying(300, &[0x10, b'a', 9, 0, 0]), &["no LZ4 block"]);
    malformed(saying(1024 * 1024, &[0; 100]), &["no LZ4 block", "1048576"]);
    malformed([&packed(1)[..], b"x"].concat(), &["nothing behind it"]);
    malformed([&MAGIC[..], &[0x82, 0x61, b'a', 0x41, 0]].concat(), &["the frame's length first"]);
    let words = ["1048577 bytes", "at most 1048576"];
    refused(saying(1024 * 1024 + 1, &[0; 100]), 413, "decompressed_too_large", &words);
    refused(saying(u64::MAX, &[0; 100]), 413, "decompressed_too_large", &words[1..]);
    // What is in it is judged as ever, and is not packed once more.
    let again = saying(5, &[&[5 << 4][..], &MAGIC, &[0x82, 0]].concat());
    refused(again, 400, "truncated", &["byte 5"]);
    refused(saying(5, b"\x50hello"), 400, "wrong_tag", &["no tag"]);
    server.acknowledge_one();
    server.check_kept();
}

#[test]
fn a_packed_frame_is_bounded_by_what_the_configuration_allows() {
    let server = Server::start_with("[limits]\ndecompressed_bytes_max = 1024");
    let (large, small) = (frame(1).len(), frames::good(2));
    assert!(large > 1024 && packed(1).len() < 1024 && small.len() < 1024, "{large} bytes");
    let words = [format!("{large} bytes"), "at most 1024".to_owned()];
    let words = words.each_ref().map(String::as_str);
    server.check_frame_refused(&post(packed(1)), 413, "decompressed_too_large", &words);
    assert_eq!(server.send(&post(small)).status, 200);
}

#[test]
fn damaged_at_every_byte() {
    let server = Server::start();
    let good = packed(1);
    for at in 0..good.len() {
        let code = if at < 4 { "truncated" } else { "malformed_encoding" };
        server.check_frame_refused(&post(&good[..at]), 400, code, &[]);
        for change in [0x01, 0x80, 0xff] {
            let mut bytes = good.clone();
            bytes[at] ^= change;
            let status = server.send(&post(bytes)).status;
            assert!([200, 400, 401, 413, 422].contains(&status), "byte {at}: {status}");
        }
    }
    assert_eq!(server.send(&post(frame(2))).status, 200, "it still serves");
}
