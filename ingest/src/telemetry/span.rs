//! Spans: what is told of a request that is sampled.

use super::export::ExportCounters;
use super::{TraceContext, random};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc::Sender;

/// What a request is doing; each is a span below the request's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Its body arrives.
    ReadBody,
    /// Its frame is read and judged.
    Judge,
    /// Its entry waits for the buffer, and is written.
    Keep,
}

impl Phase {
    fn name(self) -> &'static str {
        match self {
            Self::ReadBody => "read body",
            Self::Judge => "judge",
            Self::Keep => "keep",
        }
    }
}

/// A span as it is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// The trace.
    pub trace_id: [u8; 16],
    /// Its own identifier.
    pub span_id: [u8; 8],
    /// The span that it is a part of.
    pub parent: Option<[u8; 8]>,
    /// What was done, one of a few names.
    pub name: String,
    /// Whether it is that of the whole request.
    pub is_server: bool,
    /// Its start, in ns since the Unix epoch.
    pub start: u64,
    /// Its end.
    pub end: u64,
    /// Whether ingest failed: a client's mistake is none of ours.
    pub is_error: bool,
    /// Names and numbers of ours, never a client's words.
    pub attributes: Vec<(&'static str, Attribute)>,
}

/// The value of a span's attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    /// A text.
    Text(String),
    /// A number.
    Integer(i64),
}

/// Hands spans to the exporter.
#[derive(Debug, Clone)]
pub struct Tracer {
    pub(super) queue: Sender<Span>,
    pub(super) counters: Arc<ExportCounters>,
    /// The share of requests that are traced, 0 to 1.
    pub(super) rate: f64,
}

/// The span of a request that is being answered.
#[derive(Debug)]
pub struct ActiveSpan {
    tracer: Tracer,
    context: TraceContext,
    span_id: [u8; 8],
    /// When it began by the wall clock, in ns since the Unix epoch, and by the clock that durations
    /// are measured with.
    began: (u64, Instant),
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Each with when it began, in the order in which they did; one ends where the next begins.
    phases: Vec<(Phase, Instant)>,
    attributes: Vec<(&'static str, Attribute)>,
}

impl Tracer {
    /// What became of its spans.
    #[must_use]
    pub fn counters(&self) -> Arc<ExportCounters> {
        Arc::clone(&self.counters)
    }

    /// A span for a request that began at `now` (ms since the Unix epoch), if its trace is sampled.
    #[must_use]
    pub fn begin(&self, context: TraceContext, now: u64) -> Option<Rc<ActiveSpan>> {
        context.is_sampled(self.rate).then(|| {
            Rc::new(ActiveSpan {
                tracer: self.clone(),
                context,
                span_id: random().to_be_bytes(),
                began: (now.saturating_mul(1_000_000), Instant::now()),
                state: RefCell::default(),
            })
        })
    }
}

impl ActiveSpan {
    /// From here on the request does this.
    pub fn phase(&self, phase: Phase) {
        self.state.borrow_mut().phases.push((phase, Instant::now()));
    }

    /// Notes a name or number of ours.
    pub fn note(&self, name: &'static str, value: Attribute) {
        self.state.borrow_mut().attributes.push((name, value));
    }

    /// Ends it: it and its phases go to the exporter, or are dropped and counted.
    pub fn end(&self, name: String, is_error: bool) {
        let State { phases, attributes } = self.state.take();
        let end = Instant::now();
        let ends = phases.iter().skip(1).map(|(_, start)| *start).chain([end]);
        for ((phase, start), end) in phases.iter().zip(ends) {
            self.send(Span {
                trace_id: self.context.trace_id,
                span_id: random().to_be_bytes(),
                parent: Some(self.span_id),
                name: phase.name().to_owned(),
                is_server: false,
                start: self.at(*start),
                end: self.at(end),
                is_error: false,
                attributes: Vec::new(),
            });
        }
        self.send(Span {
            trace_id: self.context.trace_id,
            span_id: self.span_id,
            parent: self.context.parent,
            name,
            is_server: true,
            start: self.began.0,
            end: self.at(end),
            is_error,
            attributes,
        });
    }

    fn at(&self, moment: Instant) -> u64 {
        let since = moment.saturating_duration_since(self.began.1).as_nanos();
        self.began.0.saturating_add(u64::try_from(since).unwrap_or(u64::MAX))
    }

    fn send(&self, span: Span) {
        if self.tracer.queue.try_send(span).is_err() {
            self.tracer.counters.dropped_full();
        }
    }
}
