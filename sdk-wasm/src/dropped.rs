//! Events that were dropped and not told yet, by reason. A frame tells them in its header; one that is
//! given up itself hands on what it told, so that nothing is lost uncounted.

use crate::frame::Frame;
use std::ops::AddAssign;

/// Counts by reason, as the header has them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Dropped {
    pub(crate) queue_full: u64,
    pub(crate) rate_limited: u64,
    pub(crate) filtered: u64,
}

impl Dropped {
    /// What is lost with a frame that is given up: its events, and what it told of others.
    pub(crate) fn with(frame: &Frame) -> Self {
        Self { queue_full: frame.dropped.queue_full + frame.events, ..frame.dropped }
    }
}

impl AddAssign for Dropped {
    fn add_assign(&mut self, other: Self) {
        self.queue_full += other.queue_full;
        self.rate_limited += other.rate_limited;
        self.filtered += other.filtered;
    }
}
