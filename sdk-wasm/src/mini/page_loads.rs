//! How long pages took until they were there, and when something was painted on them.
//!
//! What a page's own methods show comes at once; what the platform measures comes later, if at all. A
//! page waits for both a little while. Entries name a page by its path, so the pages that were shown
//! last are known with their views.

use super::core::{Core, MiniHost};
use super::launch;
use super::record::Record;
use super::words::{self, ROUTES};
use crate::View;
use crate::limits::{MINI_ENTRIES_WAIT, MINI_PAGES_KNOWN_MAX, MINI_PAINTS_MAX};
use dna_protocol::model::{PageLoad, WebVital};
use dna_protocol::privacy::without_query;
use dna_protocol::{Draft, Kind};
use std::rc::Rc;

/// The pages that were shown last, the newest at the end.
#[derive(Debug, Default)]
pub(super) struct Loads {
    shown: Vec<Shown>,
    /// Whether the platform measures pages.
    pub(super) measured: bool,
}

#[derive(Debug)]
struct Shown {
    path: String,
    view: Rc<View>,
    /// When its route began; NaN when that is not known.
    start: f64,
    load: Option<Load>,
    /// Paints whose route's beginning was not known yet.
    paints: Vec<(&'static str, f64)>,
}

/// A load that is not told yet. Durations and times are NaN when they are not known.
#[derive(Debug)]
struct Load {
    since: u64,
    how: String,
    ready: f64,
    on_load: f64,
    route: f64,
    render: f64,
    /// viewLayerReadyTime, initDataSendTime, initDataRecvTime, and the view layer's render from and to.
    marks: [f64; 5],
}

impl Load {
    fn new(since: u64) -> Self {
        let [ready, on_load, route, render] = [f64::NAN; 4];
        Self { since, how: String::new(), ready, on_load, route, render, marks: [f64::NAN; 5] }
    }

    fn says_something(&self) -> bool {
        [self.ready, self.route, self.render].iter().any(|value| value.is_finite())
    }

    fn draft(&self, start: f64) -> Draft {
        let mut draft = Draft::new(Kind::PageLoad);
        let fields = &mut draft.fields;
        fields.text(PageLoad::navigation_type, words::known(&self.how, ROUTES));
        for (slot, duration) in [
            (PageLoad::duration, self.ready - start),
            (PageLoad::on_load_duration, self.on_load),
            (PageLoad::route_duration, self.route),
            (PageLoad::first_render_duration, self.render),
            (PageLoad::view_layer_ready, self.marks[0] - start),
            (PageLoad::init_data_send, self.marks[1] - start),
            (PageLoad::init_data_receive, self.marks[2] - start),
            (PageLoad::render_start, self.marks[3] - start),
            (PageLoad::render_end, self.marks[4] - start),
        ] {
            if duration >= 0.0 {
                fields.millis(slot, duration);
            }
        }
        draft
    }
}

impl Loads {
    /// A page is shown, in the view that has begun.
    pub(super) fn begin(&mut self, path: &str, view: Rc<View>, now: u64) {
        if self.shown.len() == MINI_PAGES_KNOWN_MAX {
            self.shown.remove(0);
        }
        self.shown.push(Shown {
            path: without_query(path).to_owned(),
            view,
            start: f64::NAN,
            load: Some(Load::new(now)),
            paints: Vec::new(),
        });
    }

    /// When the first of the loads that wait has to be told.
    pub(super) fn due(&self) -> Option<u64> {
        let loads = self.shown.iter().filter_map(|shown| shown.load.as_ref());
        loads.map(|load| load.since + MINI_ENTRIES_WAIT).min()
    }

    /// Forgets all pages.
    pub(super) fn forget(&mut self) {
        self.shown.clear();
    }

