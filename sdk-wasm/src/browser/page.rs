//! The page as its visitor sees it: shown, covered, left, come back, on another route; and the views
//! that begin with that.

use super::clock::Clock;
use super::core::Core;
use super::vitals::{self, Document};
use super::{actions, js, navigation};
use crate::settling::Settling;
use dna_protocol::field::Id;
use dna_protocol::model::Visibility;
use dna_protocol::{Draft, Kind};
use wasm_bindgen::prelude::JsValue;

/// How much of the page view is told. A page that is covered while it loads may never be seen
/// again, so it is told as far as it came; when it has loaded after all it is told once more.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum PageTold {
    Nothing,
    Beginning,
    Whole,
}

impl Core {
    pub(super) fn told(&mut self, time: f64, view: &JsValue) {
        self.vitals.was_hidden(time);
        self.page = PageTold::Beginning;
        if let Some(view) = view.as_string().and_then(|view| Id::from_hex(&view)) {
            self.client.resume_view(view.0);
            self.measured = self.client.current_view().clone();
        }
    }

    pub(super) fn route(&mut self, time: f64, how: &JsValue) {
        self.actions.alive();
        if self.client.has_moved() && self.client.allows_route(self.clock.now()) {
            self.observed(&js::measured());
            // What went before is the other view's.
            self.calls_due(f64::INFINITY);
            self.gathered(true);
            let how = how.as_string().unwrap_or_default();
            self.ends_view(time);
            self.client.new_route(self.clock.now(), time, &how);
            self.route = Some(Settling::new(time));
            js::stir(true);
            // What is shown already is painted next.
            self.stirred();
        }
    }

    /// The view ends: calls that began in it are told as its own, whenever they end.
    fn ends_view(&mut self, time: f64) {
        self.before = self.client.current_view().clone();
        self.routed = time;
    }

    /// An interaction has changed address and content. The view of it began with its route, unless
    /// the address differs in nothing that makes one.
    pub(super) fn soft_navigation(&mut self, entry: &JsValue) {
        let time = js::num(entry, "startTime");
        self.vitals.leave(time, &Document);
        self.tell();
        if self.routed < time && self.client.allows_route(self.clock.now()) {
            self.calls_due(f64::INFINITY);
            self.gathered(true);
            let how = js::text(entry, "navigationType", 16);
            let now = self.clock.now();
            self.ends_view(time);
            self.client.new_route(now, time, &how);
            // It is there already.
            self.client.routed(now, None);
        }
        self.measured = self.client.current_view().clone();
        vitals::soft_navigation(&mut self.vitals, entry);
    }

    /// The page is being left or covered.
    pub(super) fn hide(&mut self, time: f64) {
        // Observers are told later, which may be too late.
        self.observed(&js::measured());
        actions::settle(self);
        self.routed(None);
        self.calls_due(f64::INFINITY);
        self.vitals.hidden(time, &Document);
        if self.page == PageTold::Nothing {
            self.record_page(&js::entry("navigation"), PageTold::Beginning);
        }
        self.gathered(false);
        self.tell();
        self.client.hide(self.clock.now());
    }

    /// The page is being left.
    pub(super) fn leave(&mut self, time: f64) {
        self.left = true;
        self.hide(time);
    }

    /// The page is covered or seen. That it is hidden when it was left says nothing, and would be
    /// another request.
    pub(super) fn visibility(&mut self, time: f64, state: &str) {
        if !self.left {
            let mut draft = Draft::new(Kind::Visibility);
            draft.fields.text(Visibility::state, state);
            self.record(time, draft);
        }
    }

    /// The page is seen again.
    pub(super) fn show(&mut self) {
        self.clock = Clock::set();
        self.client.show(self.clock.now(), self.clock.base());
    }

    /// The page came back from the back/forward cache: another view of it.
    pub(super) fn restore(&mut self, time: f64, stamp: f64) {
        self.show();
        self.left = false;
        self.gathered(true);
        self.ends_view(time);
        self.client.view(self.clock.now(), time, navigation::restored());
        self.measured = self.client.current_view().clone();
        self.vitals.restored(stamp, &Document);
        self.tell();
        js::frames();
    }

    pub(super) fn record_page(&mut self, entry: &JsValue, told: PageTold) {
        self.page = told;
        self.record(0.0, navigation::page_view(entry));
    }
}
