//! A connection between the system's socket and actix's parser, for what the parser leaves out:
//!
//! - A deadline for the head of every request. Actix has one for the first only, and the first
//!   byte of a later one ends its timer for idle connections (`h1/dispatcher.rs` of actix-http
//!   3.20: `head_timer`, `ka_timer`).
//! - Words for what the parser refuses by itself: it writes an answer without a body, which
//!   becomes a problem here, and is counted.
//! - Silence after an answer that is the last: what the parser makes of the rest of a body that
//!   nobody read is no request, and its answer would be one too many.

use super::codes::Code;
use super::ending::{end_of_last, find};
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
pub(super) struct Turn {
    waits: Rc<Cell<Waits>>,
    is_closed: Rc<Cell<bool>>,
}

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
        self.waits.set(Waits::Answer);
    }

    /// The request is answered; what comes next is another head.
    pub(super) fn end(&self) {
        self.waits.set(Waits::Idle);
    }

    /// What comes next is no head: the answer is the last.
    pub(super) fn close(&self) {
        self.is_closed.set(true);
    }

    /// Whether the last answer is made.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.get()
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
    /// After the last answer, for the client to take it and to stop sending: closed at once, what
    /// it still sends would reset the connection under the answer.
    pub(super) linger: Duration,
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
    /// An answer said that it is the last: how much of it is to be written. What still comes is
    /// the rest of a body, not a head, and is not read by the parser.
    last: Option<usize>,
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
            last: None,
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
        let waits = self.turn.waits.get();
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
        if waits == Waits::Head && self.last.is_none() {
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
    let head = &answer[..find(answer, b"\r\n\r\n")? + 2];
    find(head, b"content-length: 0\r\n").map(|_| code)
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
        while this.last.is_some() {
            ready!(Pin::new(&mut this.io).poll_read(context, buffer))?;
            if buffer.filled().len() == before {
                return Poll::Ready(Ok(()));
            }
            buffer.set_filled(before);
        }
        ready!(Pin::new(&mut this.io).poll_read(context, buffer))?;
        if this.turn.waits.get() == Waits::Idle && buffer.filled().len() > before {
            this.turn.waits.set(Waits::Head);
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
        let waits = this.turn.waits.get();
        if waits != Waits::Answer
            && !this.is_ended
            && this.last.is_none()
            && let Some(code) = refusal_of_the_parser(bytes)
        {
            this.say(code);
        }
        ready!(this.poll_words(context))?;
        if this.is_ended {
            return Poll::Ready(Ok(bytes.len()));
        }
        if this.last == Some(0) {
            // An answer behind the last one; it does not prolong the wait for the end.
            return Poll::Ready(Ok(bytes.len()));
        }
        if waits == Waits::Idle {
            // An answer goes out. One that is a stream goes on for as long as it is written.
            this.wait(this.patience.idle, context);
            this.last = this.last.or_else(|| end_of_last(bytes));
        }
        let part = &bytes[..this.last.unwrap_or(usize::MAX).min(bytes.len())];
        let written = Pin::new(&mut this.io).poll_write(context, part);
        this.is_blocked = written.is_pending();
        let written = ready!(written)?;
        if let Some(rest) = &mut this.last {
            *rest -= written;
            if *rest == 0 {
                this.wait(this.patience.linger, context);
            }
        }
        Poll::Ready(Ok(written))
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
