//! A moving mean.

use serde::{Deserialize, Serialize};

/// A mean that forgets: of the first rows an ordinary one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Smooth {
    pub(super) mean: f64,
    rows: u32,
}

impl Smooth {
    /// Takes a value of which at least the share `newest` (0 to 1) goes into the mean.
    pub(super) fn observe(&mut self, value: f64, newest: f64) -> f64 {
        self.rows = self.rows.saturating_add(1);
        self.mean += (value - self.mean) * newest.max(1.0 / f64::from(self.rows));
        self.mean
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0
    }
}
