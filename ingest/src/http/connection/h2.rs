//! A connection of HTTP/2. Actix's server for it (`h2/dispatcher.rs` of actix-http 3.20) knows no
//! deadline but a ping, which is left out, nor how to stop. Here are:
//!
//! - A deadline for the client's first words, for a head and for every frame that is begun.
//! - The end of a connection on which nothing was asked for a while, as in HTTP/1.1.
//! - A deadline for the client to take what is written, and to open its window for answers.
//! - A bound for the requests that are under way at the same moment.
//! - When the server stops: GOAWAY, and the end when all is answered.

use super::deadline::Deadline;
use super::frames::Frames;
use super::{Patience, Turn};
use crate::edge::stream::Stream;
use crate::http::Door;
use crate::http::codes::Code;
use crate::metrics::Ended;
use actix_server::GracefulShutdownSignal;
use actix_web::web;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// Requests of one connection that are not answered to their end. Browsers and balancers keep to
/// 100 where nothing is said.
const STREAMS_MAX: usize = 256;

/// GOAWAY without an error: begin no more, all that is begun is answered (RFC 9113, section 6.8).
const GOAWAY: [u8; 17] = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/// A client's connection.
pub(in crate::http) struct H2 {
    io: Stream,
    door: web::Data<Door>,
    turn: Turn,
    patience: Patience,
    timer: Deadline,
    frames: Frames,
    /// Since when a frame or head is unfinished.
    unfinished_since: Option<Instant>,
    /// Since when something is written that the client has not taken.
    blocked_since: Option<Instant>,
    stopping: Option<Pin<Box<dyn Future<Output = ()>>>>,
    /// How much of GOAWAY is written, once the server stops, and when all of it was.
    goodbye: Option<usize>,
    told: Option<Instant>,
    /// Nothing more is read.
    is_ended: bool,
}

impl H2 {
    pub(super) fn new(
        io: Stream,
        door: web::Data<Door>,
        patience: Patience,
        since: Instant,
        stopping: &GracefulShutdownSignal,
    ) -> Self {
        let stopping = stopping.clone();
        Self {
            io,
            door,
            turn: Turn::of_streams(),
            patience,
            timer: Deadline::new(since + patience.head),
            frames: Frames::default(),
            unfinished_since: Some(since),
            blocked_since: None,
            stopping: Some(Box::pin(async move { stopping.notified().await })),
            goodbye: None,
            told: None,
            is_ended: false,
        }
    }

    pub(super) fn turn(&self) -> Turn {
        self.turn.clone()
    }

    /// The next moment at which it has waited too long, and for what.
    fn deadline(&self) -> Option<(Instant, Late)> {
        let after = |since: Option<Instant>, patience, late| Some((since? + patience, late));
        let all = [
            after(self.blocked_since, self.patience.write, Late::Write),
            after(self.turn.held_since(), self.patience.write, Late::Write),
            after(self.unfinished_since, self.patience.head, Late::Head),
            after(self.turn.idle_since(), self.patience.idle, Late::Idle),
            self.told
                .filter(|_| self.turn.unfinished() == 0)
                .and_then(|told| after(Some(told), self.patience.linger, Late::Idle)),
        ];
        all.into_iter().flatten().min_by_key(|(moment, _)| *moment)
    }

    /// Ends the connection when it has waited too long, and has the task woken for the next time.
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if let Some(stopping) = &mut self.stopping
            && stopping.as_mut().poll(context).is_ready()
        {
            self.stopping = None;
            self.goodbye = Some(0);
        }
        if self.turn.unfinished() > STREAMS_MAX {
            self.door.metrics.ended(Ended::TooManyStreams);
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        while let Some((moment, late)) = self.deadline()
            && !self.is_ended
        {
            if self.timer.set(moment, context).is_pending() {
                break;
            }
            match late {
                Late::Write => {
                    self.door.metrics.ended(Ended::NotTaken);
                    return Err(io::ErrorKind::TimedOut.into());
                }
                Late::Head => {
                    self.door.metrics.refused(Code::HeadTimeout);
                    self.is_ended = true;
                }
                Late::Idle => self.is_ended = true,
            }
        }
        Ok(())
    }

    /// Notes whether the client takes what is written.
    fn watch<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_pending() && self.blocked_since.is_none() {
            self.blocked_since = Some(Instant::now());
            self.check(context)?;
        }
        written
    }

    /// Says GOAWAY. Only between two frames: everything before is flushed.
    fn poll_goodbye(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.goodbye.map(|written| &GOAWAY[written..]) {
            if rest.is_empty() {
                ready!(Pin::new(&mut self.io).poll_flush(context))?;
                self.goodbye = None;
                self.told = Some(Instant::now());
                self.check(context)?;
                break;
            }
            let written = ready!(Pin::new(&mut self.io).poll_write(context, rest))?;
            self.goodbye = self.goodbye.map(|before| before + written);
        }
        Poll::Ready(Ok(()))
    }
}

/// What it has waited too long for.
#[derive(Debug, Clone, Copy)]
enum Late {
    /// For what was begun.
    Head,
    /// For another request.
    Idle,
    /// For the client to take an answer.
    Write,
}

impl AsyncRead for H2 {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.check(context)?;
        if this.is_ended {
            // To the server the client has hung up.
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.io).poll_read(context, buffer))?;
        this.frames.read(&buffer.filled()[before..]);
        if !this.frames.is_unfinished() {
            this.unfinished_since = None;
        } else if this.unfinished_since.is_none() {
            this.unfinished_since = Some(Instant::now());
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for H2 {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        // A part of it may stand there already.
        if this.goodbye.is_some_and(|written| written > 0) {
            ready!(this.poll_goodbye(context))?;
        }
        let written = Pin::new(&mut this.io).poll_write(context, bytes);
        this.watch(written, context)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.io).poll_flush(context);
        ready!(this.watch(flushed, context))?;
        this.blocked_since = None;
        this.poll_goodbye(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let shut = Pin::new(&mut this.io).poll_shutdown(context);
        this.watch(shut, context)
    }
}
