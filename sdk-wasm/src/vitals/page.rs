//! What the vitals ask of the page when one is due, and how far the page had loaded.

/// The page, read at the moment a vital is due: what is not asked for costs nothing.
pub trait Page {
    /// The navigation entry, [`Navigation::checked`].
    fn navigation(&self) -> Option<Navigation>;

    /// W3C `performance.interactionCount`; `None` where the browser does not count.
    fn interaction_count(&self) -> Option<f64>;

    /// The last resource of that address whose request began at or before `rendered`.
    fn resource(&self, url: &str, rendered: f64) -> Option<Resource>;
}

/// What is needed of `PerformanceNavigationTiming`: ms after the time origin, 0 while unknown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Navigation {
    /// `activationStart`: a prerendered page was shown.
    pub activation_start: f64,
    /// `responseStart`.
    pub response_start: f64,
    /// `domInteractive`.
    pub dom_interactive: f64,
    /// `domContentLoadedEventStart`.
    pub dom_content_loaded_event_start: f64,
    /// `domComplete`.
    pub dom_complete: f64,
}

impl Navigation {
    /// The entry, unless its first byte is withheld (0) or wrong: browsers have given negative
    /// ones and ones in the future (web-vitals issues 137, 162, 275).
    #[must_use]
    pub fn checked(self, now: f64) -> Option<Self> {
        (self.response_start > 0.0 && self.response_start < now).then_some(self)
    }

    /// `time` as the visitor saw it: a prerendered page began when it was activated, with what
    /// it had by then.
    pub(super) fn since_activation(&self, time: f64) -> f64 {
        at_least(0.0, time - self.activation_start)
    }
}

/// What is needed of `PerformanceResourceTiming`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Resource {
    /// `requestStart`, or `startTime` where that is withheld (0).
    pub request_start: f64,
    /// `responseEnd`.
    pub response_end: f64,
}

/// How far the page had loaded at `time` (web-vitals `LoadState`).
pub(super) fn load_state(navigation: Option<&Navigation>, time: f64) -> &'static str {
    let Some(navigation) = navigation else { return "complete" };
    // What has not happened yet is 0 there.
    let before = |mark: f64| mark == 0.0 || time < mark;
    if before(navigation.dom_interactive) {
        "loading"
    } else if before(navigation.dom_content_loaded_event_start) {
        "dom-interactive"
    } else if before(navigation.dom_complete) {
        "dom-content-loaded"
    } else {
        "complete"
    }
}

/// The larger one. `f64::max` calls into the maths library, for the sake of NaN.
pub(super) fn at_least(min: f64, value: f64) -> f64 {
    if value > min { value } else { min }
}

/// The smaller one.
pub(super) fn at_most(max: f64, value: f64) -> f64 {
    if value < max { value } else { max }
}
