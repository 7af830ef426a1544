//! What the browser reports of the page: violations of its policy, deprecations, interventions.

use super::js::{self, As, Row};
use dna_protocol::model::Report;
use dna_protocol::privacy::clean_address;
use dna_protocol::{Draft, Kind};
use wasm_bindgen::prelude::JsValue;

/// Properties of a report's body, or of a `securitypolicyviolation` event, which calls some of
/// them otherwise: each has one of the two names.
const BODY: &[Row] = &[
    ("id", As::Words, Report::id),
    ("effectiveDirective", As::Text, Report::id),
    ("message", As::Words, Report::message),
    ("blockedURL", As::Address, Report::blocked_url),
    ("blockedURI", As::Address, Report::blocked_url),
    ("disposition", As::Text, Report::disposition),
    ("reason", As::Text, Report::reason),
];

/// Where a script did it.
const PLACE: &[Row] = &[
    ("sourceFile", As::Address, Report::file),
    ("lineNumber", As::Count, Report::line),
    ("columnNumber", As::Count, Report::column),
];

/// How long an address may be before its query is taken out.
const ADDRESS_MAX: u32 = 8192;

/// The event of a report, unless it is our own doing: Wasm that the page forbids is tried once.
pub(super) fn report(report: &JsValue) -> Option<Draft> {
    let mut kind = js::text(report, "type", u32::from(Report::r#type.max));
    let mut body = js::get(report, "body");
    if kind == "securitypolicyviolation" {
        kind = "csp-violation".to_owned();
        body = report.clone();
    }
    let through_us = js::own(&js::get(&body, "sourceFile"));
    let is_wasm = |path: &str| js::is(&body, path, "wasm-eval");
    if through_us && (is_wasm("blockedURL") || is_wasm("blockedURI")) {
        return None;
    }
    let mut draft = Draft::new(Kind::Report);
    draft.fields.text(Report::r#type, &kind);
    js::read(&body, BODY, &mut draft.fields);
    // What the page does with fetch and XMLHttpRequest goes through our hooks; it is not ours.
    if !through_us {
        js::read(&body, PLACE, &mut draft.fields);
    }
    let address = |value: &JsValue, path: &str| clean_address(&js::text(value, path, ADDRESS_MAX));
    let url = address(report, "url");
    if url != address(&js::page(), "location.href") {
        draft.fields.text(Report::url, &url);
    }
    Some(draft)
}
