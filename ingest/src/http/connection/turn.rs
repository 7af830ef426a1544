//! What a connection and its requests tell each other.

use super::rest::Read;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;
use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use tokio::time::Instant;

/// Answers of a connection that are made before they are written: with the largest, `/metrics`,
/// some hundred kilobytes. Fewer would let actix read on in between, until it has 128 KB and wakes
/// itself for ever.
const UNWRITTEN_MAX: usize = 8;

/// Shared by a connection and its requests, all on one thread.
#[derive(Debug, Clone)]
pub(in crate::http) struct Turn(Rc<State>);

#[derive(Debug)]
struct State {
    waits: Cell<Waits>,
    is_closed: Cell<bool>,
    /// The client has not taken all that is written.
    is_blocked: Cell<bool>,
    /// Answers that are made and not yet written.
    unwritten: Cell<usize>,
    /// Who waits for both to end.
    waker: RefCell<Option<Waker>>,
    read: Cell<Read>,
    /// More has come than the request that is answered, and waits in the connection.
    has_more: Cell<bool>,
    /// Who waits until that may be read.
    reader: RefCell<Option<Waker>>,
    /// Bytes of the last request's body; `None` where its head does not say.
    body: Cell<Option<usize>>,
    /// Its answer goes on for as long as it likes.
    is_endless: Cell<bool>,
    /// Set for HTTP/2, whose requests do not take turns.
    streams: Option<Streams>,
}

/// The requests of a connection of HTTP/2.
#[derive(Debug)]
struct Streams {
    /// Not yet answered.
    open: Cell<usize>,
    /// Since when none is.
    idle_since: Cell<Instant>,
    /// Answers of which a part is made that the client's window does not let through.
    held: Cell<usize>,
    /// Since when nothing of them went.
    held_since: Cell<Instant>,
}

/// What a connection of HTTP/1.1 waits for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Waits {
    /// For a head, of which nothing has come.
    #[default]
    Idle,
    /// For the rest of a head.
    Head,
    /// For a request's answer, which has its own deadlines.
    Answer,
}

impl Default for Turn {
    fn default() -> Self {
        Self::new(None)
    }
}

impl Turn {
    fn new(streams: Option<Streams>) -> Self {
        Self(Rc::new(State {
            waits: Cell::default(),
            is_closed: Cell::default(),
            is_blocked: Cell::default(),
            unwritten: Cell::default(),
            waker: RefCell::default(),
            read: Cell::default(),
            has_more: Cell::default(),
            reader: RefCell::default(),
            body: Cell::new(Some(0)),
            is_endless: Cell::default(),
            streams,
        }))
    }

    /// For a connection of HTTP/2.
    pub(super) fn of_streams() -> Self {
        let now = Instant::now();
        let (open, idle_since) = (Cell::new(0), Cell::new(now));
        let (held, held_since) = (Cell::new(0), Cell::new(now));
        Self::new(Some(Streams { open, idle_since, held, held_since }))
    }

    /// A head is complete, which says that so many bytes of a body follow.
    pub(in crate::http) fn begin(&self, body: Option<usize>) {
        match &self.0.streams {
            None => {
                self.0.waits.set(Waits::Answer);
                self.0.body.set(body);
                self.0.is_endless.set(false);
            }
            Some(streams) => streams.open.set(streams.open.get() + 1),
        }
    }

    /// The request is answered; in HTTP/1.1, what comes next is another head.
    pub(in crate::http) fn end(&self) {
        match &self.0.streams {
            None => {
                self.0.waits.set(Waits::Idle);
                self.0.unwritten.set(self.0.unwritten.get() + 1);
            }
            Some(streams) => {
                streams.open.set(streams.open.get().saturating_sub(1));
                streams.idle_since.set(Instant::now());
            }
        }
    }

    /// What comes next is no head: the answer is the last. Only for HTTP/1.1.
    pub(in crate::http) fn close(&self) {
        self.0.is_closed.set(true);
    }

    /// Whether the last answer is made.
    pub(in crate::http) fn is_closed(&self) -> bool {
        self.0.is_closed.get()
    }

    /// The answer is a stream: it may go on when all that is made of it is written. Only for
    /// HTTP/1.1.
    pub(in crate::http) fn go_on(&self) {
        self.0.is_endless.set(true);
    }

    /// Bytes were read: the first of a head, or others.
    pub(super) fn read(&self, bytes: &[u8]) {
        let mut read = self.0.read.get();
        match self.waits() {
            Waits::Idle => read.begin(bytes, self.0.body.get()),
            Waits::Head | Waits::Answer => read.go_on(bytes.len()),
        }
        self.0.read.set(read);
    }

