//! What a reader answers when a frame or an event is wrong: what, where, and what is allowed.

use crate::model::{Event, Frame, Views};
use std::fmt;

/// Why one field of an event or header cannot be taken.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldProblem {
    /// The value has another type than the field. Holds what is expected.
    WrongType(&'static str),
    /// A text or list is longer than its bound.
    TooLong {
        /// Length found, in bytes (texts) or entries (lists).
        len: usize,
        /// Length allowed.
        max: usize,
    },
    /// A number is NaN or infinite.
    NotFinite,
    /// A number lies outside its range.
    OutOfRange {
        /// Smallest value allowed.
        min: f64,
        /// Largest value allowed.
        max: f64,
    },
    /// A text is not UTF-8.
    InvalidUtf8,
    /// The field stands there twice.
    Repeated,
    /// The field must be there and is not.
    Missing,
}

impl FieldProblem {
    /// A stable name of the reason, as counted in metrics and told to clients.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongType(_) => "wrong_type",
            Self::TooLong { .. } => "too_long",
            Self::NotFinite => "not_finite",
            Self::OutOfRange { .. } => "out_of_range",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::Repeated => "repeated",
            Self::Missing => "missing",
        }
    }
}

impl fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongType(expected) => write!(f, "has the wrong type; expected {expected}"),
            Self::TooLong { len, max } => write!(f, "is too long: {len}; at most {max}"),
            Self::NotFinite => f.write_str("is NaN or infinite; expected a finite number"),
            Self::OutOfRange { min, max } => write!(f, "is out of range; allowed {min} to {max}"),
            Self::InvalidUtf8 => f.write_str("is not valid UTF-8"),
            Self::Repeated => f.write_str("is given more than once"),
            Self::Missing => f.write_str("is missing"),
        }
    }
}

/// A field and what is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldError {
    /// The field's name in the JSON form, e.g. `exception.type`.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: FieldProblem,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.field, self.problem)
    }
}

/// An event that was refused while its frame was read; the others stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejection {
    /// Place of the event in its frame, from 0.
    pub index: usize,
    /// The field and the reason.
    pub error: FieldError,
}

/// What a reader did not know and passed over: the mark of a newer writer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Unknown keys in headers, events and records.
    pub keys: u32,
    /// Events of an unknown kind.
    pub kinds: u32,
}

/// What was read from a frame.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decoded {
    /// The header and the good events, in their order.
    pub frame: Frame,
    /// For each good event its place in what was sent, from 0, so that who refuses it later can
    /// still name it to the sender.
    pub places: Vec<usize>,
    /// Events that were refused; at most
    /// [`REJECTIONS_LISTED_MAX`](crate::limits::REJECTIONS_LISTED_MAX) are listed.
    pub rejected: Vec<Rejection>,
    /// How many events were refused, listed or not.
    pub rejected_count: usize,
    /// For the code of each reason, how many were refused for it and are not listed: who counts
    /// by reason must not stop where the list does. As short as there are codes.
    pub unlisted: Vec<(&'static str, usize)>,
    /// What was passed over.
    pub skipped: Skipped,
}

impl Decoded {
    /// Takes the good event that stood at `index`.
    pub(crate) fn take(&mut self, index: usize, event: Event) {
        self.places.push(index);
        self.frame.events.push(event);
    }

    /// Refuses the events of a view that the header does not have. When all of it is read: the
    /// header may stand behind the events.
    pub(crate) fn judge_views(&mut self) {
        let views = self.frame.header.views.as_ref().map_or(1, Views::count).max(1);
        if self.frame.events.iter().all(|event| event.view < views) {
            return;
        }
        let max = (views - 1) as f64;
        let (events, places) =
            (std::mem::take(&mut self.frame.events), std::mem::take(&mut self.places));
        for (event, index) in events.into_iter().zip(places) {
            if event.view < views {
                self.take(index, event);
            } else {
                let problem = FieldProblem::OutOfRange { min: 0.0, max };
                self.reject(index, FieldError { field: "view", problem });
            }
        }
    }

    /// Notes that the event at `index` was refused.
    pub fn reject(&mut self, index: usize, error: FieldError) {
        self.rejected_count += 1;
        if self.rejected.len() < crate::limits::REJECTIONS_LISTED_MAX {
            self.rejected.push(Rejection { index, error });
            return;
        }
        let code = error.problem.code();
        match self.unlisted.iter_mut().find(|(known, _)| *known == code) {
            Some((_, count)) => *count += 1,
            None => self.unlisted.push((code, 1)),
        }
    }
}

/// Why a frame as a whole cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub enum FrameProblem {
    /// The bytes end inside an item.
    Truncated {
        /// Offset of the first missing byte.
        at: usize,
    },
    /// The bytes are no well-formed CBOR of the kind that the protocol allows.
    Malformed {
        /// Offset of the offending byte.
        at: usize,
        /// What is wrong there.
        what: &'static str,
    },
    /// The frame does not open with the self-described tag 55799.
    WrongTag {
        /// The tag found, if there is one.
        found: Option<u64>,
    },
    /// Items are nested deeper than the limit.
    TooDeep {
        /// Offset of the item that goes too deep.
        at: usize,
    },
    /// More bytes follow the frame.
    TrailingBytes {
        /// Offset of the first of them.
        at: usize,
    },
    /// The body is not JSON.
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// The parser's words; never the body's.
        what: String,
    },
    /// The body is not UTF-8, which JSON must be.
    InvalidUtf8 {
        /// Offset of the first bad byte.
        at: usize,
    },
    /// A header field is wrong.
    Header(FieldError),
    /// The frame has no events.
    NoEvents,
    /// The frame has more events than the limit.
    TooManyEvents {
        /// How many.
        count: usize,
    },
}

impl FrameProblem {
    /// A stable name of the reason, as counted in metrics and told to clients.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Truncated { .. } => "truncated",
            Self::Malformed { .. } => "malformed_cbor",
            Self::WrongTag { .. } => "wrong_tag",
            Self::TooDeep { .. } => "too_deep",
            Self::TrailingBytes { .. } => "trailing_bytes",
            Self::Json { .. } => "malformed_json",
            Self::InvalidUtf8 { .. } => "invalid_utf8",
            Self::Header(_) => "invalid_header",
            Self::NoEvents => "no_events",
            Self::TooManyEvents { .. } => "too_many_events",
        }
    }
}

impl fmt::Display for FrameProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { at } => write!(f, "the frame ends too early, at byte {at}"),
            Self::Malformed { at, what } => write!(f, "byte {at}: {what}"),
            Self::WrongTag { found: Some(tag) } => {
                write!(f, "the frame opens with tag {tag}; expected tag 55799")
            }
            Self::WrongTag { found: None } => {
                f.write_str("the frame opens with no tag; expected tag 55799 (d9 d9 f7)")
            }
            Self::TooDeep { at } => {
                write!(f, "byte {at}: items are nested deeper than {}", crate::limits::DEPTH_MAX)
            }
            Self::TrailingBytes { at } => write!(f, "bytes follow the frame, from byte {at} on"),
            Self::Json { line, column, what } => {
                write!(f, "line {line}, column {column}: {what}")
            }
            Self::InvalidUtf8 { at } => write!(f, "byte {at} is not valid UTF-8"),
            Self::Header(error) => write!(f, "header field {error}"),
            Self::NoEvents => f.write_str("`events` is empty; expected at least one event"),
            Self::TooManyEvents { count } => write!(
                f,
                "`events` has {count} events; at most {}",
                crate::limits::FRAME_EVENTS_MAX
            ),
        }
    }
}

impl std::error::Error for FrameProblem {}
