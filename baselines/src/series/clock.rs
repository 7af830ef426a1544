//! The time as the figures tell it, with gaps and jumps.

use crate::limits::GAP_MAX_S;
use serde::{Deserialize, Serialize};

/// How a figure lies to the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// It follows.
    Next,
    /// It follows so late that what was just before says nothing, or the clock was set back.
    AfterGap,
    /// Its minute was there already.
    Known,
}

/// So many figures in a row that are earlier than the newest mean that the clock was wrong before.
const EARLIER_MAX: u8 = 60;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Clock {
    newest: Option<i64>,
    earlier: u8,
    /// Different hours that had a figure.
    hours: u32,
    /// The usual time between two figures, in s, by the middle of what was seen.
    interval: f32,
}

impl Clock {
    pub(super) fn observe(&mut self, at_s: i64) -> Moment {
        let Some(newest) = self.newest else {
            (self.newest, self.hours) = (Some(at_s), 1);
            return Moment::Next;
        };
        let step = at_s.saturating_sub(newest);
        if step <= 0 {
            self.earlier += 1;
            if self.earlier < EARLIER_MAX {
                return Moment::Known;
            }
            (self.newest, self.earlier) = (Some(at_s), 0);
            return Moment::AfterGap;
        }
        self.earlier = 0;
        self.newest = Some(at_s);
        if at_s.div_euclid(3_600) != newest.div_euclid(3_600) {
            self.hours = self.hours.saturating_add(1);
        }
        let step = step as f32;
        let is_gap = step > (self.interval * 3.0).max(GAP_MAX_S as f32);
        // Goes up and down by an eighth, so that one gap does not count for more than one step.
        self.interval = match self.interval {
            0.0 => step,
            interval if step > interval => (interval * 1.125).min(step),
            interval => (interval * 0.875).max(step),
        };
        if is_gap { Moment::AfterGap } else { Moment::Next }
    }

    pub(super) fn hours(&self) -> u32 {
        self.hours
    }

    /// Whether figures come so rarely that one has to be enough.
    pub(super) fn is_slow(&self) -> bool {
        self.interval > GAP_MAX_S as f32
    }
}
