//! What the visitor does.

use crate::field::{Millis, Text};
use crate::record::record;

record! {
    /// The visitor did something.
    pub struct UserAction {
        /// click, or key.
        1 => r#type: Text<16> = "user_action.type",
        /// What it was done to, in the page's own words: `data-dna-action`, a label; never what was typed.
        2 => name: Text<128> = "user_action.name",
        /// Selector of the element.
        3 => element: Text<128> = "user_action.element",
        /// Until the next paint.
        4 => duration: Millis = "duration_ms",
        /// How often in a row: more than once for a click that was repeated in haste.
        5 => count: u64 = "count",
        /// What went wrong with it: rage_click, dead_click, error_click; several separated by a space.
        6 => frustration: Text<64> = "user_action.frustration",
        /// Its number on the page, from 1: what it began tells the same.
        7 => id: u64 = "user_action.id",
    }
}
