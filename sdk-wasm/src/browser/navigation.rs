//! The page and its navigation timing (W3C Navigation Timing 2).

use super::globals::{document, performance, window};
use super::value::{count, get, text};
use dna_protocol::field::{Millis, Text};
use dna_protocol::model::PageView;
use dna_protocol::privacy::clean_address;
use wasm_bindgen::prelude::JsValue;

/// The page's navigation entry as it is now; undefined where the browser has none.
pub(super) fn entry() -> JsValue {
    performance(|performance| performance.get_entries_by_type("navigation").get(0))
}

/// Whether the page of `entry` has loaded.
pub(super) fn is_complete(entry: &JsValue) -> bool {
    count(entry, "loadEventEnd").is_some()
}

/// The page view that `entry` tells of. Times that are not known yet are 0 there and absent
/// here.
pub(super) fn page_view(entry: &JsValue) -> PageView {
    let millis = |name: &str| {
        let value = get(entry, name).as_f64()?;
        (value > 0.0).then(|| Millis::rounded(value))
    };
    PageView {
        navigation_type: text(entry, "type"),
        referrer: referrer(),
        response_start: millis("responseStart"),
        response_end: millis("responseEnd"),
        dom_interactive: millis("domInteractive"),
        dom_content_loaded_event_start: millis("domContentLoadedEventStart"),
        dom_content_loaded_event_end: millis("domContentLoadedEventEnd"),
        dom_complete: millis("domComplete"),
        load_event_start: millis("loadEventStart"),
        load_event_end: millis("loadEventEnd"),
        redirect_start: millis("redirectStart"),
        redirect_end: millis("redirectEnd"),
        redirect_count: count(entry, "redirectCount"),
        fetch_start: millis("fetchStart"),
        domain_lookup_start: millis("domainLookupStart"),
        domain_lookup_end: millis("domainLookupEnd"),
        connect_start: millis("connectStart"),
        secure_connection_start: millis("secureConnectionStart"),
        connect_end: millis("connectEnd"),
        request_start: millis("requestStart"),
        transfer_size: count(entry, "transferSize"),
        encoded_body_size: count(entry, "encodedBodySize"),
        decoded_body_size: count(entry, "decodedBodySize"),
        network_protocol: text(entry, "nextHopProtocol"),
        response_status: count(entry, "responseStatus"),
        activation_start: millis("activationStart"),
        ..surroundings()
    }
}

/// The view of a page that came back from the back/forward cache: nothing was loaded.
pub(super) fn restored() -> PageView {
    PageView { navigation_type: Some(Text::cut("back_forward")), ..surroundings() }
}

fn surroundings() -> PageView {
    window(|window| PageView {
        viewport_width: count(window, "innerWidth"),
        viewport_height: count(window, "innerHeight"),
        language: text(&window.navigator(), "language"),
        visibility_state: document(|document| text(document, "visibilityState")),
        ..PageView::default()
    })
}

fn referrer() -> Option<Text<2048>> {
    let referrer: Text<2048> = document(|document| text(document, "referrer"))?;
    Some(Text::cut(clean_address(&referrer)))
}
