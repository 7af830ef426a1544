//! Requests that two readers might cut in different places (RFC 9112, section 11.2): what is
//! doubtful is refused, and nothing behind it is read; what is allowed is followed by the next.

use crate::client::{connect, receive};
use crate::frames;
use crate::server::Server;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// Longer than a connection is held ready without need.
const PAUSE: Duration = Duration::from_millis(300);

/// What comes behind each request. It must be answered only where the one before has ended.
const NEXT: &str = "GET /health/live HTTP/1.1\r\nHost: d\r\n\r\n";

/// The statuses of all answers to `bytes`, which are all that the client sends.
fn statuses(server: &Server, bytes: &[u8]) -> Vec<u16> {
    let stream = connect(server.address);
    // A server that refuses early closes while this still writes.
    let _ = (&stream).write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answers = Vec::new();
    let _ = (&stream).read_to_end(&mut answers);
    let answers = String::from_utf8_lossy(&answers).into_owned();
    // Of either version, which is a digit.
    let lines = answers.split("HTTP/1.").skip(1);
    lines.map(|line| line[2..5].parse().expect("a status")).collect()
}

/// Sends what `request` makes of a good frame, and another request behind it.
#[track_caller]
fn check(server: &Server, expected: &[u16], request: impl Fn(&str) -> String) {
    let frame = frames::json(server.sequence(), serde_json::json!([frames::json_custom("a")]));
    let request = request(&frame.to_string());
    let answers = statuses(server, format!("{request}{NEXT}").as_bytes());
    assert_eq!(answers, expected, "{request:?}");
}

/// A beacon with these headers, and its body as it is.
fn with(headers: &str) -> impl Fn(&str) -> String {
    move |frame| {
        let headers = headers.replace("{length}", &frame.len().to_string());
        format!("POST /v1/beacon HTTP/1.1\r\nHost: d\r\n{headers}\r\n\r\n{frame}")
    }
}

/// The same in chunks, written by `chunks` of the frame and its length.
fn chunked(headers: &str, chunks: &str) -> impl Fn(&str) -> String {
    move |frame| {
        let length = format!("{:x}", frame.len());
        let body = chunks.replace("{length}", &length).replace("{frame}", frame);
        format!("POST /v1/beacon HTTP/1.1\r\nHost: d\r\n{headers}\r\n\r\n{body}")
    }
}

/// A chunk as it should be, and the end.
const CHUNKS: &str = "{length}\r\n{frame}\r\n0\r\n\r\n";

#[test]
fn a_length_that_is_doubtful_is_refused() {
    let server = Server::start();
    for headers in [
        "Content-Length: {length}\r\nContent-Length: {length}",
        "Content-Length: {length}\r\nContent-Length: 5",
        "Content-Length: {length}, {length}",
        "Content-Length: +{length}",
        "Content-Length: -{length}",
        "Content-Length: 0x10",
        "Content-Length: {length} 0",
        "Content-Length: 1844674407370955161600",
        "Content-Length:",
        "Content-Length : {length}",
        "Content-Length:\r\n {length}",
        "X: a\rContent-Length: 1\r\nContent-Length: {length}",
        "X: a\0\r\nContent-Length: {length}",
    ] {
        check(&server, &[400], with(headers));
    }
    for headers in
        ["Content-Length: {length}", "CONTENT-LENGTH:\t{length} ", "content-length:{length}"]
    {
        check(&server, &[200, 200], with(headers));
    }
}

#[test]
fn a_coding_of_the_transfer_that_is_doubtful_is_refused() {
    let server = Server::start();
    for headers in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity, chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: \u{b}chunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\r\n chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    ] {
        check(&server, &[400], chunked(headers, CHUNKS));
    }
    let old = |frame: &str| {
        let request = chunked("Transfer-Encoding: chunked", CHUNKS)(frame);
        request.replace("HTTP/1.1", "HTTP/1.0")
    };
    check(&server, &[400], old);
    for headers in ["Transfer-Encoding: chunked", "transfer-encoding:\tCHUNKED"] {
        check(&server, &[200, 200], chunked(headers, CHUNKS));
    }
}

#[test]
fn chunks_that_are_doubtful_are_refused() {
    let server = Server::start();
    let coding = "Transfer-Encoding: chunked";
    for chunks in [
        "0x{length}\r\n{frame}\r\n0\r\n\r\n",
        "-{length}\r\n{frame}\r\n0\r\n\r\n",
        "1{length}00000000000000000\r\n{frame}\r\n0\r\n\r\n",
        "{length}\r\n{frame}x0\r\n\r\n",
        "{length}\n{frame}\n0\n\n",
        "{length};a\nb\r\n{frame}\r\n0\r\n\r\n",
    ] {
        check(&server, &[400], chunked(coding, chunks));
    }
    for chunks in
        ["{length};a=b\r\n{frame}\r\n0\r\n\r\n", "{length}\r\n{frame}\r\n0\r\nX: y\r\n\r\n"]
    {
        check(&server, &[200, 200], chunked(coding, chunks));
    }
}

