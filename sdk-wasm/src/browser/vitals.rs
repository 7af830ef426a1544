//! The Web Vitals in a browser: what of an entry `crate::vitals` is told, and how it asks.

use super::{entries, js};
use crate::vitals::{
    EventTiming, LargestPaint, Navigation, Page, Resource, Scripts, Shift, Source, Vitals,
};
use js_sys::Array;
use wasm_bindgen::prelude::{JsCast, JsValue};

/// What is observed: the page's own entry, theirs and resources. Long frames are to be added.
pub(super) const ENTRIES: &str = "navigation paint largest-contentful-paint layout-shift first-input \
                                  event soft-navigation interaction-contentful-paint resource ";

/// What of the page's own entry is asked for.
const NAVIGATION: &str = "activationStart responseStart domInteractive \
                          domContentLoadedEventStart domComplete";

/// The method that browsers have whose soft navigations are the finished ones.
const SOFT: &str = "PerformanceSoftNavigation.prototype.getLargestInteractionContentfulPaint";

/// The vitals of this page.
pub(super) type PageVitals = Vitals<LongFrame>;

/// Starts with what is known of when the page was first hidden; what the buffers have follows.
pub(super) fn start() -> PageVitals {
    let page = js::page();
    let hidden_now = js::is(&page, "document.visibilityState", "hidden");
    let mut first_hidden = hidden_now.then_some(0.0);
    let activation = known(js::num(&js::entry("navigation"), "activationStart"));
    let states = js::entries("visibility-state", "");
    let states: &Array = states.unchecked_ref();
    // From the last to the first, which stays.
    for at in (0..states.length()).rev() {
        let state = states.get(at);
        let time = js::num(&state, "startTime");
        if js::is(&state, "name", "hidden") && time >= activation {
            first_hidden = Some(time);
        }
    }
    Vitals::new(first_hidden, js::get(&page, "LayoutShift").is_truthy())
}

/// A time, or 0 where the browser does not know it (NaN).
fn known(time: f64) -> f64 {
    if time > 0.0 { time } else { 0.0 }
}

/// Tells the vitals of an entry. Soft navigations are the core's: they begin a view.
pub(super) fn observed(vitals: &mut PageVitals, kind: i32, entry: &JsValue) {
    let number = |name: &str| js::num(entry, name);
    let start = number("startTime");
    match kind {
        entries::PAINT => vitals.paint(!js::is(entry, "name", "first-paint"), start, &Document),
        entries::LARGEST_PAINT => {
            let paint = LargestPaint { rendered: start, url: js::text(entry, "url", URL_MAX) };
            vitals.largest_paint(paint, &Document, || js::subject(entry));
        }
        entries::LAYOUT_SHIFT => {
            let had_recent_input = js::get(entry, "hadRecentInput").is_truthy();
            let shift = Shift { start, value: number("value"), had_recent_input };
            vitals.shift(shift, || js::subject(entry));
        }
        entries::EVENT | entries::FIRST_INPUT => {
            let [interaction_id, duration, processing_start, processing_end] =
                js::numbers(entry, "interactionId duration processingStart processingEnd");
            let event = EventTiming {
                interaction_id,
                start,
                duration,
                processing_start,
                processing_end,
                keyboard: js::text(entry, "name", 3) == "key",
            };
            vitals.event(&event, || js::subject(entry));
        }
        entries::LONG_ANIMATION_FRAME => {
            vitals.long_frame(start, number("duration"), LongFrame(entry.clone()));
        }
        entries::SOFT_PAINT => soft_paint(vitals, entry),
        _ => {}
    }
}

/// Whether soft navigations begin views here.
pub(super) fn has_soft_navigations() -> bool {
    js::get(&js::page(), SOFT).is_truthy()
}

/// Begins the view of a soft navigation; the one before is over.
pub(super) fn soft_navigation(vitals: &mut PageVitals, entry: &JsValue) {
    let start = js::num(entry, "startTime");
    let presented = js::num(entry, "presentationTime");
    let painted = if presented > 0.0 { presented } else { js::num(entry, "paintTime") };
    vitals.soft_navigation(start, painted, js::num(entry, "interactionId"), &Document);
    soft_paint(vitals, &js::largest_paint(entry));
}

fn soft_paint(vitals: &mut PageVitals, entry: &JsValue) {
    let largest = js::get(entry, "largestContentfulPaint");
    let rendered = js::num(&largest, "renderTime");
    if rendered > 0.0 {
        let paint = LargestPaint { rendered, url: js::text(&largest, "url", URL_MAX) };
        let (interaction, start) = (js::num(entry, "interactionId"), js::num(entry, "startTime"));
        vitals.soft_paint(interaction, start, paint, || js::subject(&largest));
    }
}

/// Longer ones, as of images that are written into the page, are told apart by their length.
const URL_MAX: u32 = 2049;

/// The page, read when it is asked for.
pub(super) struct Document;

impl Page for Document {
    fn navigation(&self) -> Option<Navigation> {
        let entry = js::entry("navigation");
        let [activation, response, interactive, loaded, complete]: [f64; 5] =
            js::numbers(&entry, NAVIGATION);
        let navigation = Navigation {
            activation_start: known(activation),
            response_start: known(response),
            dom_interactive: known(interactive),
            dom_content_loaded_event_start: known(loaded),
            dom_complete: known(complete),
        };
        navigation.checked(js::now())
    }

    fn interaction_count(&self) -> Option<f64> {
        let count = js::num(&js::page(), "performance.interactionCount");
        (count >= 0.0).then_some(count)
    }

    fn resource(&self, url: &str, rendered: f64) -> Option<Resource> {
        let entries = js::entries("resource", url);
        let entries: &Array = entries.unchecked_ref();
        let mut found = None;
        for at in 0..entries.length() {
            let entry = entries.get(at);
            let asked = js::num(&entry, "requestStart");
            let request_start = if asked > 0.0 { asked } else { js::num(&entry, "startTime") };
            if request_start <= rendered {
                let response_end = js::num(&entry, "responseEnd");
                found = Some(Resource { request_start, response_end });
            }
        }
        found
    }
}

/// The entry of a long animation frame.
pub(super) struct LongFrame(JsValue);

impl LongFrame {
    fn script(&self, index: usize) -> JsValue {
        let scripts = js::get(&self.0, "scripts");
        let scripts: &Array = scripts.unchecked_ref();
        scripts.get(index as u32)
    }
}

impl Scripts for LongFrame {
    fn span(&self, index: usize) -> Option<(f64, f64)> {
        let script = self.script(index);
        let start = js::num(&script, "startTime");
        (start >= 0.0).then(|| (start, js::num(&script, "duration")))
    }

    fn source(&self, index: usize) -> Source {
        let script = self.script(index);
        Source { url: js::text(&script, "sourceURL", URL_MAX), invoker: js::invoker(&script) }
    }
}
