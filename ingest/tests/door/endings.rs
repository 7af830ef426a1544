//! What follows an answer that came before the body was read: the end, and nothing else. The
//! client goes on sending and never shuts its side down.

use crate::client::{connect, receive};
use crate::frames;
use crate::server::Server;
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Read, Write};

const QUICK: &str = "[http]\nheader_timeout_ms = 100";

const HEAD: &str = "POST /v1/beacon HTTP/1.1\r\nHost: d\r\n";

/// Sends `bytes`, of which the server may not take all, and returns the answer. Behind it there
/// must be nothing but the end; exactly one counter may move, that of `code`.
#[track_caller]
fn check_one_answer(bytes: &[u8], (status, code): (u16, &str)) {
    let server = Server::start_with(QUICK);
    let (answer, moved) = server.counted(|| {
        let mut stream = connect(server.address);
        let _ = stream.write_all(bytes);
        let answer = receive(&stream);
        let mut more = Vec::new();
        // A server that was still sent something may reset instead of closing.
        let end = stream.read_to_end(&mut more);
        let is_reset = |error: &Error| error.kind() == ErrorKind::ConnectionReset;
        assert!(end.as_ref().err().is_none_or(is_reset), "the connection stays open: {end:?}");
        assert!(more.is_empty(), "{:?}", String::from_utf8_lossy(&more));
        answer
    });
    server.check_problem(&answer, (status, code), &[]);
    assert_eq!(answer.header("connection"), Some("close"));
    let name = format!("dna_ingest_frames_refused_total{{reason=\"{code}\"}}");
    assert_eq!(moved, BTreeMap::from([(name, 1)]));
    server.acknowledge_one();
}

fn chunked(headers: &str, body: &str) -> Vec<u8> {
    format!("{HEAD}{headers}Transfer-Encoding: chunked\r\n\r\n{body}").into_bytes()
}

/// A chunk of `size` bytes.
fn chunk(size: usize) -> String {
    format!("{size:x}\r\n{}\r\n", "x".repeat(size))
}

#[test]
fn a_body_that_was_refused_early_is_no_head() {
    let image = "Content-Type: image/png\r\n";
    let unsupported = (415, "unsupported_media_type");
    let half = chunk(1 << 20);
    let whole = format!("{half}0\r\n\r\n");
    let small = format!("{}0\r\n\r\n", chunk(5));
    let broken = format!("{}ZZ\r\n", chunk(5));
    for body in ["", &half, &whole, &small, &broken] {
        check_one_answer(&chunked(image, body), unsupported);
    }
    let large = format!("{}0\r\n\r\n", half.repeat(3));
    check_one_answer(&chunked("", &large), (413, "body_too_large"));
    let announced = format!("{HEAD}{image}Content-Length: 500000\r\n\r\nxxxx");
    check_one_answer(announced.as_bytes(), unsupported);
}

#[test]
fn a_body_sent_to_where_nothing_is_is_no_head() {
    let request = chunked("", &chunk(1 << 20));
    let request = String::from_utf8(request).expect("text").replacen("/v1/beacon", "/x", 1);
    check_one_answer(request.as_bytes(), (404, "not_found"));
}

/// A request behind one that ended the connection is not served: its client has to send it again.
#[test]
fn a_frame_behind_a_refused_body_is_not_taken() {
    let frame = frames::good(1);
    let length = frame.len();
    let mut bytes = chunked("Content-Type: image/png\r\n", &format!("{}0\r\n\r\n", chunk(5)));
    bytes.extend(format!("{HEAD}Content-Length: {length}\r\n\r\n").into_bytes());
    bytes.extend(frame);
    check_one_answer(&bytes, (415, "unsupported_media_type"));
}

#[test]
fn a_body_that_was_read_leaves_the_connection_open() {
    let server = Server::start();
    let mut stream = connect(server.address);
    for body in [b"{".to_vec(), frames::good(1)] {
        let length = body.len();
        let head = format!("{HEAD}Content-Length: {length}\r\n\r\n");
        stream.write_all(&[head.into_bytes(), body].concat()).expect("taken");
        assert_eq!(receive(&stream).header("connection"), None);
    }
}