/// RFC 9112, section 3.2, whichever way a beacon goes: alone, or with another request behind it.
#[test]
fn a_host_is_one_and_there() {
    let server = Server::start();
    for hosts in ["", "Host: d\r\nHost: d\r\n", "Host: d\r\nHost: e\r\n"] {
        let request = |frame: &str| {
            let length = frame.len();
            format!("POST /v1/beacon HTTP/1.1\r\n{hosts}Content-Length: {length}\r\n\r\n{frame}")
        };
        check(&server, &[400], request);
        let frame = request("{}");
        assert_eq!(statuses(&server, frame.as_bytes()), [400], "{frame:?}");
        assert!(server.counters().keys().any(|name| name.contains("malformed_request")));
    }
}

#[test]
fn who_says_that_it_is_the_last_is_not_answered_again() {
    let server = Server::start();
    for option in ["close", "Close", "foo, CLOSE", "keep-alive\r\nConnection: close"] {
        check(
            &server,
            &[200],
            with(&format!("Connection: {option}\r\nContent-Length: {{length}}")),
        );
    }
    let old = |frame: &str| with("Content-Length: {length}")(frame).replace("/1.1", "/1.0");
    check(&server, &[200], old);
    check(&server, &[200, 200], with("Connection: keep-alive\r\nContent-Length: {length}"));
}

#[test]
fn a_target_may_be_written_in_several_ways() {
    let server = Server::start();
    for target in ["http://d/v1/beacon", "/v1/%62eacon", "/v1/beaco%6E", "/v1/beacon?a=b"] {
        let request =
            |frame: &str| with("Content-Length: {length}")(frame).replacen("/v1/beacon", target, 1);
        check(&server, &[200, 200], request);
    }
}

/// Of every kind, more than is read at once, and cut anywhere.
#[test]
fn requests_in_advance_are_answered_in_their_order() {
    let server = Server::start();
    for step in [100_000, 4096, 1111, 200] {
        let (mut bytes, mut expected) = (String::new(), Vec::new());
        for _ in 0..20 {
            let frame =
                frames::json(server.sequence(), serde_json::json!([frames::json_custom("a")]));
            let again =
                frames::json(server.sequence(), serde_json::json!([frames::json_custom("b")]));
            bytes += &with("Content-Length: {length}")(&frame.to_string());
            bytes += NEXT;
            bytes += &chunked("Transfer-Encoding: chunked", CHUNKS)(&again.to_string());
            bytes += "GET /nowhere HTTP/1.1\r\nHost: d\r\n\r\n";
            bytes += &with("Content-Length: {length}")("{}");
            expected.extend([200, 200, 200, 404, 400]);
        }
        let stream = connect(server.address);
        let writer = stream.try_clone().expect("a second handle");
        let answers = std::thread::scope(|scope| {
            scope.spawn(|| {
                for piece in bytes.as_bytes().chunks(step) {
                    (&writer).write_all(piece).expect("taken");
                }
                writer.shutdown(Shutdown::Write).expect("open");
            });
            let mut answers = String::new();
            (&stream).read_to_string(&mut answers).expect("closed in order");
            answers
        });
        let statuses = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]);
        let expected = expected.iter().map(u16::to_string);
        assert!(statuses.eq(expected), "in pieces of {step}: {answers}");
    }
}

#[test]
fn who_waits_to_be_told_to_go_on_is() {
    let server = Server::start();
    check(&server, &[100, 200, 200], with("Expect: 100-continue\r\nContent-Length: {length}"));
}

/// Lines that end in a bare line feed may be read (section 2.2), but then to their right end: also
/// where something in the body looks like the head's.
#[test]
fn bare_line_feeds_end_a_head_where_they_should() {
    let server = Server::start();
    let bare = |frame: &str| {
        let length = frame.len();
        format!("POST /v1/beacon HTTP/1.1\nHost: d\nContent-Length: {length}\n\n{frame}")
    };
    check(&server, &[200, 200], bare);
    let frame = frames::json(server.sequence(), serde_json::json!([frames::json_custom("a")]));
    let first = bare(&format!("\r\n\r\n{frame}"));
    let mut stream: TcpStream = connect(server.address);
    let (begin, rest) = NEXT.split_at(4);
    stream.write_all(format!("{first}{begin}").as_bytes()).expect("taken");
    assert_eq!(receive(&stream).status, 200);
    std::thread::sleep(PAUSE);
    stream.write_all(rest.as_bytes()).expect("taken");
    assert_eq!(receive(&stream).status, 200, "nothing of it was lost");
}
