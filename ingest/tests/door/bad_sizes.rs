//! Bodies that are too large, too slow, too deep, or not what their coding says.

use crate::client::post;
use crate::frames::{self, json, json_custom};
use crate::server::Server;
use serde_json::json;
use std::io::Write;

const LIMIT: usize = 1024 * 1024;

/// `text` as gzip.
fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).expect("to memory");
    encoder.finish().expect("to memory")
}

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).expect("to memory");
    encoder.finish().expect("to memory")
}

fn br(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut out, 4096, 1, 20);
    encoder.write_all(text).expect("to memory");
    drop(encoder);
    out
}

fn zstd(text: &[u8]) -> Vec<u8> {
    zstd::encode_all(text, 1).expect("from memory")
}

type Codec = (&'static str, fn(&[u8]) -> Vec<u8>);

const CODECS: [Codec; 4] = [("gzip", gzip), ("deflate", deflate), ("br", br), ("zstd", zstd)];

#[test]
fn a_body_that_says_it_is_too_large_is_refused_unread() {
    let server = Server::start();
    let hundred_mb = 100 * 1024 * 1024;
    let (response, moved) = server.counted(|| post("").send_unfinished(server.address, hundred_mb));
    let words = ["104857600", "at most 1048576 bytes"];
    server.check_problem(&response, (413, "body_too_large"), &words);
    let counter = "dna_ingest_frames_refused_total{reason=\"body_too_large\"}";
    assert_eq!(moved.into_iter().collect::<Vec<_>>(), [(counter.to_owned(), 1)]);
    server.acknowledge_one();
    server.check_kept();
}

#[test]
fn a_body_that_does_not_say_so_is_refused_at_the_limit() {
    let server = Server::start();
    let hundred_mb = 100 * 1024 * 1024;
    let ((response, sent), moved) = server.counted(|| post("").stream(server.address, hundred_mb));
    server.check_problem(&response, (413, "body_too_large"), &["at most 1048576 bytes"]);
    assert!(sent < hundred_mb / 2, "{sent} bytes were taken");
    assert_eq!(moved.values().sum::<u64>(), 1, "{moved:?}");
    server.acknowledge_one();
    server.check_kept();
}

#[test]
fn a_body_of_exactly_the_limit_is_read() {
    let server = Server::start();
    let mut frame = json(1, json!([json_custom("a")])).to_string();
    frame.extend(std::iter::repeat_n(' ', LIMIT - frame.len()));
    assert_eq!(server.send(&post(frame.clone())).status, 200);
    frame.push(' ');
    server.check_frame_refused(&post(frame), 413, "body_too_large", &["1048577", "1048576"]);
}

#[test]
fn every_codec_is_understood_and_bounded() {
    let server = Server::start();
    // White space after a frame is allowed in JSON. This one is not all the same, or it would become
    // too many times its size.
    let frame = |size: usize| {
        let mut frame = json(server.sequence(), json!([json_custom("a")])).to_string();
        let mut state = 1_u32;
        let spaces = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            [' ', '\n', '\t', '\r'][(state >> 30) as usize]
        });
        frame.extend(spaces.take(size - frame.len()));
        frame.into_bytes()
    };
    for (name, compress) in CODECS {
        let limit = if name == "br" { LIMIT - 16 } else { LIMIT };
        let send = |body: Vec<u8>| post(body).header("Content-Encoding", name);
        let response = server.send(&send(compress(&frame(limit))));
        assert_eq!(response.status, 200, "{name}: {}", response.text());
        let words = [name, &format!("more than {limit} bytes")];
        let over = send(compress(&frame(limit + 1)));
        server.check_frame_refused(&over, 413, "decompressed_too_large", &words);
        let bomb = send(compress(&vec![b' '; 32 * LIMIT]));
        server.check_frame_refused(&bomb, 413, "decompressed_too_large", &[name, "more than"]);
        let mut cut = compress(&frame(1000));
        cut.truncate(cut.len() - 5);
        server.check_frame_refused(&send(cut), 400, "malformed_encoding", &[name]);
        let none = send(b"not compressed".to_vec());
        server.check_frame_refused(&none, 400, "malformed_encoding", &[name]);
    }
}

