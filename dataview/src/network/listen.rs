//! Sockets that syslog comes to: datagrams from nginx itself, connections from forwarders.

use super::counters::Dropped;
use super::intake::Intake;
use super::limits::{CONNECTIONS_MAX, LINE_BYTES_MAX};
use super::syslog::{self, Found, Messages};
use crate::model::Hop;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::Sender;

/// Takes datagrams. nginx sends them and forgets them, so what does not fit is dropped and counted.
pub(super) async fn datagrams(socket: UdpSocket, mut intake: Intake, queue: Sender<Hop>) {
    // One byte more tells a message that fits from one that was cut.
    let mut buffer = vec![0; LINE_BYTES_MAX + 1];
    let mut stop = intake.stop.clone();
    loop {
        let received = tokio::select! {
            received = socket.recv_from(&mut buffer) => received,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match received {
            Ok((len, from)) => {
                let text = String::from_utf8_lossy(&buffer[..len]);
                if let Some(hop) = message(&intake, &text, from)
                    && queue.try_send(hop).is_err()
                {
                    intake.counters.drop_one(Dropped::QueueFull);
                }
            }
            // What an earlier answer of ours would have met; we send none.
            Err(error) => {
                tracing::warn!(%error, "a datagram of syslog cannot be received");
                if intake.stopped_within(super::limits::POLL).await {
                    return;
                }
            }
        }
    }
}

/// Takes connections.
pub(super) async fn connections(listener: TcpListener, mut intake: Intake, queue: Sender<Hop>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut stop = intake.stop.clone();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((stream, from)) => match Arc::clone(&room).try_acquire_owned() {
                Ok(permit) => {
                    let (intake, queue) = (intake.clone(), queue.clone());
                    tokio::spawn(async move {
                        connection(stream, from, intake, queue).await;
                        drop(permit);
                    });
                }
                Err(_) => intake.counters.drop_one(Dropped::Connection),
            },
            Err(error) => {
                tracing::warn!(%error, "a connection of syslog cannot be accepted");
                if intake.stopped_within(super::limits::POLL).await {
                    return;
                }
            }
        }
    }
}

/// Reads a connection to its end. When the store is slow it is not read on: its sender keeps what
/// it has.
async fn connection(mut stream: TcpStream, from: SocketAddr, intake: Intake, queue: Sender<Hop>) {
    let (mut messages, mut buffer) = (Messages::default(), vec![0; 16 * 1024]);
    let mut stop = intake.stop.clone();
    loop {
        let read = tokio::select! {
            read = stream.read(&mut buffer) => read,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let len = match read {
            Ok(0) | Err(_) => return,
            Ok(len) => len,
        };
        messages.push(&buffer[..len]);
        while let Some(found) = messages.next_message() {
            match found {
                Found::Message(text) => {
                    if let Some(hop) = message(&intake, &text, from)
                        && queue.send(hop).await.is_err()
                    {
                        return;
                    }
                }
                Found::TooLong => intake.counters.drop_one(Dropped::TooLong),
                Found::Broken => return intake.counters.drop_one(Dropped::Connection),
            }
        }
    }
}

fn message(intake: &Intake, text: &str, from: SocketAddr) -> Option<Hop> {
    let (host, line) = syslog::message(text);
    let from = from.ip().to_canonical().to_string();
    intake.read(line, if host.is_empty() { &from } else { host })
}
