//! The one core of a page: takes records, calls the signal they belong to, wakes the client.

use super::globals::Clock;
use super::host::{Browser, warn};
use super::observer::Observer;
use super::{api, calls, errors, lifecycle, navigation, paint, resources, value};
use crate::limits::PENDING_MAX;
use crate::pairs::Pairs;
use crate::{Answer, Client, Config};
use dna_protocol::Body;
use dna_protocol::model::Identity;
use js_sys::Array;
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::JsValue;

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
    observer: Option<Observer>,
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
pub(super) fn start(options: JsValue, fetch: JsValue) -> bool {
    let options: Pairs = serde_wasm_bindgen::from_value(options).unwrap_or_default();
    let Some(config) = Config::read(&options, value::absolute, warn) else { return false };
    let clock = Clock::set();
    let host = Browser::new(config.endpoint.clone(), fetch);
    let client = Client::start(host, config, clock.now(), clock.base());
    let core = Core { client, clock, page: PageTold::Nothing, observer: Observer::start() };
    CORE.with(|cell| cell.replace(Some(core)));
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
        let [a, b, c, d] = &record.values;
        let time = record.time;
        match record.kind {
            kind::ERROR => match errors::exception_of_event(a) {
                Some(exception) => self.record(time, Body::Exception(exception)),
                None => self.record_some(time, resources::failure(a).map(Body::ResourceFailure)),
            },
            kind::REJECTION => {
                let exception = errors::exception_of(&value::get(a, "reason"));
                self.record(time, Body::UnhandledRejection(exception));
            }
            kind::FETCH_ANSWERED | kind::FETCH_FAILED => {
                let failed = record.kind == kind::FETCH_FAILED;
                self.record_call(time, a, api::of_fetch(b, c, d, failed));
            }
            kind::XHR_ENDED => self.record_call(time, a, api::of_xhr(b, c, d)),
            kind::LIFECYCLE => lifecycle::changed(self, time, a),
            kind::CALL => calls::called(self, time, a),
            kind::TOLD => self.told(a),
            kind::LOST => self.client.lost(a.as_f64().unwrap_or_default() as u64),
            _ => {}
        }
    }

    /// Records something that happened `time` ms after the time origin.
    pub(super) fn record(&mut self, time: f64, body: Body) {
        self.client.record(self.clock.now(), time, body);
    }

    fn record_some(&mut self, time: f64, body: Option<Body>) {
        if let Some(body) = body {
            self.record(time, body);
        }
    }

    fn record_call(&mut self, start: f64, end: &JsValue, call: Option<api::Call>) {
        let Some(mut call) = call else { return };
        call.duration = end.as_f64().map(|end| dna_protocol::field::Millis::rounded(end - start));
        self.record(start, Body::ApiCall(call));
    }

    fn told(&mut self, view: &JsValue) {
        self.page = PageTold::Beginning;
        if let Some(view) = view.as_string().and_then(|view| u64::from_str_radix(&view, 16).ok()) {
            self.client.resume_view(view.to_be_bytes());
        }
    }

    /// The user is known or no longer known.
    pub(super) fn identify(&mut self, time: f64, identity: Identity) {
        self.client.identify(self.clock.now(), time, identity);
    }

    /// Entries that the browser has measured.
    pub(super) fn observed(&mut self, entries: &Array) {
        for entry in entries.iter() {
            match value::get(&entry, "entryType").as_string().as_deref() {
                // While the page loads browsers show the entry as it is so far, and again later.
                Some("navigation")
                    if self.page != PageTold::Whole && navigation::is_complete(&entry) =>
                {
                    self.record_page(&entry, PageTold::Whole);
                }
                Some("paint") => {
                    if let Some((time, vital)) = paint::vital(&entry) {
                        self.record(time, Body::WebVital(vital));
                    }
                }
                _ => {}
            }
        }
    }

    /// The page is being left or covered.
    pub(super) fn hide(&mut self) {
        // Observers are told later, which may be too late.
        if let Some(entries) = self.observer.as_ref().map(Observer::take) {
            self.observed(&entries);
        }
        if self.page == PageTold::Nothing {
            self.record_page(&navigation::entry(), PageTold::Beginning);
        }
        self.client.hide(self.clock.now());
    }

    /// The page is seen again.
    pub(super) fn show(&mut self) {
        self.clock = Clock::set();
        self.client.show(self.clock.now(), self.clock.base());
    }

    /// The page came back from the back/forward cache: another view of it.
    pub(super) fn restore(&mut self, time: f64) {
        self.show();
        self.client.view(self.clock.now(), time, navigation::restored());
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
        self.record(0.0, Body::PageView(navigation::page_view(entry).into()));
    }
}
