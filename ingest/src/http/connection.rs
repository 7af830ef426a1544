//! A connection between the system's socket and actix's parser, for what the parser leaves out:
//!
//! - A deadline for the head of every request. Actix has one for the first only, and the first
//!   byte of a later one ends its timer for idle connections (`h1/dispatcher.rs` of actix-http
//!   3.20: `head_timer`, `ka_timer`).
//! - Words for what the parser refuses by itself: it writes an answer without a body, which
//!   becomes a problem here, and is counted.

use super::codes::Code;
use super::{Door, Problem};
use actix_web::rt::net::TcpStream;
use actix_web::rt::time::{Instant, Sleep, sleep};
use actix_web::web;
use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What a connection waits for, shared with its requests.
#[derive(Debug, Clone, Default)]
pub(super) struct Turn(Rc<Cell<Waits>>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Waits {
    /// For a head, of which nothing has come.
    #[default]
    Idle,
    /// For the rest of a head.
    Head,
    /// For a request's answer, which has its own deadlines.
    Answer,
}

impl Turn {
    /// A head is complete.
    pub(super) fn begin(&self) {
        self.0.set(Waits::Answer);
    }

    /// The request is answered; what comes next is another head.
    pub(super) fn end(&self) {
        self.0.set(Waits::Idle);
    }
}

/// How long a connection may wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For the first byte on a new connection, and for a head from its first byte on.
    pub(super) head: Duration,
    /// For another request, answered ones behind it. Longer than actix's own timer, which ends
    /// what is idle and what the parser has begun to read of no more.
    pub(super) idle: Duration,
}

/// A client's connection.
pub(super) struct Connection {
    io: TcpStream,
    door: web::Data<Door>,
    turn: Turn,
    patience: Patience,
    /// When what it waits for must be there; not looked at while a request is answered.
    deadline: Pin<Box<Sleep>>,
    /// The client does not take what is written.
    is_blocked: bool,
    /// An answer said that it is the last: what still comes is the rest of a body, not a head.
    is_last: bool,
    /// Nothing more is read.
    is_ended: bool,
    /// What is to be written before anything else, and how much of it is.
    words: (Vec<u8>, usize),
}

impl Connection {
    pub(super) fn new(io: TcpStream, door: web::Data<Door>, patience: Patience) -> Self {
        Self {
            io,
            door,
            turn: Turn::default(),
            patience,
            deadline: Box::pin(sleep(patience.head)),
            is_blocked: false,
            is_last: false,
            is_ended: false,
            words: (Vec::new(), 0),
        }
    }

    /// What its requests tell it by.
    pub(super) fn turn(&self) -> Turn {
        self.turn.clone()
    }

    /// Waits anew, and has the task woken when that is over.
    fn wait(&mut self, patience: Duration, context: &mut Context<'_>) {
        self.deadline.as_mut().reset(Instant::now() + patience);
        let _ = self.deadline.as_mut().poll(context);
    }

    /// Ends the connection when it has waited too long.
    fn check_deadline(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let waits = self.turn.0.get();
        if self.is_ended
            || waits == Waits::Answer
            || self.deadline.as_mut().poll(context).is_pending()
        {
            return Ok(());
        }
        if self.is_blocked {
            // Words would stand in the middle of an answer.
            return Err(io::ErrorKind::TimedOut.into());
        }
        if waits == Waits::Head && !self.is_last {
            self.say(Code::HeadTimeout);
        }
        self.is_ended = true;
        Ok(())
    }

    /// Says `code` instead of what the parser says, or where it says nothing.
    fn say(&mut self, code: Code) {
        self.door.metrics.refused(code);
        tracing::debug!(reason = code.name(), "connection ended");
        self.words = (Problem::plain(code).last_words(), 0);
        self.is_ended = true;
    }

    /// Writes what is to be said.
    fn poll_words(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (bytes, written) = &mut self.words;
        while let Some(rest) = bytes.get(*written..).filter(|rest| !rest.is_empty()) {
            match ready!(Pin::new(&mut self.io).poll_write(context, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => *written += count,
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// The answers that the parser makes by itself: every one of ours has a body.
fn refusal_of_the_parser(answer: &[u8]) -> Option<Code> {
    let code = match answer.get(..13)? {
        b"HTTP/1.1 400 " | b"HTTP/1.0 400 " => Code::MalformedRequest,
        b"HTTP/1.1 431 " | b"HTTP/1.0 431 " => Code::HeadTooLarge,
        _ => return None,
    };
    contains(answer, b"content-length: 0\r\n").then_some(code)
}

/// Whether `answer` refuses a request and says that the connection ends with it.
fn is_last(answer: &[u8]) -> bool {
    let refuses = matches!(answer.get(9), Some(b'4' | b'5'));
    refuses && contains(answer, b"connection: close\r\n")
}

fn contains(answer: &[u8], header: &[u8]) -> bool {
    answer.windows(header.len()).any(|part| part == header)
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.check_deadline(context)?;
        if this.is_ended {
            // To the parser the client has hung up; it flushes and closes.
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.io).poll_read(context, buffer))?;
        if this.turn.0.get() == Waits::Idle && buffer.filled().len() > before {
            this.turn.0.set(Waits::Head);
            this.wait(this.patience.head, context);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let waits = this.turn.0.get();
        if waits != Waits::Answer
            && !this.is_ended
            && !this.is_last
            && let Some(code) = refusal_of_the_parser(bytes)
        {
            this.say(code);
        }
        ready!(this.poll_words(context))?;
        if this.is_ended {
            return Poll::Ready(Ok(bytes.len()));
        }
        if waits == Waits::Idle {
            // An answer goes out. One that is a stream goes on for as long as it is written.
            this.wait(this.patience.idle, context);
            this.is_last |= is_last(bytes);
        }
        let written = Pin::new(&mut this.io).poll_write(context, bytes);
        this.is_blocked = written.is_pending();
        written
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_words(context))?;
        Pin::new(&mut this.io).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_words(context))?;
        Pin::new(&mut this.io).poll_shutdown(context)
    }
}
