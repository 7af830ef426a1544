//! Questions to the store and its answers.

use crate::model::{CallFact, Dimension, Hop, LogLine, Metric, SessionFacts, SessionId, Span};
use crate::sketch::{Percentiles, Uniques};
use bytes::Bytes;

/// An application's name.
pub type AppKey = String;

/// Times, in ms since the Unix epoch: from `from_ms` to before `to_ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub from_ms: u64,
    /// The first that is no longer in it.
    pub to_ms: u64,
}

/// One value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Which.
    pub dimension: Dimension,
    /// Its value; empty for [`Dimension::All`].
    pub value: String,
}

/// Asks for a series.
#[derive(Debug, Clone)]
pub struct SeriesAsk {
    /// Of which application.
    pub app: AppKey,
    /// Of what.
    pub metrics: Vec<Metric>,
    /// For what.
    pub filter: Filter,
    /// When.
    pub range: Range,
    /// The length of a step: a minute, an hour, a day or several of one of them, in ms.
    pub step_ms: u64,
}

/// Asks for a breakdown.
#[derive(Debug, Clone)]
pub struct Breakdown {
    /// Of which application.
    pub app: AppKey,
    /// Of what.
    pub metrics: Vec<Metric>,
    /// By what.
    pub by: Dimension,
    /// When.
    pub range: Range,
    /// At most so many values.
    pub limit: usize,
}

/// What was rolled up of one metric in one step.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// When the step begins, in ms since the Unix epoch.
    pub at_ms: u64,
    /// Of what.
    pub metric: Metric,
    /// How many there were: counts, and samples.
    pub count: u64,
    /// Of samples: their sketch.
    pub sketch: Option<Percentiles>,
    /// Of uniques: their sketch.
    pub uniques: Option<Uniques>,
}

/// A part of a list, and where it goes on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listed<T> {
    /// This part.
    pub items: Vec<T>,
    /// What to ask with for the next part; `None` at the end.
    pub next: Option<String>,
}

/// Asks for sessions.
#[derive(Debug, Clone)]
pub struct SessionsAsk {
    /// Of which application.
    pub app: AppKey,
    /// When they were active.
    pub range: Range,
    /// Only of this user (`user.hash`).
    pub user: Option<String>,
    /// Only of these values.
    pub filters: Vec<Filter>,
    /// Only with errors or failed calls.
    pub troubled: bool,
    /// At most so many.
    pub limit: usize,
    /// Where the part before ended.
    pub cursor: Option<String>,
}

/// A session as it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRow {
    /// The application.
    pub app: AppKey,
    /// Which.
    pub id: SessionId,
    /// All frames' facts together.
    pub facts: SessionFacts,
}

/// A frame in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFrame {
    /// Its number.
    pub sequence: u64,
    /// When it was received, in ms since the Unix epoch.
    pub received_at_ms: u64,
    /// The encoded entry, not packed.
    pub entry: Bytes,
}

/// Errors that are one.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorGroup {
    /// By what.
    pub fingerprint: u64,
    /// `exception`, `unhandled_rejection` or `resource_failure`.
    pub kind: String,
    /// The type, of the newest one.
    pub r#type: String,
    /// The message, of the newest one.
    pub message: String,
    /// How many.
    pub count: u64,
    /// In how many sessions.
    pub sessions: u64,
    /// Of how many users.
    pub users: u64,
    /// The oldest one's time, in ms since the Unix epoch.
    pub first_at_ms: u64,
    /// The newest one's time, in ms since the Unix epoch.
    pub last_at_ms: u64,
    /// The release that it was seen in first, and the one that it was seen in last.
    pub releases: (Option<String>, Option<String>),
}

/// One error.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorOccurrence {
    /// The session.
    pub session: SessionId,
    /// The frame that told it.
    pub sequence: u64,
    /// When, in ms since the Unix epoch.
    pub at_ms: u64,
    /// The page.
    pub page: String,
    /// Whose, by pseudonym.
    pub user: Option<String>,
    /// The release.
    pub release: Option<String>,
}

/// What is known of a trace.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TraceParts {
    /// The calls that clients made with it: application, session, call.
    pub calls: Vec<(AppKey, SessionId, CallFact)>,
    /// What proxies saw.
    pub hops: Vec<Hop>,
    /// What services did.
    pub spans: Vec<Span>,
    /// What they wrote.
    pub logs: Vec<LogLine>,
    /// How many spans were left out because there are too many.
    pub spans_left_out: u64,
}

/// A day of the store, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDay {
    /// Where it is kept: the name of its file.
    pub name: String,
    /// The day, e.g. 2026-11-26 (UTC).
    pub day: String,
    /// Bytes on the disk.
    pub bytes: u64,
    /// Frames that were stored.
    pub frames: u64,
    /// What can be asked of it.
    pub state: DayState,
}

/// What can be asked of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayState {
    /// Everything.
    Whole,
    /// Figures; its sessions, frames and traces are older than they are kept.
    RolledUp,
    /// Nothing: it is damaged, and how.
    Damaged(String),
}
