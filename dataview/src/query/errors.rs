//! Errors: groups of those that are one, and one of them in full.

use crate::facts::fingerprint_of;
use crate::store::{ErrorGroup, ErrorOccurrence, StoredFrame};
use dna_protocol::entry::Entry;
use dna_protocol::model::{Body, Frame};
use dna_source_maps::{Line, Maps, resolve};
use serde::Serialize;
use utoipa::ToSchema;

/// Errors that are one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Group {
    /// What they have in common: 16 hexadecimal digits, the same over releases and minified names.
    pub fingerprint: String,
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
    pub first_at: u64,
    /// The newest one's time.
    pub last_at: u64,
    /// The release that it was seen in first.
    pub first_release: Option<String>,
    /// The release that it was seen in last.
    pub last_release: Option<String>,
}

/// A part of a list of errors, the most frequent first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Errors {
    /// This part.
    pub errors: Vec<Group>,
    /// The `cursor` of the next part; null at the end.
    pub next: Option<String>,
    /// Days of the range, e.g. 2026-11-26 (UTC), of which something cannot be read and is not in here;
    /// the newest, at most 100.
    pub damaged_days: Vec<String>,
}

/// One error.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Occurrence {
    /// The session: 32 hexadecimal digits.
    pub session: String,
    /// The frame that told it.
    pub sequence: u64,
    /// When, in ms since the Unix epoch.
    pub at: u64,
    /// The page.
    pub page: String,
    /// Whose, by pseudonym.
    pub user: Option<String>,
    /// The release.
    pub release: Option<String>,
}

/// A line of a stack.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StackLine {
    /// The line as the engine wrote it: a message, or a frame without a source map. Null where the
    /// source is known.
    pub raw: Option<String>,
    /// The function's name in the source.
    pub function: Option<String>,
    /// The source's file.
    pub file: Option<String>,
    /// Line in the source, from 1.
    pub line: Option<u32>,
    /// Column in the line, from 1.
    pub column: Option<u32>,
    /// The source around it.
    pub context: Vec<SourceLine>,
}

/// A line of source.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SourceLine {
    /// Its number, from 1.
    pub number: u32,
    /// Its text.
    pub text: String,
}

/// One group with what is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorAnswer {
    /// The group.
    pub group: Group,
    /// Its occurrences, the newest first.
    pub occurrences: Vec<Occurrence>,
    /// The stack of the newest occurrence; empty where it has none, or its frame is no longer kept.
    pub stack: Vec<StackLine>,
}

impl From<ErrorGroup> for Group {
    fn from(group: ErrorGroup) -> Self {
        let (first_release, last_release) = group.releases;
        Self {
            fingerprint: format!("{:016x}", group.fingerprint),
            kind: group.kind,
            r#type: group.r#type,
            message: group.message,
            count: group.count,
            sessions: group.sessions,
            users: group.users,
            first_at: group.first_at_ms,
            last_at: group.last_at_ms,
            first_release,
            last_release,
        }
    }
}

impl From<ErrorOccurrence> for Occurrence {
    fn from(error: ErrorOccurrence) -> Self {
        Self {
            session: error.session.to_string(),
            sequence: error.sequence,
            at: error.at_ms,
            page: error.page,
            user: error.user,
            release: error.release,
        }
    }
}

/// A part of `groups`: at most `limit` of those behind `after`, and where it goes on. Of groups
/// that are equally frequent the smaller fingerprint comes first, so that no part depends on
/// the order of the store.
#[must_use]
pub fn part(
    mut groups: Vec<ErrorGroup>,
    after: Option<(u64, u64)>,
    limit: usize,
) -> (Vec<Group>, Option<(u64, u64)>) {
    groups.sort_by_key(|group| (u64::MAX - group.count, group.fingerprint));
    let place = |group: &ErrorGroup| (u64::MAX - group.count, group.fingerprint);
    let behind = |group: &ErrorGroup| {
        after.is_none_or(|(count, fingerprint)| place(group) > (u64::MAX - count, fingerprint))
    };
    groups.retain(behind);
    let next = match groups.get(limit) {
        Some(_) => groups.get(limit - 1).map(|last| (last.count, last.fingerprint)),
        None => None,
    };
    groups.truncate(limit);
    (groups.into_iter().map(Group::from).collect(), next)
}

/// The stack of the error `fingerprint` in `frame`: through `maps` where there are some.
#[must_use]
pub fn stack(frame: &StoredFrame, fingerprint: u64, maps: Option<&Maps>) -> Vec<StackLine> {
    let Ok((receipt, decoded)) = Entry::decode(&frame.entry) else { return Vec::new() };
    let Frame { header, events } = decoded.frame;
    let Some(event) =
        events.into_iter().find(|event| fingerprint_of(&event.body) == Some(fingerprint))
    else {
        return Vec::new();
    };
    let entry = Entry { receipt, frame: Frame { header, events: Vec::new() } };
    if let Some(stack) = maps.and_then(|maps| resolve(maps, &entry, &event)) {
        return stack.0.into_iter().map(StackLine::from).collect();
    }
    let text = match &event.body {
        Body::Exception(thrown) | Body::UnhandledRejection(thrown) => thrown.stacktrace.as_deref(),
        _ => None,
    };
    let raw = |line: &str| StackLine::from(Line::Raw(line.to_owned()));
    text.unwrap_or_default().lines().map(raw).collect()
}

impl From<Line> for StackLine {
    fn from(line: Line) -> Self {
        match line {
            Line::Raw(text) => Self {
                raw: Some(text),
                function: None,
                file: None,
                line: None,
                column: None,
                context: Vec::new(),
            },
            Line::Resolved { function, source, line, column, context } => Self {
                raw: None,
                function: (!function.is_empty()).then_some(function),
                file: Some(source),
                line: Some(line),
                column: Some(column),
                context: context
                    .into_iter()
                    .map(|(number, text)| SourceLine { number, text })
                    .collect(),
            },
        }
    }
}
