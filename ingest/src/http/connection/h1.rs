//! A connection of HTTP/1.1, for what actix's parser leaves out:
//!
//! - A deadline for the head of every request. Actix has one for the first only, and the first
//!   byte of a later one ends its timer for idle connections (`h1/dispatcher.rs` of actix-http
//!   3.20: `head_timer`, `ka_timer`).
//! - A deadline for the client to take what is written.
//! - Words for what the parser refuses by itself: it writes an answer without a body, which
//!   becomes a problem here, and is counted.
//! - Silence after an answer that is the last: what the parser makes of the rest of a body that
//!   nobody read is no request, and its answer would be one too many.
//! - Rest, when nothing happens: see [`rest`](super::rest).

use super::deadline::Deadline;
use super::rest::{Bed, Resting, request_bytes};
use super::turn::Waits;
use super::{Patience, Turn};
use crate::edge::stream::Stream;
use crate::http::codes::Code;
use crate::http::ending::{end_of_last, find};
use crate::http::{Door, Problem};
use crate::metrics::Ended;
use actix_web::rt::time::Instant;
use actix_web::web;
use bytes::Bytes;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that are read before what they hold is looked at. Actix makes requests of all that it has
/// read, 128 KB otherwise: thousands of a client that asks in advance, each fifty times as large as
/// its bytes. Most frames fit.
const READ_AHEAD: usize = 8 * 1024;

/// A client's connection.
pub(in crate::http) struct H1 {
    /// None when it was put to rest.
    io: Option<Stream>,
    /// What was read of it before; `is_next`: it begins with the request behind the one that was
    /// given last.
    early: Bytes,
    is_next: bool,
    door: web::Data<Door>,
    turn: Turn,
    patience: Patience,
    /// When what it waits for must be there; not looked at while a request is answered, unless
    /// the client does not take what is written.
    deadline: Deadline,
    /// When it has waited too long for the next request.
    idle_end: Instant,
    /// Where it goes to rest; `is_resting`: actix is being told that it has ended.
    bed: Bed,
    is_resting: bool,
    /// Bytes read since answers were written last, as actix does each time that it runs.
    given: usize,
    /// An answer said that it is the last: how much of it is to be written. What still comes is
    /// the rest of a body, not a head, and is not read by the parser.
    last: Option<usize>,
    /// Nothing more is read.
    is_ended: bool,
    /// The client is told that nothing more is written.
    is_shut: bool,
    /// What is to be written before anything else, and how much of it is.
    words: (Vec<u8>, usize),
}

impl H1 {
    /// One that was at rest until now, or has come, of which `early` was read already.
    pub(super) fn new(
        Resting { io, until: idle_end }: Resting,
        early: Bytes,
        door: web::Data<Door>,
        patience: Patience,
        bed: Bed,
    ) -> Self {
        let rest = Instant::now() + patience.rest;
        Self {
            io: Some(io),
            early,
            is_next: false,
            door,
            turn: Turn::default(),
            patience,
            deadline: Deadline::new(rest.min(idle_end)),
            idle_end,
            bed,
            is_resting: false,
            given: 0,
            last: None,
            is_ended: false,
            is_shut: false,
            words: (Vec::new(), 0),
        }
    }

    /// What its requests tell it by.
    pub(super) fn turn(&self) -> Turn {
        self.turn.clone()
    }

    /// Waits anew, and has the task woken when that is over.
    fn wait(&mut self, patience: Duration, context: &mut Context<'_>) {
        let _ = self.deadline.set(Instant::now() + patience, context);
    }

    /// Waits for the next request from now on; first for a moment, then at rest.
    fn wait_idle(&mut self, context: &mut Context<'_>) {
        let now = Instant::now();
        self.idle_end = now + self.patience.idle;
        let _ = self.deadline.set(self.idle_end.min(now + self.patience.rest), context);
    }

