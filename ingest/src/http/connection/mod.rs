//! A connection between the system's socket and actix's server, for the deadlines that the
//! server leaves out, each protocol with its own: [`h1`], [`h2`].

mod deadline;
mod direct;
mod frames;
mod h1;
mod h2;
mod life;
mod rest;
mod turn;
mod whole;

pub(super) use life::Life;
pub(super) use turn::Turn;

use h1::H1;
use h2::H2;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How long a connection may wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For the first byte on a new connection, and for a head from its first byte on.
    pub(super) head: Duration,
    /// For another request, answered ones behind it.
    pub(super) idle: Duration,
    /// For that with all that actix needs for it; then at [`rest`].
    pub(super) rest: Duration,
    /// For the client to take what is written to it.
    pub(super) write: Duration,
    /// After the last answer, for the client to take it and to stop sending: closed at once, what
    /// it still sends would reset the connection under the answer.
    pub(super) linger: Duration,
}

/// A client's connection.
pub(super) enum Connection {
    /// It speaks HTTP/1.1.
    H1(Box<H1>),
    /// It speaks HTTP/2.
    H2(Box<H2>),
}

impl Connection {
    /// What its requests tell it by.
    pub(super) fn turn(&self) -> Turn {
        match self {
            Self::H1(connection) => connection.turn(),
            Self::H2(connection) => connection.turn(),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::H1(connection) => Pin::new(connection.as_mut()).poll_read(context, buffer),
            Self::H2(connection) => Pin::new(connection.as_mut()).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::H1(connection) => Pin::new(connection.as_mut()).poll_write(context, bytes),
            Self::H2(connection) => Pin::new(connection.as_mut()).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::H1(connection) => Pin::new(connection.as_mut()).poll_flush(context),
            Self::H2(connection) => Pin::new(connection.as_mut()).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::H1(connection) => Pin::new(connection.as_mut()).poll_shutdown(context),
            Self::H2(connection) => Pin::new(connection.as_mut()).poll_shutdown(context),
        }
    }
}
