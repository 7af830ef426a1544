//! Why an entry has no facts.

use dna_protocol::FrameProblem;

/// An entry that cannot be stored, however often it is tried.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FactsError {
    /// It is no entry.
    #[error("no entry: {0}")]
    Malformed(FrameProblem),
    /// It lacks what every entry has.
    #[error("an entry without `{0}`")]
    Missing(&'static str),
    /// It was received at a time at which nothing of ours existed, or will.
    #[error("`received_at_ms` is {0}; allowed {min} to {max}", min = super::limits::RECEIVED_AT_MS.start(), max = super::limits::RECEIVED_AT_MS.end())]
    ReceivedAt(u64),
}
