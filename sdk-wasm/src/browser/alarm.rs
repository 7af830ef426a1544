//! What waits to be judged or told: the visitor's action, the route that is being shown, open
//! transactions, calls whose entries are to come. One alarm for all of them, set for the next.

use super::core::Core;
use super::{actions, js, transactions};
use crate::settling::Settling;

impl Core {
    /// The alarm has rung: an action can be judged, or nobody waits for a transaction any more.
    pub(super) fn alarmed(&mut self) {
        // Timers may ring a moment early; then it is set again.
        self.alarm = f64::INFINITY;
        self.calls_due(js::now());
        actions::judge(self);
        if let Some(route) = self.route.as_ref().filter(|route| route.due() <= js::now()) {
            let duration = route.duration();
            self.routed(duration);
        }
        let now = self.wall(js::now());
        transactions::expire(self, now);
    }

    /// Sets the alarm anew, if something is due before it rings. One that rings too early is set
    /// again then: each call of an API would set it twice.
    pub(super) fn set_alarm(&mut self) {
        let route = self.route.as_ref().map_or(f64::INFINITY, Settling::due);
        let call = self.calls.next_due().unwrap_or(f64::INFINITY);
        let transaction = self.transactions.due() - self.wall(0.0);
        let due = self.actions.due().min(transaction).min(route).min(call);
        if due < self.alarm {
            self.alarm = due;
            js::wake(3, (due - js::now()).max(0.0) as i32 + 1);
        }
    }

    /// A time of the page's own clock, in ms since the Unix epoch.
    pub(super) fn wall(&self, time: f64) -> f64 {
        self.clock.base() as f64 + time
    }

    /// The page was painted after something that is waited for.
    pub(super) fn painted(&mut self) {
        let now = js::now();
        self.actions.painted(now);
        if let Some(route) = &mut self.route {
            route.painted(now);
        }
    }

    /// The page has changed while its route is being shown.
    pub(super) fn stirred(&mut self) {
        if let Some(route) = &mut self.route
            && route.changed(js::now())
        {
            js::painted();
        }
    }

    /// The route is there, or nobody waits for it any more.
    pub(super) fn routed(&mut self, duration: Option<f64>) {
        self.route = None;
        js::stir(false);
        self.client.routed(self.clock.now(), duration);
    }
}
