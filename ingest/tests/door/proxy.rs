//! The PROXY protocol: whose connection it is, said by those that are to say it, and by nobody
//! else.

use crate::client::{connect, receive};
use crate::frames;
use crate::server::Server;
use std::io::{Read, Write};

const V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// A header of version 2 for 198.51.100.7, port 4711.
fn binary() -> Vec<u8> {
    [V2, &[0x21, 0x11, 0, 12, 198, 51, 100, 7, 10, 0, 0, 1, 0x12, 0x67, 1, 187]].concat()
}

fn request(server: &Server, headers: &str) -> Vec<u8> {
    let frame = frames::good(server.sequence());
    let length = frame.len();
    let head =
        format!("POST /v1/beacon HTTP/1.1\r\nHost: d\r\n{headers}Content-Length: {length}\r\n\r\n");
    [head.into_bytes(), frame].concat()
}

fn addresses(server: Server) -> Vec<String> {
    let kept = server.stop();
    let of =
        |receipt: dna_protocol::entry::Receipt| receipt.client_address.map(|it| it.to_string());
    kept.into_iter().filter_map(|(receipt, _)| of(receipt)).collect()
}

#[test]
fn the_address_that_a_proxy_names_is_the_clients() {
    let server = Server::start_with("[http]\nproxy_protocol = [\"127.0.0.0/8\"]");
    let headers: [Vec<u8>; 4] = [
        b"PROXY TCP4 203.0.113.7 10.0.0.1 4711 443\r\n".to_vec(),
        b"PROXY TCP6 2001:db8:7::7 ::1 4711 443\r\n".to_vec(),
        binary(),
        // A health check of the proxy's own.
        [V2, &[0x20, 0, 0, 0]].concat(),
    ];
    for header in headers {
        for in_one_go in [true, false] {
            let mut stream = connect(server.address);
            let request = request(&server, "");
            if in_one_go {
                stream.write_all(&[header.clone(), request].concat()).expect("taken");
            } else {
                for byte in &header {
                    stream.write_all(&[*byte]).expect("taken");
                }
                stream.write_all(&request).expect("taken");
            }
            assert_eq!(receive(&stream).status, 200);
        }
    }
    let expected = ["203.0.113.0", "2001:db8:7::", "198.51.100.0", "127.0.0.0"];
    let expected: Vec<_> = expected.iter().flat_map(|address| [*address, *address]).collect();
    assert_eq!(addresses(server), expected);
}

/// A chain: a balancer that speaks the PROXY protocol, behind one that writes X-Forwarded-For.
#[test]
fn both_ways_to_tell_go_together() {
    let server = Server::start_with(
        "[http]\nproxy_protocol = [\"127.0.0.1\"]\ntrusted_proxies = [\"10.0.0.0/8\"]",
    );
    for (source, expected) in [("10.0.0.9", "203.0.113.0"), ("198.51.100.9", "198.51.100.0")] {
        let mut stream = connect(server.address);
        let header = format!("PROXY TCP4 {source} 10.0.0.1 4711 443\r\n");
        let request = request(&server, "X-Forwarded-For: 1.2.3.4, 203.0.113.7\r\n");
        stream.write_all(&[header.into_bytes(), request].concat()).expect("taken");
        assert_eq!(receive(&stream).status, 200, "{expected}");
    }
    assert_eq!(addresses(server), ["203.0.113.0", "198.51.100.0"]);
}

#[test]
fn a_proxy_that_says_nothing_good_is_ended() {
    let server =
        Server::start_with("[http]\nproxy_protocol = [\"127.0.0.1\"]\nheader_timeout_ms = 100");
    let long = format!("PROXY TCP4 {}\r\n", "1".repeat(200));
    let wrong: [(&[u8], &str); 7] = [
        (b"POST /v1/beacon HTTP/1.1\r\nHost: d\r\n\r\n", "no_proxy_header"),
        (b"PROXY TCP4 203.0.113.7 10.0.0.1 4711\r\n", "no_proxy_header"),
        (long.as_bytes(), "no_proxy_header"),
        (&[V2, &[0x21, 0x11, 0, 4, 1, 2, 3, 4]].concat(), "no_proxy_header"),
        (&[V2, &[0x31, 0x11, 0, 0]].concat(), "no_proxy_header"),
        (&[V2, &[0x21, 0x11, 0xff, 0xff]].concat(), "no_proxy_header"),
        (b"PROXY TCP4 203.0.", "slow_start"),
    ];
    let count = |reason: &str| {
        let name = format!("dna_ingest_connections_ended_total{{reason=\"{reason}\"}} ");
        let mut stream = connect(server.address);
        let get = "PROXY UNKNOWN\r\nGET /metrics HTTP/1.1\r\nHost: d\r\n\r\n";
        stream.write_all(get.as_bytes()).expect("taken");
        let page = receive(&stream).text().to_owned();
        let line = page.lines().find_map(|line| line.strip_prefix(&name)).expect("a series");
        line.parse::<u64>().expect("a count")
    };
    for (bytes, reason) in wrong {
        let before = count(reason);
        let mut stream = connect(server.address);
        stream.write_all(bytes).expect("taken");
        let mut answer = Vec::new();
        // What was sent and not read may reset the connection instead of closing it.
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty(), "{:?}", String::from_utf8_lossy(&answer));
        assert_eq!(count(reason), before + 1, "{:?}", String::from_utf8_lossy(bytes));
    }
}

/// Who is not to say it cannot: to guess would let any client choose its address.
#[test]
fn a_client_cannot_say_who_it_is() {
    for proxies in ["", "proxy_protocol = [\"10.0.0.0/8\"]"] {
        let server = Server::start_with(&format!("[http]\n{proxies}"));
        for header in [b"PROXY TCP4 203.0.113.7 10.0.0.1 4711 443\r\n".to_vec(), binary()] {
            let mut stream = connect(server.address);
            stream.write_all(&[header, request(&server, "")].concat()).expect("taken");
            assert_eq!(receive(&stream).status, 400);
        }
        server.acknowledge_one();
        assert_eq!(addresses(server), ["127.0.0.0"]);
    }
}
