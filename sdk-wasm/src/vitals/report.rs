//! A vital that is due, or whatever else was judged.

use dna_protocol::model::WebVital;
use dna_protocol::privacy::{clean_address, clean_text};
use dna_protocol::{Draft, Kind, Slot};

/// A vital that is due.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// When it happened, or, for what sums up a view, when it was summed up: ms after the time
    /// origin.
    pub time: f64,
    /// What to send.
    pub draft: Draft,
}

impl Report {
    pub(super) fn new(name: &str, time: f64, value: f64) -> Self {
        let mut report = Self::named(name, time);
        report.millis(WebVital::value, value);
        report
    }

    /// One whose value is none of milliseconds.
    pub(super) fn named(name: &str, time: f64) -> Self {
        let mut draft = Draft::new(Kind::WebVital);
        draft.fields.text(WebVital::name, name);
        Self { time, draft }
    }

    pub(super) fn millis(&mut self, slot: Slot, value: f64) {
        self.draft.fields.millis(slot, value);
    }

    /// A score to 16 binary places: far below any bound that matters, and 5 bytes instead of 9.
    pub(super) fn score(&mut self, slot: Slot, value: f64) {
        self.draft.fields.number(slot, (value * 65536.0 + 0.5) as u32 as f64 / 65536.0);
    }

    /// One of our own words.
    pub(super) fn word(&mut self, slot: Slot, word: &str) {
        self.draft.fields.text(slot, word);
    }

    /// A text of the page.
    pub(super) fn text(&mut self, slot: Slot, text: &str) {
        self.draft.fields.text(slot, &clean_text(text));
    }

    pub(super) fn address(&mut self, slot: Slot, url: &str) {
        self.draft.fields.text(slot, &clean_address(url));
    }
}
