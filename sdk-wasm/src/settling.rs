//! When a route that a script shows is there: at the paint after which the page was quiet.
//!
//! Times are in ms after the time origin.

use crate::limits::{QUIET_AFTER, ROUTE_WAIT_MAX};

/// A route that is being shown.
#[derive(Debug)]
pub struct Settling {
    start: f64,
    /// When something last happened.
    last: f64,
    /// The first paint after the last change.
    painted: Option<f64>,
    asked: bool,
    /// Calls of this route that are under way.
    calls: u32,
}

impl Settling {
    /// The address has changed.
    #[must_use]
    pub fn new(start: f64) -> Self {
        Self { start, last: start, painted: None, asked: false, calls: 0 }
    }

    /// The page has changed. Whether the next paint is to be told.
    pub fn changed(&mut self, now: f64) -> bool {
        self.last = now;
        self.painted = None;
        !std::mem::replace(&mut self.asked, true)
    }

    /// The page was painted.
    pub fn painted(&mut self, now: f64) {
        self.asked = false;
        self.painted.get_or_insert(now);
    }

    /// A call of an API has begun.
    pub fn begun(&mut self) {
        self.calls += 1;
    }

    /// A call that began at `start` has ended. Those of an earlier route are not waited for.
    pub fn ended(&mut self, start: f64, now: f64) {
        if start >= self.start {
            self.calls = self.calls.saturating_sub(1);
            self.last = now;
        }
    }

    /// When it is decided, unless something happens before.
    #[must_use]
    pub fn due(&self) -> f64 {
        let latest = self.start + ROUTE_WAIT_MAX;
        if self.calls > 0 || self.painted.is_none() {
            latest
        } else {
            latest.min(self.last + QUIET_AFTER)
        }
    }

    /// How long it took to show the route; `None` for one that never was quiet.
    #[must_use]
    pub fn duration(&self) -> Option<f64> {
        let painted = self.painted.filter(|_| self.due() < self.start + ROUTE_WAIT_MAX);
        painted.map(|painted| painted - self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_there_at_the_paint_after_its_last_change() {
        let mut route = Settling::new(1_000.0);
        assert!(route.changed(1_010.0));
        assert!(!route.changed(1_012.0), "one frame is asked for at a time");
        route.painted(1_020.0);
        assert_eq!((route.due(), route.duration()), (1_112.0, Some(20.0)));
        route.begun();
        assert_eq!((route.due(), route.duration()), (11_000.0, None));
        route.ended(900.0, 1_100.0);
        assert_eq!(route.duration(), None, "not its own call");
        route.ended(1_030.0, 1_500.0);
        assert_eq!((route.due(), route.duration()), (1_600.0, Some(20.0)));
        assert!(route.changed(1_510.0));
        assert_eq!(route.duration(), None);
        route.painted(1_530.0);
        assert_eq!((route.due(), route.duration()), (1_610.0, Some(530.0)));
    }

    #[test]
    fn a_page_that_never_rests_is_not_waited_for() {
        let mut route = Settling::new(0.0);
        for time in 0..200 {
            route.changed(f64::from(time) * 50.0);
            route.painted(f64::from(time) * 50.0 + 16.0);
        }
        assert_eq!((route.due(), route.duration()), (ROUTE_WAIT_MAX, None));
    }
}
