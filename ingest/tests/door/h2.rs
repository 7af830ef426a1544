//! HTTP/2, in clear with prior knowledge and under TLS, with the deadlines of HTTP/1.1.

use crate::client::connect;
use crate::frames;
use crate::server::Server;
use crate::tls;
use bytes::Bytes;
use h2::client::SendRequest;
use http::Request;
use std::collections::BTreeMap;
use std::future::Future;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let limited = async { tokio::time::timeout(Duration::from_secs(30), future).await };
    runtime.expect("a runtime").block_on(limited).expect("within half a minute")
}

/// A connection in clear; the task ends when the server closes.
async fn open(
    to: SocketAddr,
) -> (SendRequest<Bytes>, tokio::task::JoinHandle<Result<(), h2::Error>>) {
    let io = TcpStream::connect(to).await.expect("the server listens");
    let (send, connection) = h2::client::handshake(io).await.expect("HTTP/2");
    (send, tokio::spawn(connection))
}

/// Sends `body` to the door and gives back status, media type and body of the answer.
async fn post(send: &SendRequest<Bytes>, body: Vec<u8>) -> (u16, String, Vec<u8>) {
    let request = Request::post("http://door/v1/beacon").body(()).expect("a request");
    let mut send = send.clone().ready().await.expect("open");
    let (answer, mut stream) = send.send_request(request, false).expect("sent");
    stream.send_data(body.into(), true).expect("sent");
    let answer = answer.await.expect("an answer");
    let media_type = answer.headers().get("content-type").map(|it| it.to_str().expect("text"));
    let (status, media_type) = (answer.status().as_u16(), media_type.unwrap_or("").to_owned());
    let mut incoming = answer.into_body();
    let mut bytes = Vec::new();
    while let Some(part) = incoming.data().await {
        let part = part.expect("a part");
        incoming.flow_control().release_capacity(part.len()).expect("released");
        bytes.extend_from_slice(&part);
    }
    (status, media_type, bytes)
}

#[test]
fn frames_are_taken_side_by_side() {
    let server = Server::start();
    run(async {
        let (send, _connection) = open(server.address).await;
        let posts = (0..50).map(|_| {
            let (send, frame) = (send.clone(), frames::good(server.sequence()));
            tokio::spawn(async move { post(&send, frame).await })
        });
        let posts: Vec<_> = posts.collect();
        for answer in posts {
            assert_eq!(answer.await.expect("no panic").0, 200);
        }
        // A refusal ends neither the connection nor what goes on beside it.
        let (status, media_type, _) = post(&send, b"hello".to_vec()).await;
        assert_eq!((status, media_type.as_str()), (400, "application/problem+json"));
        assert_eq!(post(&send, vec![b' '; 2 << 20]).await.0, 413);
        assert_eq!(post(&send, frames::good(server.sequence())).await.0, 200);
    });
    assert_eq!(server.stop().len(), 51);
}

