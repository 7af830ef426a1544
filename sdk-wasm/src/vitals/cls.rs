//! Cumulative Layout Shift: the worst session window, whose shifts are less than a second apart
//! and less than five seconds from the first (web.dev/articles/cls; web-vitals `onCLS`).

use super::page::{Page, load_state};
use super::report::Report;
use dna_protocol::model::WebVital;

/// A `layout-shift` entry.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shift {
    /// `startTime`.
    pub start: f64,
    /// `value`.
    pub value: f64,
    /// `hadRecentInput`: the visitor made it move.
    pub had_recent_input: bool,
}

/// The longest pause within a session.
const GAP_MAX: f64 = 1000.0;

/// The longest session.
const SESSION_MAX: f64 = 5000.0;

#[derive(Debug, Default)]
pub(super) struct Cls {
    session: Session,
    worst: Session,
    reported: Option<f64>,
}

#[derive(Debug, Clone, Default)]
struct Session {
    value: f64,
    first: f64,
    last: f64,
    largest: Shift,
    element: String,
}

impl Cls {
    /// Another view begins.
    pub(super) fn restart(&mut self) {
        self.session.value = 0.0;
        self.worst.value = 0.0;
        self.reported = None;
    }

    pub(super) fn shift(&mut self, shift: Shift, element: impl FnOnce() -> String) {
        if shift.had_recent_input {
            return;
        }
        let session = &mut self.session;
        let goes_on = session.value > 0.0
            && shift.start - session.last < GAP_MAX
            && shift.start - session.first < SESSION_MAX;
        if !goes_on {
            session.value = 0.0;
            session.first = shift.start;
            session.largest.value = 0.0;
        }
        session.value += shift.value;
        session.last = shift.start;
        if shift.value >= session.largest.value {
            session.largest = shift;
            session.element = element();
        }
        if session.value > self.worst.value {
            self.worst.clone_from(session);
        }
    }

    /// The value, unless it is known already. A page on which nothing moved scores 0.
    pub(super) fn report(&mut self, now: f64, page: &impl Page) -> Option<Report> {
        let worst = &self.worst;
        if self.reported == Some(worst.value) {
            return None;
        }
        self.reported = Some(worst.value);
        let mut report = Report::named("CLS", now);
        report.score(WebVital::value, worst.value);
        if worst.value > 0.0 {
            report.text(WebVital::element, &worst.element);
            report.millis(WebVital::time, worst.largest.start);
            report.score(WebVital::largest_shift, worst.largest.value);
            let state = load_state(page.navigation().as_ref(), worst.largest.start);
            report.word(WebVital::load_state, state);
        }
        Some(report)
    }
}
