//! The phases of a request, read from its entry.

use super::js;
use crate::timing;
use dna_protocol::draft::{Fields, Slot};
use wasm_bindgen::prelude::JsValue;

/// Adds the phases of an entry: `slots` for blocked, dns, connect, ssl, wait and receive. Those
/// that took no time or are hidden are absent.
pub(super) fn phases(entry: &JsValue, fields: &mut Fields, slots: [Slot; 6]) {
    let phases = timing::phases(js::numbers(entry, timing::MARKS));
    for (slot, duration) in slots.into_iter().zip(phases) {
        if duration > 0.0 {
            fields.millis(slot, duration);
        }
    }
}
