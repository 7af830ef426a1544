//! Traces through a bank's services, healthy or with a labelled fault.

mod bank;
mod draw;

pub use bank::OPERATIONS;
pub use draw::{draw, fault};

/// What an operation is.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// `service.name`, or the third party.
    pub service: &'static str,
    /// The name of its spans.
    pub operation: &'static str,
    /// The SQL, if it is a statement.
    pub statement: Option<&'static str>,
    /// Whether somebody else runs it.
    pub third_party: bool,
    /// Half of its calls spend less of their own time, in ms.
    pub(crate) own_ms: f64,
    /// What it calls, in their order.
    pub(crate) calls: &'static [Step],
}

/// How an operation calls others, by their places in [`OPERATIONS`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// One, and waits.
    Wait(usize),
    /// All at once, and waits for the last.
    Together(&'static [usize]),
    /// One, without waiting.
    Leave(usize),
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    /// An operation spends so many times its own time.
    Slow {
        /// Which one.
        operation: usize,
        /// How many times.
        times: f64,
    },
    /// So slow that its caller gives up after 3 seconds and fails.
    GivenUp {
        /// Which one.
        operation: usize,
        /// How many times as slow.
        times: f64,
    },
    /// A statement is slow, and its caller waits for a connection besides.
    PoolEmpty {
        /// The statement.
        operation: usize,
        /// Who waits.
        caller: usize,
        /// How many times as slow the statement is.
        times: f64,
    },
    /// A release calls one in a loop.
    Loop {
        /// What is called.
        operation: usize,
        /// Who calls.
        caller: usize,
        /// How many times as often.
        times: usize,
    },
    /// This part of an operation's calls fails, and so do its callers.
    Fails {
        /// Which one.
        operation: usize,
        /// The part, 0 to 1.
        part: f64,
    },
    /// Requests wait before the first service sees them: no span tells of it.
    Outside {
        /// How long, in ms.
        wait_ms: f64,
    },
}

impl Fault {
    /// The operation that must be named; none where the cause is outside what is measured.
    #[must_use]
    pub fn truth(&self) -> Option<usize> {
        match *self {
            Self::Slow { operation, .. }
            | Self::GivenUp { operation, .. }
            | Self::PoolEmpty { operation, .. }
            | Self::Loop { operation, .. }
            | Self::Fails { operation, .. } => Some(operation),
            Self::Outside { .. } => None,
        }
    }
}

/// A span of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its place in [`OPERATIONS`].
    pub operation: usize,
    /// The place of its parent among the trace's spans.
    pub parent: Option<usize>,
    /// In ns since the request came in.
    pub start_ns: u64,
    /// The same.
    pub end_ns: u64,
    /// Whether it tells of an error.
    pub failed: bool,
}

/// A request and its spans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// The first span is the one that came in.
    pub spans: Vec<Span>,
    /// As the customer had to wait, in ns.
    pub request_ns: u64,
    /// As the customer saw it.
    pub failed: bool,
}
