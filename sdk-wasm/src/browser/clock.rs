//! One clock for everything: the page's own, which never jumps, on a base that is read from the
//! wall. Two clocks would disagree after the machine slept.

use super::js;

/// A base, in ms since the Unix epoch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock(u64);

impl Clock {
    /// Reads the base from the wall clock.
    pub(super) fn set() -> Self {
        Self((js::wall() - js::now() + 0.5) as u64)
    }

    /// What the page's own times count from.
    pub(super) fn base(self) -> u64 {
        self.0
    }

    /// Milliseconds since the Unix epoch.
    pub(super) fn now(self) -> u64 {
        self.0 + js::now() as u64
    }
}