#[test]
fn an_unknown_coding_or_media_type() {
    let server = Server::start();
    for coding in ["compress", "gzip, br", "aws-chunked"] {
        let request = post(frames::good(1)).header("Content-Encoding", coding);
        let words = [coding, "gzip, br, deflate, zstd"];
        server.check_frame_refused(&request, 415, "unsupported_encoding", &words);
    }
    for media_type in ["text/html", "multipart/form-data; boundary=x", "image/png"] {
        let request = post(frames::good(1)).header("Content-Type", media_type);
        let words = ["`Content-Type`", "text/plain, application/json, application/cbor"];
        server.check_frame_refused(&request, 415, "unsupported_media_type", &words);
    }
    server.check_kept();
}

#[test]
fn a_body_that_does_not_end() {
    let server = Server::start_with("[limits]\nbody_timeout_ms = 50");
    let (response, moved) = server.counted(|| post("{").send_unfinished(server.address, 100));
    server.check_problem(&response, (408, "body_timeout"), &["50 ms"]);
    assert_eq!(moved.values().sum::<u64>(), 1, "{moved:?}");
    server.acknowledge_one();
    server.check_kept();
}

#[test]
fn bodies_that_wait_hold_no_more_than_all_may() {
    let server =
        Server::start_with("[limits]\nbodies_bytes_max = 1048576\nbody_timeout_ms = 60000");
    let large = || {
        let mut frame = json(server.sequence(), json!([json_custom("a")])).to_string();
        frame.extend(std::iter::repeat_n(' ', 2000 - frame.len()));
        post(frame)
    };
    // Nobody tells when the stalled body has arrived; on a busy machine later than on another.
    let refused = [50, 500, 5000].into_iter().find_map(|wait| {
        let stalled = post(vec![b' '; LIMIT - 1000]).start(server.address, LIMIT);
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let (response, moved) = server.counted(|| server.send(&large()));
        (response.status != 200).then_some((stalled, response, moved))
    });
    let (stalled, response, moved) = refused.expect("a refusal");
    server.check_problem(&response, (503, "bodies_full"), &["Retry-After"]);
    assert_eq!(response.header("retry-after"), Some("2"));
    let counter = "dna_ingest_frames_refused_total{reason=\"bodies_full\"}";
    assert_eq!(moved.into_iter().collect::<Vec<_>>(), [(counter.to_owned(), 1)]);
    // A small one still has room, and when the stalled one is gone, so has the large one.
    server.acknowledge_one();
    drop(stalled);
    let taken = (0..1000).any(|_| server.send(&large()).status == 200);
    assert!(taken, "what the stalled body held was given back");
}

#[test]
fn a_million_nested_arrays() {
    let server = Server::start();
    let half = 500_000;
    let nested = format!("{}{}", "[".repeat(half), "]".repeat(half));
    // Anywhere in a frame, as an event, a field or a member that nobody knows.
    let mut unknown = json(1, json!([json_custom("a")]));
    unknown["tomorrow"] = "PLACE".into();
    for frame in [json(1, json!(["PLACE"])), json(1, json!([json_custom("PLACE")])), unknown] {
        let body = frame.to_string().replace("\"PLACE\"", &nested);
        server.check_frame_refused(&post(body), 400, "too_deep", &["deeper than 16"]);
    }
    // As the whole it is no frame, closed or not.
    server.check_frame_refused(&post(nested.clone()), 400, "wrong_tag", &["`{`"]);
    let open = format!("{{\"events\":{}", "[".repeat(1_000_000));
    server.check_frame_refused(&post(open), 400, "too_deep", &["deeper than 16"]);
    // And the same in CBOR.
    for nested in [0x81, 0xa1, 0xc1] {
        let mut body = dna_protocol::cbor::MAGIC.to_vec();
        body.extend([0xa1, 0x0f]);
        body.resize(1_000_000, nested);
        server.check_frame_refused(&post(body), 400, "too_deep", &["deeper than 16"]);
    }
}
