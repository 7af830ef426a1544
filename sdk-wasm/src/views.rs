//! The views of one page load: from the load, a return or a change of route to the next. What is told
//! belongs to one of them.

use crate::client::Client;
use crate::host::Host;
use crate::route::{Place, View};
use dna_protocol::model::RouteChange;
use dna_protocol::{Draft, Kind};
use std::rc::Rc;

impl<H: Host> Client<H> {
    /// Whether the page is elsewhere than when its view began. A query alone makes no difference,
    /// nor does a place on the page.
    pub fn has_moved(&self) -> bool {
        self.place() != self.view.place
    }

    /// Whether another route may be a view of its own; one that may not is counted.
    pub fn allows_route(&mut self, now: u64) -> bool {
        let allowed = self.repeats.allow_route(now);
        self.dropped.rate_limited += u64::from(!allowed);
        allowed
    }

    /// The page shows another route, whatever its address says. It is told when it is there, see
    /// [`Self::routed`].
    pub fn new_route(&mut self, now: u64, time: f64, navigation_type: &str) {
        let mut draft = Draft::new(Kind::RouteChange);
        draft.fields.text(RouteChange::navigation_type, navigation_type);
        draft.fields.text(RouteChange::referrer, &self.view.place.url);
        self.begin_view(now);
        draft.fields.text(RouteChange::fragment, &self.view.place.fragment);
        self.route = Some((time, draft));
    }

    /// The route is there, after so long, or nobody waits for it any more.
    pub fn routed(&mut self, now: u64, duration: Option<f64>) {
        if let Some((time, mut draft)) = self.route.take() {
            if let Some(duration) = duration {
                draft.fields.millis(RouteChange::duration, duration);
            }
            self.take(now, time, draft);
        }
    }

    /// How long after the time base `time` was, which is in ms since the Unix epoch; never before.
    pub fn since(&self, time: f64) -> f64 {
        (time - self.view.time_base as f64).max(0.0)
    }

    /// The first page is shown: what was told before it belongs to its view.
    pub fn relocate(&mut self) {
        self.view =
            Rc::new(View { id: self.view.id, place: self.place(), time_base: self.view.time_base });
    }

    /// Another page view begins in the same page load.
    pub fn view(&mut self, now: u64, time: f64, page: impl Into<Draft>) {
        self.begin_view(now);
        self.record(now, time, page);
    }

    /// What was told before belongs to the view before.
    fn begin_view(&mut self, now: u64) {
        self.routed(now, None);
        self.renew_view();
    }

    pub(crate) fn renew_view(&mut self) {
        self.view = View::begin(&mut self.host, &self.config.url_params, self.view.time_base);
    }

    /// Where the page is now.
    fn place(&self) -> Place {
        Place::of(&self.host.address(), &self.config.url_params)
    }

    /// The page view that was begun before the client started.
    pub fn resume_view(&mut self, id: [u8; 8]) {
        self.view = self.view.with(id, self.view.time_base);
    }

    /// The view that the page shows.
    pub fn current_view(&self) -> &Rc<View> {
        &self.view
    }

    /// What `act` records belongs to `view`, which may be an earlier one of this page load.
    pub fn within(&mut self, view: &View, act: impl FnOnce(&mut Self)) {
        if view.id == self.view.id {
            return act(self);
        }
        let earlier = view.with(view.id, self.view.time_base);
        let current = std::mem::replace(&mut self.view, earlier);
        act(self);
        self.view = current;
    }

    /// Something began at `start`, in ms since the Unix epoch: perhaps before the time base, which is
    /// taken anew when the page is seen again.
    pub fn record_since(&mut self, now: u64, start: f64, draft: Draft) {
        let time = start - self.view.time_base as f64;
        if time >= 0.0 {
            return self.take(now, time, draft);
        }
        let earlier = self.view.with(self.view.id, start as u64);
        let current = std::mem::replace(&mut self.view, earlier);
        self.take(now, 0.0, draft);
        self.view = current;
    }
}
