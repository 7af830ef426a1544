//! The Web Vitals of a page: FP, FCP, LCP, CLS, INP and TTFB, with what made them.
//!
//! [`Vitals`] is told what the browser measured and gives back what is due, after each call, in
//! [`Vitals::take`]. Values and attribution are those of the library web-vitals (v6) that runs
//! from the start of the same page, without `reportAllChanges`: FCP and TTFB come once, LCP when
//! it is final, CLS and INP each time the page is hidden and they have changed. So the last one
//! of a view counts.
//!
//! # What the browser's half does
//!
//! All times are `DOMHighResTimeStamp`s. Nothing is measured while `document.prerendering`: the
//! vitals start at `prerenderingchange`, and what was before is in the buffers.
//!
//! **Start.** [`Vitals::new`] with the time when the page was first hidden: `startTime` of the
//! first `visibility-state` entry (`getEntriesByType`) whose `name` is `hidden` and whose
//! `startTime` is not before `activationStart`; without one, 0 if `visibilityState` is `hidden`
//! now, else `None`. Where those entries are missing, hidings that the stub saw are told first. And
//! with whether there is a `LayoutShift`.
//!
//! **Observe**, each in a `try`, with `buffered: true`:
//!
//! | type | options | read | call |
//! |---|---|---|---|
//! | `paint` | | `name`, `startTime` | [`Vitals::paint`] |
//! | `largest-contentful-paint` | | `startTime`, `url`, `element`, `id` | [`Vitals::largest_paint`] |
//! | `layout-shift` | | `startTime`, `value`, `hadRecentInput`, `sources` | [`Vitals::shift`] |
//! | `event`, `first-input` | `durationThreshold: 40` | `interactionId`, `startTime`, `duration`, `processingStart`, `processingEnd`, `name`, `target`, `targetSelector` | [`Vitals::event`] |
//! | `long-animation-frame` | | `startTime`, `duration`; later `scripts[i]`: `startTime`, `duration`, `sourceURL`, `invoker` | [`Vitals::long_frame`] |
//! | `soft-navigation` | | see below | [`Vitals::soft_navigation`] |
//! | `interaction-contentful-paint` | | `interactionId`, `startTime`, `largestContentfulPaint` | [`Vitals::soft_paint`] |
//!
//! `event` and `first-input` only where `PerformanceEventTiming.prototype` has `interactionId`.
//! Entries of one list are sorted by `startTime + duration`, as lists of several types are not in
//! order.
//!
//! **Elements** are named with [`selector::prepend`], from the node upwards through `parentNode`
//! until the document or `false`. Of a largest paint: `element`, or `#` and `id` when that is
//! gone. Of a shift: `node` of the first of `sources` whose `nodeType` is 1, or of the first. Of
//! an event: `target`, or `targetSelector`. Closures, as most are never asked for.
//!
//! **Listen**, capturing:
//!
//! - trusted `keydown` and `click`: within `requestIdleCallback` with a timeout of 1 s (without
//!   it, `setTimeout`), so that paints before the input still arrive, call [`Vitals::input`].
//! - `visibilitychange` to hidden, and `pagehide`: take the observers' records first, then
//!   [`Vitals::hidden`] with the event's `timeStamp`.
//! - `pageshow` with `persisted`: the new view, [`Vitals::restored`] with its `timeStamp`, and
//!   in the `requestAnimationFrame` within a `requestAnimationFrame`,
//!   [`Vitals::restored_paint`] with `performance.now()`.
//! - `load`, a task later (when `loadEventEnd` is there): [`Vitals::loaded`].
//!
//! **Soft navigations** only where `PerformanceSoftNavigation.prototype` has
//! `getLargestInteractionContentfulPaint`; web-vitals wants them switched on
//! (`reportSoftNavs`), and without counts a page as one view. For an entry: [`Vitals::leave`],
//! [`Vitals::take`], [`Vitals::soft_navigation`], and with what
//! `getLargestInteractionContentfulPaint()` gives, if anything, [`Vitals::soft_paint`]. The view
//! has begun with its route by then, so what is told of the one before carries a time before it.
//!
//! **[`Page`]** is read from `getEntriesByType('navigation')[0]`, `performance.interactionCount`,
//! and the last of `getEntriesByName(url, 'resource')` that began in time.
//!
//! # Where it differs
//!
//! - Each entry counts. web-vitals looks at the last LCP candidate and the last session of a
//!   list only, so when it starts late, with full buffers, it may find less.
//! - CLS of a page that was hidden before its first paint, and then came back from the
//!   back/forward cache, starts when it came back; web-vitals adds what shifted before.
//! - Where `interactionCount` is missing, interactions below 40 ms are not counted.