    /// Ends the connection when it has waited too long, or puts it to rest.
    fn check_deadline(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if !self.early.is_empty() && !self.turn.is_blocked() {
            // It has come in time, only the parser has not seen it yet.
            return Ok(());
        }
        let waits = self.turn.waits();
        if (!self.turn.is_blocked() && (self.is_ended || waits == Waits::Answer))
            || self.deadline.poll(context).is_pending()
        {
            return Ok(());
        }
        if waits == Waits::Idle && !self.turn.is_blocked() && self.last.is_none() {
            self.is_resting = self.turn.may_rest();
            if self.is_resting || self.deadline.set(self.idle_end, context).is_pending() {
                return Ok(());
            }
        }
        if self.turn.is_blocked() {
            // Words would stand in the middle of an answer.
            self.door.metrics.ended(Ended::NotTaken);
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

    /// Notes whether the client takes what is written, and ends the connection when it does not:
    /// from the first time that it does not until all is taken, however little it takes at a time.
    fn watch<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_pending() {
            if !self.turn.is_blocked() {
                self.turn.block();
                self.wait(self.patience.write, context);
            }
            self.check_deadline(context)?;
        }
        written
    }

    /// Bytes of the request that `bytes` begin with, where one begins and all of it is there.
    fn first(&self, bytes: &[u8]) -> Option<usize> {
        if self.turn.waits() == Waits::Idle { request_bytes(bytes) } else { None }
    }

    /// Keeps what was read behind the first request, for its turn. Actix would make requests of all
    /// of it at once, each fifty times as large as its bytes: thousands of clients that ask in advance
    /// held up all others by the memory that this took.
    fn keep_next(&mut self, buffer: &mut ReadBuf<'_>, before: usize) {
        let new = &buffer.filled()[before..];
        if let Some(first) = self.first(new).filter(|first| *first < new.len()) {
            self.early = Bytes::copy_from_slice(&new[first..]);
            self.is_next = true;
            buffer.set_filled(before + first);
        }
        self.turn.set_more(!self.early.is_empty());
    }

    /// Gives of what was read before the next request, or all where that is not known.
    fn give_early(&mut self, buffer: &mut ReadBuf<'_>) {
        let most = self.early.len().min(buffer.remaining());
        let first = self.first(&self.early).filter(|first| *first <= most);
        let early = self.early.split_to(first.unwrap_or(most));
        self.is_next = first.is_some();
        buffer.put_slice(&early);
        self.turn.set_more(!self.early.is_empty());
    }

    /// Its bytes.
    fn io(&mut self) -> io::Result<Pin<&mut Stream>> {
        self.io.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Tells the client that nothing more comes.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.is_shut {
            let shut = self.io()?.poll_shutdown(context);
            ready!(self.watch(shut, context))?;
            self.is_shut = true;
        }
        Poll::Ready(Ok(()))
    }

    /// Writes what is to be said.
    fn poll_words(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (bytes, written) = &mut self.words;
        while let Some(rest) = bytes.get(*written..).filter(|rest| !rest.is_empty()) {
            let Some(io) = &mut self.io else { break };
            match ready!(Pin::new(io).poll_write(context, rest))? {
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

impl AsyncRead for H1 {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.check_deadline(context)?;
        if this.is_ended || this.is_resting {
            // To the parser the client has hung up; it flushes and closes.
            return Poll::Ready(Ok(()));
        }
        if this.turn.is_held() {
            // Nothing more of who takes no answer; the write that goes on wakes the task. See
            // `Turn::taken`.
            return Poll::Pending;
        }
        if this.given >= READ_AHEAD {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        while this.last.is_some() {
            this.early.clear();
            ready!(this.io()?.poll_read(context, buffer))?;
            if buffer.filled().len() == before {
                return Poll::Ready(Ok(()));
            }
            buffer.set_filled(before);
        }
        if !this.early.is_empty() && this.is_next && this.turn.waits() != Waits::Idle {
            this.turn.wake_when_written(context);
            return Poll::Pending;
        }
        if this.early.is_empty() {
            ready!(this.io()?.poll_read(context, buffer))?;
            this.keep_next(buffer, before);
        } else {
            this.give_early(buffer);
        }
        let new = &buffer.filled()[before..];
        this.given += new.len();
        if new.is_empty() {
            return Poll::Ready(Ok(()));
        }
        this.turn.read(new);
        if this.turn.waits() == Waits::Idle {
            this.turn.set_waits(Waits::Head);
            if !this.turn.is_blocked() {
                this.wait(this.patience.head, context);
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for H1 {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let waits = this.turn.waits();
        if waits != Waits::Answer
            && !this.is_ended
            && this.last.is_none()
            && let Some(code) = refusal_of_the_parser(bytes)
        {
            this.say(code);
        }
        let words = this.poll_words(context);
        ready!(this.watch(words, context))?;
        if this.is_ended {
            return Poll::Ready(Ok(bytes.len()));
        }
        if this.last == Some(0) {
            // An answer behind the last one; it does not prolong the wait for the end.
            return Poll::Ready(Ok(bytes.len()));
        }
        if waits == Waits::Idle {
            // An answer goes out. One that is a stream goes on for as long as it is written.
            if !this.turn.is_blocked() {
                this.wait_idle(context);
            }
            this.last = this.last.or_else(|| end_of_last(bytes));
        }
        let part = &bytes[..this.last.unwrap_or(usize::MAX).min(bytes.len())];
        let written = this.io()?.poll_write(context, part);
        let written = ready!(this.watch(written, context))?;
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
        if this.is_resting {
            return Poll::Ready(Ok(()));
        }
        this.given = 0;
        let words = this.poll_words(context);
        ready!(this.watch(words, context))?;
        let flushed = this.io()?.poll_flush(context);
        ready!(this.watch(flushed, context))?;
        if this.turn.written() && this.last != Some(0) {
            match this.turn.waits() {
                Waits::Head => this.wait(this.patience.head, context),
                Waits::Idle | Waits::Answer => this.wait_idle(context),
            }
        }
        if this.last == Some(0) || this.is_ended {
            // Under TLS the end has to be said, and actix gives up without a word on a client
            // that goes on sending.
            return this.poll_end(context);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_resting {
            if let Some(io) = this.io.take() {
                this.bed.put(Resting { io, until: this.idle_end });
            }
            return Poll::Ready(Ok(()));
        }
        let words = this.poll_words(context);
        ready!(this.watch(words, context))?;
        this.poll_end(context)
    }
}
