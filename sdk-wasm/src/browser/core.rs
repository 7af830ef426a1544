//! The one core of a page: takes records, calls the signal they belong to, wakes the client.

use super::clock::Clock;
use super::host::Browser;
use super::vitals::{self, Document, PageVitals};
use super::{
    address, api, calls, errors, js, lifecycle, long_frames, navigation, reports, resources, wishes,
};
use crate::limits::PENDING_MAX;
use crate::long_frames::LongFrames;
use crate::resources::Resources;
use crate::{Answer, Client, Config, Consent, View};
use dna_protocol::model::Visibility;
use dna_protocol::{Draft, Kind};
use js_sys::Array;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::{JsCast, JsValue};

/// The kinds of records. `js-wrapper/src/record.ts` has the same numbers.
pub(super) mod kind {
    /// a: the `error` event of a script or an element.
    pub(crate) const ERROR: u32 = 0;
    /// a: the `unhandledrejection` event.
    pub(crate) const REJECTION: u32 = 1;
    /// a: end, b: fetch's first argument, c: its second, d: the response.
    pub(crate) const FETCH_ANSWERED: u32 = 2;
    /// The same, d: what the promise was rejected with.
    pub(crate) const FETCH_FAILED: u32 = 3;
    /// a: end, b: open's arguments, c: the XMLHttpRequest, d: the event that ended it.
    pub(crate) const XHR_ENDED: u32 = 4;
    /// a: the event that shows or hides the page.
    pub(crate) const LIFECYCLE: u32 = 5;
    /// a: the arguments of a call of `dna`.
    pub(crate) const CALL: u32 = 6;
    /// a: how many records found the stub's queue full.
    pub(crate) const LOST: u32 = 7;
    /// The page wants no more of it.
    pub(crate) const STOP: u32 = 8;
    /// The stub has told the page view already, as far as it came: the page was left or covered
    /// before the core was there. a: the view's identifier in hex.
    pub(crate) const TOLD: u32 = 9;
    /// The address has changed without a load. a: push, replace or traverse.
    pub(crate) const ROUTE: u32 = 10;
    /// a: a report of the browser's, or a `securitypolicyviolation` event.
    pub(crate) const REPORT: u32 = 11;
}

/// What a hook has seen.
pub(super) struct Record {
    pub(super) kind: u32,
    pub(super) time: f64,
    pub(super) values: [JsValue; 4],
}

/// The state of a page.
pub(super) struct Core {
    pub(super) client: Client<Browser>,
    clock: Clock,
    page: PageTold,
    /// It is being left; it may come back from the back/forward cache.
    left: bool,
    vitals: PageVitals,
    /// The view that the vitals are of: routes that a script shows begin views of their own, vitals
    /// only with a load, a return, or a soft navigation.
    measured: Rc<View>,
    /// When the page last showed another route.
    routed: f64,
    soft_navigations: bool,
    resources: Resources,
    long_frames: LongFrames,
}

/// How much of the page view is told. A page that is covered while it loads may never be seen
/// again, so it is told as far as it came; when it has loaded after all it is told once more.
#[derive(Clone, Copy, PartialEq)]
enum PageTold {
    Nothing,
    Beginning,
    Whole,
}

thread_local! {
    static CORE: RefCell<Option<Core>> = const { RefCell::new(None) };
    /// Records that came while the core was busy.
    static PENDING: RefCell<Vec<Record>> = const { RefCell::new(Vec::new()) };
    /// Records that found no room there.
    static LOST: Cell<u64> = const { Cell::new(0) };
}

