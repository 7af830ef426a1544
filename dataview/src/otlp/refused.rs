//! Spans and log lines that were not taken, and why.

use super::limits::{AGE_MAX_US, AHEAD_MAX_US, ITEMS_MAX};

/// Why one was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// It cannot be read.
    Malformed = 0,
    /// Its trace identifier is no 16 bytes, or 0.
    TraceId = 1,
    /// Its own or its parent's identifier is no 8 bytes, or its own is 0.
    SpanId = 2,
    /// It began too long ago, 1970 above all.
    TooOld = 3,
    /// It begins in the future.
    InFuture = 4,
    /// The request has more than are taken at once.
    TooMany = 5,
}

impl Reason {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 6] =
        [Self::Malformed, Self::TraceId, Self::SpanId, Self::TooOld, Self::InFuture, Self::TooMany];

    /// Its name where it is counted.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TraceId => "trace_id",
            Self::SpanId => "span_id",
            Self::TooOld => "too_old",
            Self::InFuture => "in_future",
            Self::TooMany => "too_many",
        }
    }

    /// What is allowed.
    fn allowed(self) -> String {
        match self {
            Self::Malformed => "allowed: a message of OTLP 1.x".to_owned(),
            Self::TraceId => "trace_id, allowed: 16 bytes that are not all 0".to_owned(),
            Self::SpanId => "span_id and parent_span_id, allowed: 8 bytes, not all 0".to_owned(),
            Self::TooOld => {
                format!("time, allowed: at most {} hours ago", AGE_MAX_US / 3_600_000_000)
            }
            Self::InFuture => {
                format!("time, allowed: at most {} minutes ahead", AHEAD_MAX_US / 60_000_000)
            }
            Self::TooMany => format!("allowed: {ITEMS_MAX} in one request; send smaller batches"),
        }
    }
}

/// How many were not taken, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refused([u64; Reason::ALL.len()]);

impl Refused {
    /// Counts `count` more.
    pub(super) fn add(&mut self, reason: Reason, count: u64) {
        self.0[reason as usize] += count;
    }

    /// How many for `reason`.
    #[must_use]
    pub fn of(&self, reason: Reason) -> u64 {
        self.0[reason as usize]
    }

    /// How many altogether.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// In words, for who sent them; empty when none were.
    #[must_use]
    pub fn message(&self) -> String {
        let found = Reason::ALL.into_iter().filter(|reason| self.of(*reason) > 0);
        let words = found.map(|it| format!("{} {}: {}", self.of(it), it.name(), it.allowed()));
        words.collect::<Vec<_>>().join("; ")
    }
}