mod cls;
mod inp;
mod lcp;
mod long_frames;
mod page;
mod report;
mod view;

pub use cls::Shift;
pub use inp::EventTiming;
pub use lcp::LargestPaint;
pub use long_frames::{Scripts, Source};
pub use page::{Navigation, Page, Resource};
pub use report::Report;

use cls::Cls;
use dna_protocol::model::WebVital;
use inp::Inp;
use lcp::Lcp;
use page::{at_least, load_state};
use view::{Begun, View};

/// The vitals of one page load and the views in it.
#[derive(Debug)]
pub struct Vitals<S> {
    view: View,
    /// Paints from then on may have waited for the visitor; infinite while never hidden.
    first_hidden: f64,
    tells_shifts: bool,
    /// FCP was told, which CLS waits for: it is none on a page that nobody saw.
    painted: bool,
    /// TTFB was told.
    loaded: bool,
    lcp: Lcp,
    cls: Cls,
    inp: Inp<S>,
    due: Vec<Report>,
}

impl<S: Scripts> Vitals<S> {
    /// Starts with a page load that was first hidden at `first_hidden`, in a browser that tells of
    /// layout shifts or not: where it does not, nobody knows that nothing moved.
    #[must_use]
    pub fn new(first_hidden: Option<f64>, tells_shifts: bool) -> Self {
        Self {
            view: View::new(Begun::Loaded, 0.0, 0.0),
            first_hidden: first_hidden.unwrap_or(f64::INFINITY),
            tells_shifts,
            painted: false,
            loaded: false,
            lcp: Lcp::default(),
            cls: Cls::default(),
            inp: Inp::new(),
            due: Vec::new(),
        }
    }

    /// What is due.
    #[must_use]
    pub fn take(&mut self) -> Vec<Report> {
        std::mem::take(&mut self.due)
    }

    /// The page has loaded.
    pub fn loaded(&mut self, page: &impl Page) {
        if let Some(navigation) = page.navigation().filter(|_| !self.loaded) {
            self.loaded = true;
            let first_byte = navigation.response_start;
            let value = navigation.since_activation(first_byte);
            self.push(Some(Report::new("TTFB", first_byte, value)));
        }
    }

    /// A `paint`: the first at all, or the first of content.
    pub fn paint(&mut self, of_content: bool, start: f64, page: &impl Page) {
        if start >= self.first_hidden || self.view.begun != Begun::Loaded {
            return;
        }
        let value =
            page.navigation().map_or(start, |navigation| navigation.since_activation(start));
        if of_content {
            if !self.painted {
                self.painted_content(start, value, page);
            }
        } else {
            self.push(Some(Report::new("FP", start, value)));
        }
    }

    /// A `largest-contentful-paint` and its element.
    pub fn largest_paint(
        &mut self,
        paint: LargestPaint,
        page: &impl Page,
        element: impl FnOnce() -> String,
    ) {
        if paint.rendered < self.first_hidden && self.view.begun == Begun::Loaded {
            let since = |navigation: Navigation| navigation.since_activation(paint.rendered);
            let value = page.navigation().map_or(paint.rendered, since);
            self.lcp.candidate(value, paint, element());
        }
    }

    /// A `layout-shift` and its element.
    pub fn shift(&mut self, shift: Shift, element: impl FnOnce() -> String) {
        self.cls.shift(shift, element);
    }