/// Starts the one core. `false` when the options allow nothing.
pub(super) fn start(options: &JsValue, fetch: JsValue) -> bool {
    let option = |name: &str| {
        let value = js::get(options, name);
        if value.is_undefined() { String::new() } else { js::printed(&value, 2048) }
    };
    let Some(config) = Config::read(option, js::absolute, js::warn) else { return false };
    address::allow(&config.url_params);
    let clock = Clock::set();
    let host = Browser::new(config.endpoint.clone(), fetch);
    let client = Client::start(host, config, clock.now(), clock.base());
    let vitals = vitals::start();
    let soft_navigations = vitals::has_soft_navigations();
    let core = Core {
        measured: client.current_view().clone(),
        client,
        clock,
        page: PageTold::Nothing,
        left: false,
        vitals,
        routed: -1.0,
        soft_navigations,
        resources: Resources::default(),
        long_frames: LongFrames::default(),
    };
    CORE.with(|cell| cell.replace(Some(core)));
    js::observe(&(vitals::ENTRIES.to_owned() + long_frames::entry_type()));
    true
}

/// Calls `act` with the core, and then again for the records that came meanwhile. Does nothing
/// when there is no core, or when it is busy further up in the stack.
pub(super) fn with(act: impl FnOnce(&mut Core)) {
    CORE.with(|cell| {
        let Ok(mut core) = cell.try_borrow_mut() else { return };
        if let Some(core) = core.as_mut() {
            act(core);
        }
        while let Some(record) = next_pending() {
            if record.kind == kind::STOP {
                // What was told before is sent.
                if let Some(mut core) = core.take() {
                    core.client.hide(core.clock.now());
                }
            } else if let Some(core) = core.as_mut() {
                core.take(&record);
            }
        }
    });
}

/// Takes a record now, or as soon as the core is free.
pub(super) fn push(record: Record) {
    PENDING.with(|pending| {
        let mut pending = pending.borrow_mut();
        if pending.len() < PENDING_MAX {
            pending.push(record);
        } else {
            LOST.set(LOST.get() + 1);
        }
    });
    with(|core| core.client.lost(LOST.take()));
}

fn next_pending() -> Option<Record> {
    PENDING.with(|pending| {
        let mut pending = pending.borrow_mut();
        (!pending.is_empty()).then(|| pending.remove(0))
    })
}

impl Core {
    fn take(&mut self, record: &Record) {
        let time = record.time;
        let subject = &record.values[0];
        let draft = match record.kind {
            // Also of an element, which has no message.
            kind::ERROR if js::get(subject, "message").is_undefined() => {
                resources::failure(subject)
            }
            kind::ERROR => Some(errors::exception(subject)),
            kind::REJECTION => Some(errors::rejection(subject)),
            kind::FETCH_ANSWERED | kind::FETCH_FAILED | kind::XHR_ENDED => Some(api::call(record)),
            kind::CALL if wishes::taken(self, time, subject) => return,
            kind::CALL => calls::event(subject),
            kind::REPORT => reports::report(subject),
            kind::LIFECYCLE => return lifecycle::changed(self, time, subject),
            kind::TOLD => return self.told(time, subject),
            kind::ROUTE => return self.route(time, subject),
            kind::LOST => return self.client.lost(subject.as_f64().unwrap_or_default() as u64),
            _ => None,
        };
        if let Some(draft) = draft {
            let is_user = draft.kind == Kind::Identity;
            self.record(time, draft);
            if is_user {
                self.client.tier(self.now(), &calls::tier(subject));
            }
        }
    }

    pub(super) fn now(&self) -> u64 {
        self.clock.now()
    }

    /// The visitor has decided. A page that is told of again after a refusal begins anew: what it
    /// was before, nobody knows.
    pub(super) fn consent(&mut self, time: f64, consent: Consent) {
        let again = self.client.is_denied() && consent != Consent::Denied;
        self.client.consent(self.now(), consent);
        if consent == Consent::Denied {
            self.measured = self.client.current_view().clone();
        }
        if again {
            // What was gathered meanwhile is nobody's.
            (self.resources, self.long_frames) = Default::default();
            self.page = PageTold::Whole;
            self.record(time, navigation::page_view(&JsValue::UNDEFINED));
        }
    }

    /// Records something that happened `time` ms after the time origin.
    fn record(&mut self, time: f64, draft: Draft) {
        self.client.record(self.clock.now(), time, draft);
    }