#[test]
fn browsers_get_it_under_tls() {
    let (server, certificate) = tls::start("");
    let config = tls::client_config(&[certificate], "h2");
    run(async {
        let io = TcpStream::connect(server.tls_address.expect("TLS")).await.expect("listens");
        let name = rustls::pki_types::ServerName::try_from("localhost").expect("a name");
        let io = tokio_rustls::TlsConnector::from(config).connect(name, io).await.expect("TLS");
        assert_eq!(io.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
        let (send, connection) = h2::client::handshake(io).await.expect("HTTP/2");
        tokio::spawn(connection);
        assert_eq!(post(&send, frames::good(server.sequence())).await.0, 200);
    });
    assert_eq!(server.stop().len(), 1);
}

/// Sends `bytes` behind the preface and waits for the end of the connection.
fn ended_after(server: &Server, bytes: &[u8]) {
    let mut stream = connect(server.address);
    stream.write_all(PREFACE).expect("taken");
    stream.write_all(bytes).expect("taken");
    let _ = stream.read_to_end(&mut Vec::new()).expect("closed in order");
}

#[test]
fn what_is_begun_and_not_ended_is_ended() {
    let server = Server::start_with("[http]\nheader_timeout_ms = 100\nkeep_alive_ms = 60000");
    let head_timeout = "dna_ingest_frames_refused_total{reason=\"head_timeout\"}".to_owned();
    let settings_and = |rest: &[u8]| [&SETTINGS, rest].concat();
    for bytes in [
        // No SETTINGS at all; a part of a frame's header; of a frame; of a head in two frames.
        SETTINGS[..4].to_vec(),
        settings_and(&[0, 0, 9, 1]),
        settings_and(&[0, 0, 9, 1, 4, 0, 0, 0, 1, 0x82]),
        settings_and(&[0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82]),
    ] {
        let ((), moved) = server.counted(|| ended_after(&server, &bytes));
        assert_eq!(moved, BTreeMap::from([(head_timeout.clone(), 1)]), "{bytes:?}");
    }
    server.acknowledge_one();
}

#[test]
fn a_body_that_does_not_come_is_told_so() {
    let server = Server::start_with("[limits]\nbody_timeout_ms = 100");
    run(async {
        let (send, _connection) = open(server.address).await;
        let request = Request::post("http://door/v1/beacon").body(()).expect("a request");
        let mut ready = send.clone().ready().await.expect("open");
        let (answer, mut stream) = ready.send_request(request, false).expect("sent");
        stream.send_data(Bytes::from_static(b"{"), false).expect("sent");
        assert_eq!(answer.await.expect("an answer").status(), 408);
        assert_eq!(post(&send, frames::good(server.sequence())).await.0, 200);
    });
}

#[test]
fn an_idle_connection_is_ended() {
    let server = Server::start_with("[http]\nheader_timeout_ms = 100\nkeep_alive_ms = 100");
    run(async {
        let (send, connection) = open(server.address).await;
        assert_eq!(post(&send, frames::good(server.sequence())).await.0, 200);
        let _ = connection.await.expect("no panic");
    });
    server.acknowledge_one();
}

/// A client whose window is shut holds an answer for as long as it may.
#[test]
fn a_client_that_takes_no_answer_is_ended() {
    let server = Server::start_with("[http]\nwrite_timeout_ms = 200\nkeep_alive_ms = 60000");
    let ((), moved) = server.counted(|| {
        run(async {
            let io = TcpStream::connect(server.address).await.expect("listens");
            let mut builder = h2::client::Builder::new();
            builder.initial_window_size(0);
            let (send, connection) = builder.handshake::<_, Bytes>(io).await.expect("HTTP/2");
            let connection = tokio::spawn(connection);
            let request = Request::get("http://door/metrics").body(()).expect("a request");
            let mut send = send.ready().await.expect("open");
            let (answer, _) = send.send_request(request, true).expect("sent");
            let answer = answer.await.expect("a head");
            assert_eq!(answer.status(), 200);
            let _ = connection.await.expect("no panic");
        });
    });
    let name = "dna_ingest_connections_ended_total{reason=\"not_taken\"}".to_owned();
    assert_eq!(moved, BTreeMap::from([(name, 1)]));
}

/// A server that stops says so, answers what was begun, and closes.
#[test]
fn a_stop_is_said_and_what_was_begun_is_answered() {
    let server = Server::start_with("[http]\nkeep_alive_ms = 60000");
    let kept = run(async {
        let (send, connection) = open(server.address).await;
        let request = Request::post("http://door/v1/beacon").body(()).expect("a request");
        let mut ready = send.clone().ready().await.expect("open");
        let (answer, mut stream) = ready.send_request(request, false).expect("sent");
        let frame = frames::good(server.sequence());
        let (first, rest) = frame.split_at(5);
        stream.send_data(Bytes::copy_from_slice(first), false).expect("sent");
        assert_eq!(post(&send, frames::good(server.sequence())).await.0, 200);
        let stopping = std::thread::spawn(move || server.stop().len());
        // Once GOAWAY has come, no further request can be begun.
        loop {
            let mut again = send.clone();
            if std::future::poll_fn(|context| again.poll_ready(context)).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stream.send_data(Bytes::copy_from_slice(rest), true).expect("sent");
        assert_eq!(answer.await.expect("an answer").status(), 200);
        drop((send, ready));
        connection.await.expect("no panic").expect("closed in order");
        stopping.join().expect("no panic")
    });
    assert_eq!(kept, 2);
}
