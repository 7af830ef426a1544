//! Connections that wait: they hold little, and go on as if they had not.

use crate::cli::{Serving, folder};
use crate::client::{connect, receive};
use crate::frames;
use crate::server::Server;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Longer than a connection is held ready without need.
const PAUSE: Duration = Duration::from_millis(300);

const LIVE: &[u8] = b"GET /health/live HTTP/1.1\r\nHost: d\r\n\r\n";

fn ask(mut stream: &TcpStream, request: &[u8]) {
    stream.write_all(request).expect("taken");
    assert_eq!(receive(stream).status, 200);
}

fn beacon(server: &Server, chunked: bool) -> Vec<u8> {
    let frame = frames::good(server.sequence());
    let length = frame.len();
    let (says, frame) = match chunked {
        false => (format!("Content-Length: {length}"), frame),
        true => {
            let size = format!("{length:x}\r\n").into_bytes();
            (
                "Transfer-Encoding: chunked".to_owned(),
                [size, frame, b"\r\n0\r\n\r\n".into()].concat(),
            )
        }
    };
    let head = format!("POST /v1/beacon HTTP/1.1\r\nHost: d\r\n{says}\r\n\r\n");
    [head.into_bytes(), frame].concat()
}

#[test]
fn requests_go_on_after_a_pause() {
    let server = Server::start();
    let stream = connect(server.address);
    for _ in 0..3 {
        ask(&stream, &beacon(&server, false));
        ask(&stream, LIVE);
        std::thread::sleep(PAUSE);
    }
    // Bodies whose length no head says.
    ask(&stream, &beacon(&server, true));
    std::thread::sleep(PAUSE);
    ask(&stream, LIVE);
}

#[test]
fn what_came_in_advance_is_not_lost_in_a_pause() {
    let server = Server::start();
    for cut in [1, 10, LIVE.len() - 1] {
        for first in [LIVE.to_vec(), beacon(&server, false)] {
            let mut stream = connect(server.address);
            stream.write_all(&[&first, &LIVE[..cut]].concat()).expect("taken");
            assert_eq!(receive(&stream).status, 200);
            std::thread::sleep(PAUSE);
            ask(&stream, &LIVE[cut..]);
            std::thread::sleep(PAUSE);
            ask(&stream, LIVE);
        }
    }
}

#[test]
fn a_request_in_pieces_is_taken_after_a_pause() {
    let server = Server::start();
    let mut stream = connect(server.address);
    ask(&stream, LIVE);
    std::thread::sleep(PAUSE);
    let request = beacon(&server, false);
    for piece in request.chunks(request.len() / 3) {
        stream.write_all(piece).expect("taken");
        std::thread::sleep(PAUSE);
    }
    assert_eq!(receive(&stream).status, 200);
}

#[test]
fn at_rest_its_time_is_up_as_well() {
    let server = Server::start_with("[http]\nkeep_alive_ms = 1000");
    let mut stream = connect(server.address);
    ask(&stream, LIVE);
    let begun = Instant::now();
    assert_eq!(stream.read(&mut [0; 16]).expect("closed in order"), 0);
    let after = begun.elapsed();
    assert!((Duration::from_millis(900)..Duration::from_secs(10)).contains(&after), "{after:?}");
}

/// Bytes that the process has in memory.
fn resident(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it");
    line.split_whitespace().nth(1).and_then(|it| it.parse::<u64>().ok()).expect("kB") * 1024
}

#[test]
fn a_connection_that_waits_holds_little() {
    const CONNECTIONS: usize = 300;
    let folder = folder("");
    let serving = Serving::start_at(&folder, "warn");
    let open = || -> Vec<TcpStream> {
        let opened = (0..CONNECTIONS).map(|_| connect(serving.address));
        let opened = opened.inspect(|stream| ask(stream, LIVE)).collect();
        std::thread::sleep(PAUSE);
        opened
    };
    // Awake they hold more than twice what is allowed.
    // What the first ones needed while they were awake is there for the others.
    let mut held = open();
    let before = resident(serving.id());
    held.extend(open());
    held.extend(open());
    let grown = resident(serving.id()).saturating_sub(before) as usize;
    println!("{} bytes for each of {} connections", grown / (2 * CONNECTIONS), held.len());
    assert!(grown < 2 * CONNECTIONS * 5000, "{grown} bytes more");
    held.iter().for_each(|stream| ask(stream, LIVE));
}