    fn told(&mut self, time: f64, view: &JsValue) {
        self.vitals.was_hidden(time);
        self.page = PageTold::Beginning;
        if let Some(view) = view.as_string().and_then(|view| u64::from_str_radix(&view, 16).ok()) {
            self.client.resume_view(view.to_be_bytes());
            self.measured = self.client.current_view().clone();
        }
    }

    fn route(&mut self, time: f64, how: &JsValue) {
        if self.client.has_moved() {
            self.observed(&js::measured());
            self.gathered(true);
            let how = how.as_string().unwrap_or_default();
            self.client.new_route(self.clock.now(), time, &how);
            self.routed = time;
        }
    }

    /// Entries that the browser has measured.
    pub(super) fn observed(&mut self, entries: &JsValue) {
        let entries: &Array = entries.unchecked_ref();
        for at in 0..entries.length() {
            let entry = entries.get(at);
            match js::text(&entry, "entryType", 32).as_str() {
                // While the page loads browsers show the entry as it is so far, and again later.
                "navigation" if self.page != PageTold::Whole && navigation::is_complete(&entry) => {
                    self.record_page(&entry, PageTold::Whole);
                    self.vitals.loaded(&Document);
                    self.gathered(true);
                }
                "soft-navigation" if self.soft_navigations => self.soft_navigation(&entry),
                "resource" => self.resource(&entry),
                kind => {
                    if let "long-animation-frame" | "longtask" = kind {
                        let (start, duration) =
                            (js::num(&entry, "startTime"), js::num(&entry, "duration"));
                        self.long_frames.add(start, duration, || long_frames::long_frame(&entry));
                    }
                    vitals::observed(&mut self.vitals, kind, &entry);
                }
            }
        }
        self.tell();
    }

    fn resource(&mut self, entry: &JsValue) {
        let endpoint = self.client.host().endpoint();
        if let Some(draft) = resources::observed(&mut self.resources, entry, endpoint) {
            self.record(js::num(entry, "responseEnd"), draft);
        }
    }

    /// Records what was gathered of the view so far. `anew`: its bounds are another's from now on.
    fn gathered(&mut self, anew: bool) {
        let mut told = Vec::new();
        self.resources.take(anew, &mut told);
        self.long_frames.take(anew, &mut told);
        for (time, draft) in told {
            self.record(time, draft);
        }
        self.client.limited(self.long_frames.dropped());
    }

    /// Records the vitals that are due.
    fn tell(&mut self) {
        let reports = self.vitals.take();
        if reports.is_empty() {
            return;
        }
        let now = self.clock.now();
        self.client.within(&self.measured, |client| {
            for report in reports {
                client.record(now, report.time, report.draft);
            }
        });
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

    /// An interaction has changed address and content. The view of it began with its route, unless
    /// the address differs in nothing that makes one.
    fn soft_navigation(&mut self, entry: &JsValue) {
        let time = js::num(entry, "startTime");
        self.vitals.leave(time, &Document);
        self.tell();
        if self.routed < time {
            self.gathered(true);
            let how = js::text(entry, "navigationType", 16);
            self.client.new_route(self.clock.now(), time, &how);
        }
        self.measured = self.client.current_view().clone();
        vitals::soft_navigation(&mut self.vitals, entry);
    }

    /// The page is being left or covered.
    pub(super) fn hide(&mut self, time: f64) {
        // Observers are told later, which may be too late.
        self.observed(&js::measured());
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
        self.client.view(self.clock.now(), time, navigation::restored());
        self.measured = self.client.current_view().clone();
        self.vitals.restored(stamp, &Document);
        self.tell();
        js::frames();
    }

    /// The timer has rung.
    pub(super) fn woken(&mut self) {
        self.client.woken(self.clock.now());
    }

    /// A request has ended.
    pub(super) fn answered(&mut self, sequence: u64, answer: Answer) {
        self.client.answered(self.clock.now(), sequence, answer);
    }

    fn record_page(&mut self, entry: &JsValue, told: PageTold) {
        self.page = told;
        self.record(0.0, navigation::page_view(entry));
    }
}
