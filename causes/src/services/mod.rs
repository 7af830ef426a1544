//! Which service, operation and statement made requests slow or fail, from what each did before and now
//! and from who calls whom.
//!
//! A time is charged to the one operation that spent it: its exclusive time, see [`exclusive_ns`].

mod exclusive;
mod graph;
mod rank;

use serde::Serialize;

pub use exclusive::{SpanTime, exclusive_ns};
pub use rank::explain;

/// Operations that are looked at; a bank's core has some thousands.
pub const OPERATIONS_MAX: usize = 20_000;
/// Pairs of operations that call each other.
pub const CALLS_MAX: usize = 200_000;

/// What was done in a time, summed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Work {
    /// Spans, or requests.
    pub spans: f64,
    /// Of them, those that failed.
    pub errors: f64,
    /// Milliseconds that were spent in them and in nothing that they called.
    pub exclusive_ms: f64,
    /// Milliseconds from their starts to their ends.
    pub total_ms: f64,
}

/// An operation of a service, or one statement of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Operation {
    /// `service.name`; of a third party its name, as the peer's address.
    pub service: String,
    /// The name of its spans.
    pub operation: String,
    /// The SQL as the agents tell it, without values.
    pub statement: Option<String>,
    /// Whether it is run by somebody else, as an SMS gateway: known by its callers' spans only.
    pub third_party: bool,
    /// Before the incident.
    pub before: Work,
    /// In the incident.
    pub now: Work,
}

/// Who calls whom.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Call {
    /// Place of the caller among the operations.
    pub caller: usize,
    /// Place of the called.
    pub callee: usize,
    /// Calls that failed, before.
    pub errors_before: f64,
    /// Calls that failed, now.
    pub errors_now: f64,
}

/// What is known of the services around an incident.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Services {
    /// The requests that came in, before; `exclusive_ms` is not looked at.
    pub requests_before: Work,
    /// The requests that came in, now.
    pub requests_now: Work,
    /// All operations, each once.
    pub operations: Vec<Operation>,
    /// All pairs, each once.
    pub calls: Vec<Call>,
}

/// What is wrong with the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Symptom {
    /// They take longer.
    Slow,
    /// More of them fail.
    Failing,
}

/// Why services cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServicesError {
    /// A call names an operation that is not there.
    #[error("call {call} names operation {operation}; there are {operations}")]
    Call {
        /// Place of the call.
        call: usize,
        /// The place that it names.
        operation: usize,
        /// How many operations there are.
        operations: usize,
    },
    /// More than is looked at.
    #[error("{what} = {count} is not allowed; expected at most {most}")]
    TooMany {
        /// `operations` or `calls`.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: usize,
    },
}

/// What changed in an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A call takes longer.
    SlowerEach,
    /// It is called more often in a request, as by a query in a loop.
    CalledMoreOften,
    /// It fails by itself.
    Fails,
    /// It is so slow that its callers give up.
    CallersGiveUp,
}

/// Why an operation stands behind another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum ServiceWhyNot {
    /// It waits for, or fails by, an operation that it calls.
    Follows {
        /// Place of that one among the operations.
        callee: usize,
    },
    /// Its callers take no longer than before: nobody waits for it.
    NotWaitedFor,
    /// Less of the deviation is its own.
    ExplainsLess,
    /// The deviation may well be chance.
    MayBeChance,
}

/// An operation and its part in an incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServiceCause {
    /// Place among the operations.
    pub place: usize,
    /// The operation with what it did before and now.
    pub operation: Operation,
    /// What changed.
    pub change: Change,
    /// Its own milliseconds, or own errors, in a request: before.
    pub before: f64,
    /// The same now.
    pub now: f64,
    /// Its part of the requests' deviation.
    pub explained: f64,
    /// In standard deviations of chance.
    pub z: f64,
    /// 0 to 1: its part beside those of all others and of what no operation explains.
    pub confidence: f64,
    /// Why it is not the first; nothing of the first.
    pub why_not: Option<ServiceWhyNot>,
}

/// Why requests are slow or fail.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServiceExplanation {
    /// What was asked.
    pub symptom: Symptom,
    /// Milliseconds, or errors, a request: before.
    pub before: f64,
    /// The same now.
    pub now: f64,
    /// The part of the deviation that is in no operation: the network, a queue before the first
    /// service, or a service that tells no spans.
    pub unexplained: f64,
    /// Whether the cause is outside what was measured; then `causes` are hypotheses only.
    pub outside: bool,
    /// The cause first.
    pub causes: Vec<ServiceCause>,
}
