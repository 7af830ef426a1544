//! The one core of a page: takes records, calls the signal they belong to, wakes the client.

use super::actions::{self, Actions};
use super::clock::Clock;
use super::host::Browser;
pub(super) use super::record::{Record, kind};
use super::transactions::{self, Transactions};
use super::vitals::{self, Document, PageVitals};
use super::{api, calls, errors, js, lifecycle, long_frames, navigation, reports, resources};
use crate::limits::PENDING_MAX;
use crate::long_frames::LongFrames;
use crate::pairs::Pairs;
use crate::resources::Resources;
use crate::settling::Settling;
use crate::vitals::Report;
use crate::{Answer, Client, Config, View};
use dna_protocol::model::Visibility;
use dna_protocol::{Draft, Kind};
use js_sys::Array;
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::{JsCast, JsValue};

/// The state of a page.
pub(super) struct Core {
    pub(super) client: Client<Browser>,
    pub(super) clock: Clock,
    page: PageTold,
    /// It is being left; it may come back from the back/forward cache.
    left: bool,
    vitals: PageVitals,
    /// The view that the vitals are of: routes that a script shows begin views of their own, vitals
    /// only with a load, a return, or a soft navigation.
    measured: View,
    /// When the page last showed another route.
    routed: f64,
    soft_navigations: bool,
    resources: Resources,
    long_frames: LongFrames,
    pub(super) actions: Actions,
    /// The view that the action which waits belongs to.
    pub(super) clicked: View,
    pub(super) transactions: Transactions,
    /// The route that is being shown.
    pub(super) route: Option<Settling>,
    /// When the alarm is set for; infinite for never.
    pub(super) alarm: f64,
    /// Calls with their times, and the browser's entries of them.
    pub(super) calls: Pairs<(f64, Draft), JsValue>,
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
    let clock = Clock::set();
    let host = Browser::new(config.endpoint.clone(), fetch);
    let client = Client::start(host, config, clock.now(), clock.base());
    let vitals = vitals::start();
    let soft_navigations = vitals::has_soft_navigations();
    let core = Core {
        clicked: client.current_view().clone(),
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
        actions: Actions::default(),
        transactions: Transactions::default(),
        route: None,
        alarm: f64::INFINITY,
        calls: Pairs::default(),
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
        take_pending(&mut core);
    });
}

/// Takes what came meanwhile. Once, not once for each caller of [`with`].
#[inline(never)]
fn take_pending(core: &mut Option<Core>) {
    while let Some(record) = next_pending() {
        if record.kind == kind::STOP {
            // What was told before is sent.
            if let Some(mut core) = core.take() {
                actions::settle(&mut core);
                core.calls_due(f64::INFINITY);
                core.client.hide(core.clock.now());
            }
        } else if let Some(core) = core.as_mut() {
            core.take(&record);
        }
    }
    if let Some(core) = core.as_mut() {
        core.set_alarm();
    }
}

/// Takes a record now, or as soon as the core is free.
///
/// Not what is written to the console while the core is busy: reading it may run the page's code,
/// which may write again, without end.
pub(super) fn push(record: Record) {
    if record.kind == kind::CONSOLE && CORE.with(|core| core.try_borrow_mut().is_err()) {
        return LOST.set(LOST.get() + 1);
    }
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

/// Records reports that belong to `view`, which may be an earlier one.
pub(super) fn tell_in(client: &mut Client<Browser>, view: &View, now: u64, reports: Vec<Report>) {
    if !reports.is_empty() {
        client.within(view, now, |client| {
            for report in reports {
                client.record(now, report.time, report.draft);
            }
        });
    }
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
            kind::FETCH_ANSWERED | kind::FETCH_FAILED | kind::XHR_ENDED => {
                if let Some(route) = &mut self.route {
                    route.ended(time, js::now());
                }
                return self.call_ended(record);
            }
            kind::CALL if transactions::said(self, time, subject) => None,
            kind::CALL => calls::event(subject),
            kind::CLICK => return actions::clicked(self, time, subject),
            kind::BEGUN => {
                if let Some(route) = &mut self.route {
                    route.begun();
                }
                return self.actions.alive();
            }
            kind::CONSOLE => Some(errors::console(subject, &record.values[1])),
            kind::REPORT => reports::report(subject),
            kind::LIFECYCLE => return lifecycle::changed(self, time, subject),
            kind::TOLD => return self.told(time, subject),
            kind::ROUTE => return self.route(time, subject),
            kind::LOST => return self.client.lost(subject.as_f64().unwrap_or_default() as u64),
            _ => None,
        };
        if let Some(draft) = draft {
            self.record(time, draft);
        }
    }

    /// Records something that happened `time` ms after the time origin.
    pub(super) fn record(&mut self, time: f64, draft: Draft) {
        if matches!(draft.kind, Kind::Exception | Kind::UnhandledRejection) {
            self.actions.failed(time);
        }
        self.client.record(self.clock.now(), time, draft);
    }

    fn call_ended(&mut self, record: &Record) {
        let call = api::call(record);
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
            self.record(time, draft);
        }
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
        self.actions.alive();
        if self.client.has_moved() {
            self.observed(&js::measured());
            // What went before is the other view's.
            self.calls_due(f64::INFINITY);
            self.gathered(true);
            let how = how.as_string().unwrap_or_default();
            self.client.new_route(self.clock.now(), time, &how);
            self.routed = time;
            self.route = Some(Settling::new(time));
            js::stir(true);
            // What is shown already is painted next.
            self.stirred();
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
        self.calls_due(js::now());
        self.tell();
    }

    fn resource(&mut self, entry: &JsValue) {
        if let Some((address, start)) = api::entry(entry) {
            return self.calls.entry(address, start, entry.clone());
        }
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

    /// An interaction has changed address and content. The view of it began with its route, unless
    /// the address differs in nothing that makes one.
    fn soft_navigation(&mut self, entry: &JsValue) {
        let time = js::num(entry, "startTime");
        self.vitals.leave(time, &Document);
        self.tell();
        if self.routed < time {
            self.calls_due(f64::INFINITY);
            self.gathered(true);
            let how = js::text(entry, "navigationType", 16);
            let now = self.clock.now();
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