    /// Whether more may have come than the request that is answered. Only for HTTP/1.1.
    pub(in crate::http) fn is_ahead(&self) -> bool {
        self.0.streams.is_none() && (self.0.has_more.get() || !self.is_all_read())
    }

    /// Whether nothing was read but the request that is answered.
    fn is_all_read(&self) -> bool {
        self.0.read.get().is_all(self.0.body.get())
    }

    /// Says whether more has come, which waits in the connection.
    pub(super) fn set_more(&self, has_more: bool) {
        self.0.has_more.set(has_more);
    }

    /// Has the task woken when the answer is written, and the next request may be read.
    pub(super) fn wake_when_written(&self, context: &Context<'_>) {
        *self.0.reader.borrow_mut() = Some(context.waker().clone());
    }

    /// Whether all requests are answered to the end, and more may come. Only for HTTP/1.1.
    pub(super) fn may_rest(&self) -> bool {
        let is_written = self.0.unwritten.get() == 0 && !self.is_blocked();
        let is_over = is_written && !self.0.is_endless.get() && !self.is_closed();
        is_over && self.waits() == Waits::Idle && !self.is_ahead()
    }

    /// Waits until the answers before are written. Actix answers all that it has read, thousands of
    /// requests from a client that asks in advance, before it writes; and when that client takes
    /// nothing, goes on. Only for HTTP/1.1.
    pub(in crate::http) async fn taken(&self) {
        std::future::poll_fn(|context| {
            if !self.is_held() {
                return Poll::Ready(());
            }
            *self.0.waker.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Whether requests come side by side, as in HTTP/2.
    pub(in crate::http) fn is_multiplexed(&self) -> bool {
        self.0.streams.is_some()
    }

    /// `body`, watched: see [`Turn::held_since`].
    pub(in crate::http) fn watch(&self, body: BoxBody) -> BoxBody {
        BoxBody::new(Watched { body, turn: self.clone(), is_held: false })
    }

    /// Whether answers have to be written before more are made.
    pub(super) fn is_held(&self) -> bool {
        self.is_blocked() || self.0.unwritten.get() >= UNWRITTEN_MAX
    }

    pub(super) fn is_blocked(&self) -> bool {
        self.0.is_blocked.get()
    }

    pub(super) fn block(&self) {
        self.0.is_blocked.set(true);
    }

    /// All is written, and taken. Returns whether the client was slow to take it.
    pub(super) fn written(&self) -> bool {
        self.0.unwritten.set(0);
        if let Some(waker) = self.0.waker.borrow_mut().take() {
            waker.wake();
        }
        // Not before there is an answer: each run of actix writes what there is.
        if self.waits() == Waits::Idle
            && let Some(reader) = self.0.reader.borrow_mut().take()
        {
            reader.wake();
        }
        self.0.is_blocked.replace(false)
    }

    pub(super) fn waits(&self) -> Waits {
        self.0.waits.get()
    }

    pub(super) fn set_waits(&self, waits: Waits) {
        self.0.waits.set(waits);
    }

    /// Requests that are not answered to their end.
    pub(super) fn unfinished(&self) -> usize {
        self.0.streams.as_ref().map_or(0, |streams| streams.open.get() + streams.held.get())
    }

    /// Since when no request waits for its answer.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let streams = self.0.streams.as_ref().filter(|streams| streams.open.get() == 0)?;
        Some(streams.idle_since.get())
    }

    /// Since when the client's window lets nothing of the answers through.
    pub(super) fn held_since(&self) -> Option<Instant> {
        let streams = self.0.streams.as_ref().filter(|streams| streams.held.get() > 0)?;
        Some(streams.held_since.get())
    }

    fn hold(&self, change: impl FnOnce(usize) -> usize) {
        if let Some(streams) = &self.0.streams {
            streams.held.set(change(streams.held.get()));
            streams.held_since.set(Instant::now());
        }
    }
}

/// An answer's body in HTTP/2. Between a part that was taken and the next that is asked for, or
/// the end, the part waits for the client's window.
struct Watched {
    body: BoxBody,
    turn: Turn,
    is_held: bool,
}

impl Watched {
    fn release(&mut self) {
        if std::mem::take(&mut self.is_held) {
            self.turn.hold(|held| held.saturating_sub(1));
        }
    }
}

impl MessageBody for Watched {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        this.release();
        let part = this.body.as_pin_mut().poll_next(context);
        if let Poll::Ready(Some(Ok(_))) = part {
            this.is_held = true;
            this.turn.hold(|held| held + 1);
        }
        part
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.release();
    }
}
