//! A burst counts once.

use crate::limits::{CALM_MINUTES, WINDOW_MINUTES};
use serde::{Deserialize, Serialize};

/// How a figure looks by itself, before it is held against those around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Well inside the band.
    Calm,
    /// Between: it neither opens nor ends anything.
    Near,
    /// Outside.
    Out,
    /// So far outside that nobody needs a second look.
    FarOut,
}

/// Opens when a figure is out often enough, and ends when all is calm for long enough.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Hold {
    /// Which of the last [`WINDOW_MINUTES`] figures were out, the newest in the lowest bit.
    out: u8,
    /// When the oldest of them that was out was, Unix time in s.
    first: Option<i64>,
    /// Since when it is open.
    since: Option<i64>,
    calm: u8,
}

/// So many of the last [`WINDOW_MINUTES`] have to be out.
const OUT_MIN: u32 = 3;

impl Hold {
    pub(crate) fn observe(&mut self, at_s: i64, look: Look, is_slow: bool) {
        let is_out = matches!(look, Look::Out | Look::FarOut);
        let mask = (1_u8 << WINDOW_MINUTES) - 1;
        self.out = (self.out << 1 | u8::from(is_out)) & mask;
        if self.out == 0 {
            self.first = None;
        } else if is_out {
            self.first = self.first.or(Some(at_s));
        }
        self.calm = if look == Look::Calm { self.calm.saturating_add(1) } else { 0 };
        if self.since.is_none() {
            // A far-out figure needs one other beside it: a single minute pages nobody. Where there
            // is one figure an hour or a day, nobody waits for the next.
            let less = u32::from(look == Look::FarOut) + u32::from(is_slow);
            let needed = OUT_MIN - less;
            if self.out.count_ones() >= needed {
                self.since = self.first;
            }
        } else if self.calm >= CALM_MINUTES {
            *self = Self::default();
        }
    }

    /// After a gap what was before does not count, but for that it is open.
    pub(crate) fn forget_window(&mut self) {
        (self.out, self.first, self.calm) = (0, None, 0);
    }

    /// Since when it is open, if it is.
    pub(crate) fn since(&self) -> Option<i64> {
        self.since
    }
}
