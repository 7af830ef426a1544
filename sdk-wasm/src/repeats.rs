//! Keeps a page that throws in a loop from filling the wire with one and the same error, and
//! any page from sending without end.

use crate::batch::Rank;
use crate::limits::{
    RATE_ACTIONS_MAX, RATE_ERRORS_MORE, RATE_EVENTS_MAX, RATE_ROUTES_MAX, RATE_WINDOW,
    REPEATS_KNOWN_MAX, REPEATS_MAX, REPORT_REPEATS_MAX,
};
use dna_protocol::{Draft, Kind};

/// Counts of one page.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    known: Vec<(u32, u16)>,
    window: u64,
    events: u32,
    routes: u32,
    actions: u32,
}

impl Repeats {
    /// Whether an event may be reported.
    pub(crate) fn allow(&mut self, draft: &Draft, now: u64) -> bool {
        self.enter(now);
        let max = match draft.kind {
            Kind::Exception | Kind::UnhandledRejection | Kind::Console => REPEATS_MAX,
            Kind::Report => REPORT_REPEATS_MAX,
            _ => u16::MAX,
        };
        let repeats = if max < u16::MAX { self.count(draft) } else { 0 };
        self.actions += u32::from(draft.kind == Kind::UserAction);
        let more = if Rank::of(draft.kind) == Rank::Error { RATE_ERRORS_MORE } else { 0 };
        let allowed = repeats < max
            && self.events < RATE_EVENTS_MAX + more
            && (draft.kind != Kind::UserAction || self.actions <= RATE_ACTIONS_MAX);
        self.events += u32::from(allowed);
        allowed
    }

    /// Whether a route may be a view of its own.
    pub(crate) fn allow_route(&mut self, now: u64) -> bool {
        self.enter(now);
        self.routes += 1;
        self.routes <= RATE_ROUTES_MAX
    }

    fn enter(&mut self, now: u64) {
        if now.abs_diff(self.window) >= RATE_WINDOW {
            (self.window, self.events, self.routes, self.actions) = (now, 0, 0, 0);
        }
    }

    /// How often the same exception or report was seen before, from the same place. Different ones that come
    /// when the table is full count as new: the window's bound holds for them.
    fn count(&mut self, draft: &Draft) -> u16 {
        let hash = fnv(draft.kind as u32, draft.fields.as_bytes());
        if let Some((_, count)) = self.known.iter_mut().find(|(known, _)| *known == hash) {
            *count = count.saturating_add(1);
            return *count;
        }
        if self.known.len() < REPEATS_KNOWN_MAX {
            self.known.push((hash, 0));
        }
        0
    }
}

/// FNV-1a. A collision only lets one error use up another's share.
fn fnv(hash: u32, bytes: &[u8]) -> u32 {
    let mut hash = hash ^ 0x811c_9dc5;
    for byte in bytes {
        hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use dna_protocol::model::{Exception, Report};

    fn exception(message: &str, line: u64) -> Draft {
        let mut draft = Draft::new(Kind::Exception);
        draft.fields.text(Exception::message, message);
        draft.fields.uint(Exception::line, line);
        draft
    }

    #[test]
    fn one_error_is_limited_and_others_are_not() {
        let mut repeats = Repeats::default();
        let allowed = (0..300).filter(|_| repeats.allow(&exception("a", 1), 0)).count();
        assert_eq!(allowed, usize::from(REPEATS_MAX));
        assert!(repeats.allow(&exception("b", 1), 0));
        assert!(repeats.allow(&exception("a", 2), 0));
        assert!(repeats.allow(&Draft::new(Kind::UnhandledRejection), 0));
    }

    #[test]
    fn one_report_is_told_a_few_times_only() {
        let report = |line: u64| {
            let mut draft = Draft::new(Kind::Report);
            draft.fields.uint(Report::line, line);
            draft
        };
        let mut repeats = Repeats::default();
        let allowed = (0..50).filter(|_| repeats.allow(&report(1), 0)).count();
        assert_eq!(allowed, usize::from(REPORT_REPEATS_MAX));
        assert!(repeats.allow(&report(2), 0), "another place is another report");
    }

    #[test]
    fn a_window_is_limited_and_the_next_one_is_new() {
        let mut repeats = Repeats::default();
        let call = Draft::new(Kind::ApiCall);
        let allowed = (0..2_000).filter(|_| repeats.allow(&call, 5)).count();
        assert_eq!(allowed, RATE_EVENTS_MAX as usize);
        let others = (0..2_000).filter(|line| repeats.allow(&exception("x", *line), 5)).count();
        assert_eq!(others, RATE_ERRORS_MORE as usize, "errors have room of their own");
        assert!(!repeats.allow(&call, 5));
        assert!(repeats.allow(&call, RATE_WINDOW + 5));
        let allowed = (0..200).filter(|_| repeats.allow_route(RATE_WINDOW + 5)).count();
        assert_eq!(allowed, RATE_ROUTES_MAX as usize);
        assert!(repeats.allow_route(2 * RATE_WINDOW + 5));
        let click = Draft::new(Kind::UserAction);
        let allowed = (0..500).filter(|_| repeats.allow(&click, 2 * RATE_WINDOW + 5)).count();
        assert_eq!(allowed, RATE_ACTIONS_MAX as usize);
        assert!(repeats.allow(&call, 2 * RATE_WINDOW + 5), "calls are told all the same");
    }
}
