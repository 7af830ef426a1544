//! Largest Contentful Paint: the last candidate that was painted before the page was hidden,
//! final at the first input or hiding (W3C Largest Contentful Paint; web-vitals `onLCP`).

use super::page::{Page, at_least, at_most};
use super::report::Report;
use super::view::View;
use dna_protocol::model::WebVital;

/// A candidate.
#[derive(Debug, Default)]
pub struct LargestPaint {
    /// When it was painted: `startTime` of a `largest-contentful-paint`.
    pub rendered: f64,
    /// Address of its resource, empty for text.
    pub url: String,
}

/// Addresses that are longer, as of images that are written into the page, are not kept.
const URL_BYTES_MAX: usize = 2048;

#[derive(Debug, Default)]
pub(super) struct Lcp {
    value: Option<f64>,
    paint: LargestPaint,
    element: String,
    done: bool,
}

impl Lcp {
    /// Candidates come in order, each larger than the one before.
    pub(super) fn candidate(&mut self, value: f64, mut paint: LargestPaint, element: String) {
        if self.done {
            return;
        }
        if paint.url.len() > URL_BYTES_MAX {
            paint.url = String::new();
        }
        self.value = Some(value);
        self.paint = paint;
        self.element = element;
    }

    /// Another view begins.
    pub(super) fn restart(&mut self) {
        self.value = None;
        self.done = false;
        self.element.clear();
        self.paint.url.clear();
    }

    /// The page came back, and was painted again at `now`. That is final even when it was hidden
    /// in between.
    pub(super) fn painted_again(&mut self, value: f64, now: f64) {
        self.restart();
        self.value = Some(value);
        self.paint.rendered = now;
    }

    /// The final value, once; nothing when nothing was painted.
    pub(super) fn report(&mut self, view: &View, page: &impl Page) -> Option<Report> {
        if std::mem::replace(&mut self.done, true) {
            return None;
        }
        let value = self.value?;
        let navigation = view.navigation(page).unwrap_or_default();
        let since = |time: f64| time - navigation.activation_start;
        let paint = &self.paint;
        let resource =
            if paint.url.is_empty() { None } else { page.resource(&paint.url, paint.rendered) };
        let resource = resource.unwrap_or_default();
        let first_byte = at_least(0.0, since(navigation.response_start));
        let request = at_least(first_byte, since(resource.request_start));
        // A video goes on loading after its first frame was painted.
        let response = at_most(value, at_least(request, since(resource.response_end)));
        let mut report = Report::new("LCP", paint.rendered, value);
        report.text(WebVital::element, &self.element);
        report.address(WebVital::url, &paint.url);
        report.millis(WebVital::time_to_first_byte, first_byte);
        report.millis(WebVital::resource_load_delay, request - first_byte);
        report.millis(WebVital::resource_load_duration, response - request);
        report.millis(WebVital::element_render_delay, value - response);
        Some(report)
    }
}
