//! What the browser has measured: each entry goes to the signal that it belongs to, and what was
//! gathered is told in time.

use super::core::{Core, Record, tell_in};
use super::page::PageTold;
use super::vitals::{self, Document};
use super::{api, js, long_frames, navigation, resources};
use dna_protocol::model::ApiCall;
use js_sys::Array;
use wasm_bindgen::prelude::{JsCast, JsValue};

/// The types of entries that are observed, by their numbers.
const ENTRY_TYPES: &str = "navigation soft-navigation resource longtask long-animation-frame paint \
                           largest-contentful-paint layout-shift event first-input \
                           interaction-contentful-paint";
const NAVIGATION: i32 = 0;
const SOFT_NAVIGATION: i32 = 1;
const RESOURCE: i32 = 2;
const LONG_TASK: i32 = 3;
pub(super) const LONG_ANIMATION_FRAME: i32 = 4;
pub(super) const PAINT: i32 = 5;
pub(super) const LARGEST_PAINT: i32 = 6;
pub(super) const LAYOUT_SHIFT: i32 = 7;
pub(super) const EVENT: i32 = 8;
pub(super) const FIRST_INPUT: i32 = 9;
pub(super) const SOFT_PAINT: i32 = 10;

impl Core {
    /// Entries that the browser has measured.
    pub(super) fn observed(&mut self, entries: &JsValue) {
        let entries: &Array = entries.unchecked_ref();
        for at in 0..entries.length() {
            let entry = entries.get(at);
            match js::which(&entry, "entryType", ENTRY_TYPES) {
                // While the page loads browsers show the entry as it is so far, and again later.
                NAVIGATION if self.page != PageTold::Whole && navigation::is_complete(&entry) => {
                    self.record_page(&entry, PageTold::Whole);
                    self.vitals.loaded(&Document);
                    self.gathered(true);
                }
                SOFT_NAVIGATION if self.soft_navigations => self.soft_navigation(&entry),
                RESOURCE => self.resource(&entry),
                kind => {
                    if let LONG_ANIMATION_FRAME | LONG_TASK = kind {
                        let (start, duration) =
                            (js::num(&entry, "startTime"), js::num(&entry, "duration"));
                        self.long_frames.add(start, duration, || long_frames::long_frame(&entry));
                    }
                    vitals::observed(&mut self.vitals, kind, &entry);
                }
            }
        }
        self.calls_due(js::now());
        self.tell();
    }

    pub(super) fn resource(&mut self, entry: &JsValue) {
        if let Some((address, start)) = api::entry(entry) {
            return self.calls.entry(address, start, entry.clone());
        }
        let endpoint = self.client.host().endpoint();
        if let Some(draft) = resources::observed(&mut self.resources, entry, endpoint) {
            self.record(js::num(entry, "responseEnd"), draft);
        }
    }

    /// Records what was gathered of the view so far. `anew`: its bounds are another's from now on.
    pub(super) fn gathered(&mut self, anew: bool) {
        let mut told = Vec::new();
        self.resources.take(anew, &mut told);
        self.long_frames.take(anew, &mut told);
        for (time, draft) in told {
            self.record(time, draft);
        }
        self.client.limited(self.long_frames.dropped());
    }

    /// Records the vitals that are due.
    pub(super) fn tell(&mut self) {
        let reports = self.vitals.take();
        tell_in(&mut self.client, &self.measured, self.clock.now(), reports);
    }

    /// The visitor has pressed a key or clicked.
    pub(super) fn input(&mut self) {
        self.observed(&js::measured());
        self.vitals.input(&Document);
        self.tell();
    }

    /// A page that came back has been painted.
    pub(super) fn painted_again(&mut self) {
        self.vitals.restored_paint(js::now(), &Document);
        self.tell();
    }

    pub(super) fn call_ended(&mut self, record: &Record) {
        let mut call = api::call(record);
        if let Some(action) = self.actions.ended(record.time) {
            call.draft.fields.uint(ApiCall::action, u64::from(action));
        }
        let end = record.values[0].as_f64().unwrap_or(record.time);
        self.calls.call(call.address, record.time, end, (record.time, call.draft));
        self.calls_due(js::now());
    }

    /// Records the calls whose entries have come, or have not until `now`.
    pub(super) fn calls_due(&mut self, now: f64) {
        while let Some(((time, mut draft), entry)) = self.calls.take(now) {
            if let Some(entry) = entry {
                api::measured(&entry, &mut draft);
            }
            let current = self.client.current_view();
            let view = if time < self.routed { &self.before } else { current }.clone();
            let now = self.now();
            self.client.within(&view, |client| client.record(now, time, draft));
        }
    }
}
