//! The one core of a page: takes records, calls the signal they belong to, wakes the client.

use super::actions::{self, Actions};
use super::clock::Clock;
use super::host::Browser;
use super::page::PageTold;
pub(super) use super::record::{Record, kind};
use super::transactions::{self, Transactions};
use super::vitals::{self, PageVitals};
use super::{
    address, calls, errors, js, lifecycle, long_frames, navigation, reports, resources, wishes,
};
use crate::limits::PENDING_MAX;
use crate::long_frames::LongFrames;
use crate::pairs::Pairs;
use crate::resources::Resources;
use crate::settling::Settling;
use crate::vitals::Report;
use crate::{Answer, Client, Config, Consent, View};
use dna_protocol::{Draft, Kind};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::JsValue;

/// The state of a page.
pub(super) struct Core {
    pub(super) client: Client<Browser>,
    pub(super) clock: Clock,
    pub(super) page: PageTold,
    /// It is being left; it may come back from the back/forward cache.
    pub(super) left: bool,
    pub(super) vitals: PageVitals,
    /// The view that the vitals are of: routes that a script shows begin views of their own, vitals
    /// only with a load, a return, or a soft navigation.
    pub(super) measured: Rc<View>,
    /// When the view began, unless with the load, and the one before it.
    pub(super) routed: f64,
    pub(super) before: Rc<View>,
    pub(super) soft_navigations: bool,
    pub(super) resources: Resources,
    pub(super) long_frames: LongFrames,
    pub(super) actions: Actions,
    /// The view that the action which waits belongs to.
    pub(super) clicked: Rc<View>,
    pub(super) transactions: Transactions,
    /// The route that is being shown.
    pub(super) route: Option<Settling>,
    /// When the alarm is set for; infinite for never.
    pub(super) alarm: f64,
    /// Calls with their times, and the browser's entries of them.
    pub(super) calls: Pairs<(f64, Draft), JsValue>,
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
        clicked: client.current_view().clone(),
        measured: client.current_view().clone(),
        before: client.current_view().clone(),
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
                let now = js::now();
                transactions::left(&mut core, now);
                core.leave(now);
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
        client.within(view, |client| {
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
            kind::CALL => {
                let called = js::which(subject, "0", calls::NAMES);
                if wishes::taken(self, time, called, subject) {
                    return;
                }
                if transactions::said(self, time, called, subject) {
                    None
                } else {
                    calls::event(called, subject)
                }
            }
            kind::CLICK => return actions::clicked(self, time, subject),
            kind::BEGUN => {
                if let Some(route) = &mut self.route {
                    route.begun();
                }
                return self.actions.begun(time);
            }
            kind::CONSOLE => Some(errors::console(subject, &record.values[1])),
            kind::REPORT => reports::report(subject),
            kind::LIFECYCLE => return lifecycle::changed(self, record),
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
            self.forget();
        }
        if again {
            // What the browser has measured and not told yet was before.
            js::measured();
            self.forget();
            self.measured = self.client.current_view().clone();
            self.page = PageTold::Whole;
            self.record(time, navigation::page_view(&JsValue::UNDEFINED));
        }
    }

    /// What was gathered and waits to be told is nobody's.
    fn forget(&mut self) {
        self.resources = Resources::default();
        self.long_frames = LongFrames::default();
        self.actions = Actions::default();
        self.transactions = Transactions::default();
        self.calls = Pairs::default();
        self.vitals = vitals::start();
        self.before = self.client.current_view().clone();
        self.routed = -1.0;
        self.route = None;
        js::stir(false);
    }

    /// Records something that happened `time` ms after the time origin.
    pub(super) fn record(&mut self, time: f64, draft: Draft) {
        if matches!(draft.kind, Kind::Exception | Kind::UnhandledRejection) {
            self.actions.failed(time);
        }
        self.client.record(self.clock.now(), time, draft);
    }

    /// The timer has rung.
    pub(super) fn woken(&mut self) {
        self.client.woken(self.clock.now());
    }

    /// A request has ended.
    pub(super) fn answered(&mut self, sequence: u64, answer: Answer) {
        self.client.answered(self.clock.now(), sequence, answer);
    }
}
