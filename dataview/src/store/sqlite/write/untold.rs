//! Frames that are stored and of which nobody was told: a group has several days, each a transaction,
//! and when a later one fails the whole group fails. It comes again, and what was stored then is
//! new to whoever counts.

use crate::model::{FrameFacts, SessionId};
use crate::store::Appended;
use crate::store::sqlite::limits::UNTOLD_FRAMES_MAX;
use std::collections::HashSet;

/// By what a frame is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FrameKey {
    app: String,
    session: SessionId,
    sequence: u64,
}

/// What became of a day's part of a group.
pub(super) struct Written {
    /// Of each batch.
    pub(super) appended: Vec<Appended>,
    /// The frames that are told as new, where other days may fail yet.
    pub(super) new: Vec<FrameKey>,
}

/// Those frames.
#[derive(Debug, Default)]
pub(super) struct Untold(HashSet<FrameKey>);

impl FrameKey {
    pub(super) fn of(frame: &FrameFacts) -> Self {
        Self { app: frame.app.clone(), session: frame.session, sequence: frame.sequence }
    }
}

impl Untold {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `frame` is one of them.
    pub(super) fn has(&self, frame: &FrameFacts) -> bool {
        !self.is_empty() && self.0.contains(&FrameKey::of(frame))
    }

    /// `frames` are told.
    pub(super) fn told(&mut self, frames: &[FrameKey]) {
        frames.iter().for_each(|frame| {
            self.0.remove(frame);
        });
    }

    /// `frames` are not told.
    pub(super) fn keep(&mut self, frames: Vec<FrameKey>) {
        if self.0.len() + frames.len() > UNTOLD_FRAMES_MAX {
            self.0.clear();
        }
        self.0.extend(frames);
    }
}
