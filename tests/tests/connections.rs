//! A thousand new connections a second, each with one beacon: each is answered, and kept.

use dna_tests::beacons::beacon;
use dna_tests::ingest::{Buffer, Ingest};
use dna_tests::soak::pick;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const PER_SECOND: u32 = 1000;

/// Clients that take turns, so that one that waits does not hold up the others.
const CLIENTS: u8 = 50;

/// How long a page waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

fn seconds() -> u32 {
    pick(1, 20)
}

/// Sends one beacon on a connection of its own; how long that took.
fn send(port: u16, body: &[u8]) -> Duration {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("connected");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let head = format!(
        "POST /v1/beacon HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).expect("taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer:?}");
    begun.elapsed()
}

#[test]
fn a_thousand_connections_a_second() {
    let ingest = Ingest::start(Buffer::Journal);
    let port = ingest.port();
    let each = seconds() * PER_SECOND / u32::from(CLIENTS);
    let begun = Instant::now();
    let mut times: Vec<Duration> = std::thread::scope(|scope| {
        let clients = (0..CLIENTS).map(|client| {
            scope.spawn(move || {
                let step = Duration::from_secs(1) / PER_SECOND;
                let times = (0..each).map(|turn| {
                    // Each at its own moment, whatever became of the one before.
                    let due = step * (turn * u32::from(CLIENTS) + u32::from(client));
                    std::thread::sleep(due.saturating_sub(begun.elapsed()));
                    send(port, &beacon(client, u64::from(turn)))
                });
                times.collect::<Vec<_>>()
            })
        });
        let clients: Vec<_> = clients.collect();
        clients.into_iter().flat_map(|client| client.join().expect("no connection fails")).collect()
    });
    let took = begun.elapsed();
    times.sort_unstable();
    let sent = times.len();
    eprintln!(
        "{sent} connections in {took:.1?}, p50 {:?}, p99 {:?}, the slowest {:?}",
        times[sent / 2],
        times[sent * 99 / 100],
        times[sent - 1],
    );
    assert_eq!(sent as u32, seconds() * PER_SECOND);
    assert!(times[sent - 1] < PATIENCE, "{:?}", times[sent - 1]);
    let kept: std::collections::HashSet<String> = ingest
        .kept()
        .iter()
        .map(|entry| entry["frame"]["events"][0]["body"]["event.name"].to_string())
        .collect();
    assert_eq!(kept.len(), sent);
    // They came as fast as they were meant to, or this says less than its name.
    assert!(took < Duration::from_secs(u64::from(seconds())) * 3 + PATIENCE, "{took:?}");
}