    /// An `event` or `first-input` and its target.
    pub fn event(&mut self, event: &EventTiming, element: impl FnOnce() -> String) {
        self.inp.event(event, element);
    }

    /// A `long-animation-frame`.
    pub fn long_frame(&mut self, start: f64, duration: f64, scripts: S) {
        self.inp.long_frame(start, start + duration, scripts);
    }

    /// The visitor pressed a key or clicked: what is painted later is an answer to that.
    pub fn input(&mut self, page: &impl Page) {
        let lcp = self.lcp.report(&self.view, page);
        self.push(lcp);
    }

    /// The page was hidden at `time`; nobody may ever see it again.
    pub fn hidden(&mut self, time: f64, page: &impl Page) {
        self.was_hidden(time);
        self.leave(time, page);
    }

    /// The page was hidden at `time`, before anything could be told.
    pub fn was_hidden(&mut self, time: f64) {
        if time < self.first_hidden {
            self.first_hidden = time;
        }
    }

    /// The view ends, or may end.
    pub fn leave(&mut self, time: f64, page: &impl Page) {
        self.input(page);
        if self.painted && self.tells_shifts {
            let cls = self.cls.report(time, page);
            self.push(cls);
        }
        let inp = self.inp.report(time, &self.view, page);
        self.push(inp);
    }

    /// The page came back from the back/forward cache at `time`: a new view, whose first byte
    /// was there.
    pub fn restored(&mut self, time: f64, page: &impl Page) {
        self.begin(View::new(Begun::Restored, time, 0.0), page);
    }

    /// The page that came back was painted, as far as one can see: the second animation frame
    /// began at `now`.
    pub fn restored_paint(&mut self, now: f64, page: &impl Page) {
        if self.view.begun == Begun::Restored {
            let value = now - self.view.start;
            self.lcp.painted_again(value, now);
            self.painted_content(now, value, page);
            self.input(page);
        }
    }

    /// A `soft-navigation`: its `startTime`, `presentationTime` or else `paintTime`, and
    /// `interactionId`. The view before is over, see [`Vitals::leave`].
    pub fn soft_navigation(
        &mut self,
        start: f64,
        painted: f64,
        interaction: f64,
        page: &impl Page,
    ) {
        self.begin(View::new(Begun::Soft, start, interaction), page);
        self.painted_content(painted, at_least(0.0, painted - start), page);
    }

    /// An `interaction-contentful-paint`, of an interaction that began at `start`, and its
    /// `largestContentfulPaint`: `renderTime`, `url` and element.
    pub fn soft_paint(
        &mut self,
        interaction: f64,
        start: f64,
        paint: LargestPaint,
        element: impl FnOnce() -> String,
    ) {
        let of_view = self.view.begun == Begun::Soft && self.view.interaction == interaction;
        if of_view && paint.rendered < self.first_hidden {
            self.lcp.candidate(at_least(0.0, paint.rendered - start), paint, element());
        }
    }

    fn begin(&mut self, view: View, page: &impl Page) {
        self.first_hidden = f64::INFINITY;
        self.lcp.restart();
        self.cls.restart();
        self.inp.restart(page);
        if self.loaded {
            self.push(Some(Report::new("TTFB", view.start, 0.0)));
        }
        self.view = view;
    }

    fn painted_content(&mut self, time: f64, value: f64, page: &impl Page) {
        self.painted |= self.view.begun != Begun::Soft;
        let mut report = Report::new("FCP", time, value);
        let navigation = self.view.navigation(page);
        let first_byte = navigation.map_or(0.0, |of| of.since_activation(of.response_start));
        report.millis(WebVital::time_to_first_byte, first_byte);
        let state = match self.view.begun {
            Begun::Soft => "complete",
            Begun::Loaded => load_state(navigation.as_ref(), time),
            Begun::Restored => load_state(page.navigation().as_ref(), self.view.start),
        };
        report.word(WebVital::load_state, state);
        self.push(Some(report));
    }

    fn push(&mut self, report: Option<Report>) {
        if let Some(report) = report {
            self.due.push(report);
        }
    }
}
