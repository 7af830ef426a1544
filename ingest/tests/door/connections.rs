//! Connections that do not say what a client says: too slow, too much, no HTTP.

use crate::client::{connect, receive};
use crate::frames;
use crate::server::Server;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Longer than any of these tests needs, shorter than one that waits for a keep-alive.
const SOON: Duration = Duration::from_secs(10);

const QUICK: &str = "[http]\nheader_timeout_ms = 100\nkeep_alive_ms = 60000";

fn counter(code: &str) -> BTreeMap<String, u64> {
    BTreeMap::from([(format!("dna_ingest_frames_refused_total{{reason=\"{code}\"}}"), 1)])
}

/// Sends bytes of a head, one every few milliseconds, until the server has closed.
fn trickle(mut stream: &TcpStream) {
    let begun = Instant::now();
    stream.write_all(b"GET / HTTP/1.1\r\nX-Slow: ").expect("taken");
    while stream.write_all(b"x").is_ok() {
        assert!(begun.elapsed() < SOON, "still open");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_slow_head_is_ended_on_a_new_connection() {
    let server = Server::start_with(QUICK);
    let ((), moved) = server.counted(|| {
        let stream = connect(server.address);
        (&stream).write_all(b"POST /v1/beacon HT").expect("taken");
        let answer = receive(&stream);
        server.check_problem(&answer, (408, "head_timeout"), &["Request line and headers"]);
        assert_eq!(answer.header("connection"), Some("close"));
        assert_eq!((&stream).read_to_end(&mut Vec::new()).expect("closed in order"), 0);
    });
    assert_eq!(moved, counter("head_timeout"));
    server.acknowledge_one();
}

#[test]
fn a_slow_head_is_ended_on_a_connection_that_was_used() {
    let server = Server::start_with(QUICK);
    let ((), moved) = server.counted(|| {
        let mut stream = connect(server.address);
        for _ in 0..2 {
            stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: d\r\n\r\n").expect("taken");
            assert_eq!(receive(&stream).status, 200);
            // Longer than a head may take: an idle connection waits for none.
            std::thread::sleep(Duration::from_millis(150));
        }
        trickle(&stream);
    });
    assert_eq!(moved, counter("head_timeout"));
    server.acknowledge_one();
}

#[test]
fn a_slow_head_in_one_segment_with_a_request_is_ended() {
    let server = Server::start_with(QUICK);
    let mut stream = connect(server.address);
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: d\r\n\r\nGET /health/li").expect("taken");
    assert_eq!(receive(&stream).status, 200);
    trickle(&stream);
    // The same where nothing more comes.
    let ((), moved) = server.counted(|| {
        let mut stream = connect(server.address);
        let begun = b"GET /health/live HTTP/1.1\r\nHost: d\r\n\r\nGET /health/li";
        stream.write_all(begun).expect("taken");
        let mut answers = String::new();
        stream.read_to_string(&mut answers).expect("closed in order");
        let statuses = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]);
        assert_eq!(statuses.collect::<Vec<_>>(), ["200", "408"]);
    });
    assert_eq!(moved, counter("head_timeout"));
}

#[test]
fn a_connection_that_says_nothing_is_ended_without_a_word() {
    let server = Server::start_with("[http]\nheader_timeout_ms = 100\nkeep_alive_ms = 100");
    let ((), moved) = server.counted(|| {
        let mut new = connect(server.address);
        assert_eq!(new.read_to_end(&mut Vec::new()).expect("closed in order"), 0);
        let mut used = connect(server.address);
        used.write_all(b"GET /health/live HTTP/1.1\r\nHost: d\r\n\r\n").expect("taken");
        assert_eq!(receive(&used).status, 200);
        assert_eq!(used.read_to_end(&mut Vec::new()).expect("closed in order"), 0);
    });
    assert_eq!(moved, BTreeMap::new());
    server.acknowledge_one();
}

#[test]
fn a_slow_body_is_no_slow_head() {
    let server = Server::start_with(QUICK);
    let frame = frames::good(server.sequence());
    let mut stream = connect(server.address);
    let length = frame.len();
    let head = format!("POST /v1/beacon HTTP/1.1\r\nHost: d\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("taken");
    stream.write_all(&frame[..10]).expect("taken");
    std::thread::sleep(Duration::from_millis(250));
    stream.write_all(&frame[10..]).expect("taken");
    assert_eq!(receive(&stream).status, 200);
}

#[test]
fn what_is_no_http_is_told_so_and_counted() {
    let server = Server::start();
    // The parser's bound is 128 KiB, but it looks after each read, and one may bring as much again.
    let large = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(600_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(200));
    let lengths = "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n";
    for (bytes, status, code) in [
        ("hello\r\n\r\n", 400, "malformed_request"),
        ("GET / HTTP/1.1\r\nbad header\r\n\r\n", 400, "malformed_request"),
        (lengths, 400, "malformed_request"),
        (&large, 431, "head_too_large"),
        (&many, 431, "head_too_large"),
    ] {
        for used in [false, true] {
            let (answer, moved) = server.counted(|| {
                let mut stream = connect(server.address);
                if used {
                    stream
                        .write_all(b"GET /health/live HTTP/1.1\r\nHost: d\r\n\r\n")
                        .expect("taken");
                    assert_eq!(receive(&stream).status, 200);
                }
                // A server that refuses early closes while this still writes.
                let _ = stream.write_all(bytes.as_bytes());
                receive(&stream)
            });
            server.check_problem(&answer, (status, code), &[]);
            assert_eq!(moved, counter(code));
        }
    }
    server.acknowledge_one();
}