    /// The page of that path that was shown last; where no path is told, the page that is shown.
    fn of(&mut self, path: &str) -> Option<&mut Shown> {
        let path = without_query(path).trim_start_matches('/');
        let at = self.shown.iter().rposition(|shown| shown.path == path);
        let at = if path.is_empty() { self.shown.len().checked_sub(1) } else { at };
        self.shown.get_mut(at?)
    }
}

/// A page is ready: its path, how it was opened, how long its onLoad ran, when it was ready. The
/// record's time is when its route began, or its onLoad.
pub(super) fn ready<H: MiniHost>(core: &mut Core<H>, now: u64, mut record: Record<'_>) -> bool {
    let (path, how, on_load, ready) =
        (record.text(), record.text(), record.number(), record.number());
    if core.loads.shown.len() == 1 {
        core.launch.arrived(ready);
    }
    if let Some(shown) = core.loads.of(path)
        && let Some(load) = &mut shown.load
    {
        (load.ready, load.on_load) = (ready, on_load);
        if load.how.is_empty() {
            load.how.push_str(how);
        }
        if shown.start.is_nan() {
            shown.start = record.time;
        }
    }
    settle(core, now, false);
    true
}

/// The platform has measured a route (appLaunch is one too): its page, beginning, duration and kind.
pub(super) fn route<H: MiniHost>(
    core: &mut Core<H>,
    now: u64,
    path: &str,
    route: [f64; 2],
    how: &str,
) {
    if let Some(shown) = core.loads.of(path) {
        let [start, duration] = route;
        if start > 0.0 {
            shown.start = start;
        }
        if let Some(load) = &mut shown.load {
            load.route = duration;
            how.clone_into(&mut load.how);
        }
    }
    settle(core, now, false);
}

/// The platform has measured a page's first render: its duration and the marks of [`Load::marks`].
pub(super) fn rendered<H: MiniHost>(
    core: &mut Core<H>,
    now: u64,
    path: &str,
    duration: f64,
    record: &mut Record<'_>,
) {
    if let Some(shown) = core.loads.of(path)
        && let Some(load) = &mut shown.load
    {
        load.render = duration;
        load.marks = std::array::from_fn(|_| record.number());
    }
    settle(core, now, false);
}

/// Something was painted at `at`.
pub(super) fn painted<H: MiniHost>(
    core: &mut Core<H>,
    now: u64,
    path: &str,
    name: &'static str,
    at: f64,
) {
    let Some(shown) = core.loads.of(path) else { return };
    if shown.load.is_some() {
        // The beginning may still become known better.
        if shown.paints.len() < MINI_PAINTS_MAX {
            shown.paints.push((name, at));
        }
    } else {
        let (view, start) = (shown.view.clone(), shown.start);
        tell_paint(core, now, &view, start, (name, at));
    }
}

/// Tells the loads that are whole, and those that nobody waits for any more: `all`, or after a while.
pub(super) fn settle<H: MiniHost>(core: &mut Core<H>, now: u64, all: bool) {
    let measured = core.loads.measured;
    for at in 0..core.loads.shown.len() {
        let shown = &mut core.loads.shown[at];
        let whole = |load: &mut Load| {
            let [ready, route, render] = [load.ready, load.route, load.render].map(f64::is_finite);
            all || now >= load.since + MINI_ENTRIES_WAIT
                || (ready && (!measured || (route && render)))
        };
        let Some(load) = shown.load.take_if(whole) else { continue };
        let (view, start) = (shown.view.clone(), shown.start);
        let paints = std::mem::take(&mut shown.paints);
        if load.says_something() {
            // A platform that measures no beginning shows when the page was loaded.
            let begun = if start.is_nan() { load.since as f64 } else { start };
            let draft = load.draft(start);
            core.client.within(&view, |client| client.record_since(now, begun, draft));
        }
        for paint in paints {
            tell_paint(core, now, &view, start, paint);
        }
    }
    launch::settle(core, now, all);
}

fn tell_paint<H: MiniHost>(
    core: &mut Core<H>,
    now: u64,
    view: &View,
    start: f64,
    (name, at): (&'static str, f64),
) {
    let value = at - start;
    if value.is_nan() || value < 0.0 {
        return;
    }
    let mut draft = Draft::new(Kind::WebVital);
    draft.fields.text(WebVital::name, name);
    draft.fields.millis(WebVital::value, value);
    core.client.within(view, |client| client.record_since(now, at, draft));
}
