//! The page and its navigation timing (W3C Navigation Timing 2).

use super::address;
use super::js::{self, As, Row};
use crate::route::route;
use dna_protocol::model::PageView;
use dna_protocol::privacy::clean_text;
use dna_protocol::{Draft, Kind};
use wasm_bindgen::prelude::JsValue;

/// Properties of the navigation entry. Times that are not known yet are 0 there and absent here.
const ENTRY: &[Row] = &[
    ("type", As::Text, PageView::navigation_type),
    ("responseStart", As::Millis, PageView::response_start),
    ("responseEnd", As::Millis, PageView::response_end),
    ("domInteractive", As::Millis, PageView::dom_interactive),
    ("domContentLoadedEventStart", As::Millis, PageView::dom_content_loaded_event_start),
    ("domContentLoadedEventEnd", As::Millis, PageView::dom_content_loaded_event_end),
    ("domComplete", As::Millis, PageView::dom_complete),
    ("loadEventStart", As::Millis, PageView::load_event_start),
    ("loadEventEnd", As::Millis, PageView::load_event_end),
    ("redirectStart", As::Millis, PageView::redirect_start),
    ("redirectEnd", As::Millis, PageView::redirect_end),
    ("redirectCount", As::Count, PageView::redirect_count),
    ("fetchStart", As::Millis, PageView::fetch_start),
    ("domainLookupStart", As::Millis, PageView::domain_lookup_start),
    ("domainLookupEnd", As::Millis, PageView::domain_lookup_end),
    ("connectStart", As::Millis, PageView::connect_start),
    ("secureConnectionStart", As::Millis, PageView::secure_connection_start),
    ("connectEnd", As::Millis, PageView::connect_end),
    ("requestStart", As::Millis, PageView::request_start),
    ("transferSize", As::Count, PageView::transfer_size),
    ("encodedBodySize", As::Count, PageView::encoded_body_size),
    ("decodedBodySize", As::Count, PageView::decoded_body_size),
    ("nextHopProtocol", As::Text, PageView::network_protocol),
    ("responseStatus", As::Count, PageView::response_status),
    ("activationStart", As::Millis, PageView::activation_start),
    ("workerStart", As::Millis, PageView::worker_start),
];

/// Properties of the window.
const WINDOW: &[Row] = &[
    ("innerWidth", As::Count, PageView::viewport_width),
    ("innerHeight", As::Count, PageView::viewport_height),
    ("navigator.language", As::Text, PageView::language),
    ("document.visibilityState", As::Text, PageView::visibility_state),
    ("navigator.connection.type", As::Text, PageView::connection_type),
    ("navigator.connection.effectiveType", As::Text, PageView::effective_type),
    ("navigator.connection.rtt", As::Millis, PageView::rtt),
    ("navigator.connection.downlink", As::Number, PageView::downlink),
    ("navigator.deviceMemory", As::Number, PageView::device_memory),
    ("navigator.hardwareConcurrency", As::Count, PageView::processors),
];

/// Whether the page of `entry` has loaded.
pub(super) fn is_complete(entry: &JsValue) -> bool {
    js::num(entry, "loadEventEnd") > 0.0
}

/// The page view that `entry` tells of.
pub(super) fn page_view(entry: &JsValue) -> Draft {
    let mut view = Draft::new(Kind::PageView);
    let page = js::page();
    js::read(entry, ENTRY, &mut view.fields);
    js::read(&page, WINDOW, &mut view.fields);
    view.fields.text(PageView::server_timing, &clean_text(&js::server_timing(entry)));
    view.fields.text(PageView::referrer, &address::read(&page, "document.referrer"));
    view.fields.text(PageView::fragment, &route(&js::text(&page, "location.hash", 2048)));
    view
}

/// The view of a page that came back from the back/forward cache: nothing was loaded.
pub(super) fn restored() -> Draft {
    let mut view = Draft::new(Kind::PageView);
    view.fields.text(PageView::navigation_type, "back_forward");
    js::read(&js::page(), WINDOW, &mut view.fields);
    view
}
