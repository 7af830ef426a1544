//! Images, scripts, styles and other resources that did not load.

use super::js;
use dna_protocol::model::ResourceFailure;
use dna_protocol::privacy::clean_address;
use dna_protocol::{Draft, Kind};
use wasm_bindgen::prelude::JsValue;

/// How long an address may be before its query is taken out.
const ADDRESS_MAX: u32 = 8192;

/// The failure that the stub has copied from an element's `error` event; `None` when the element
/// had no address.
pub(super) fn failure(event: &JsValue) -> Option<Draft> {
    let url = js::text(event, "target.src", ADDRESS_MAX);
    if url.is_empty() {
        return None;
    }
    let mut failure = Draft::new(Kind::ResourceFailure);
    failure.fields.text(ResourceFailure::url, &clean_address(&url));
    failure.fields.text(ResourceFailure::element, &js::text(event, "target.localName", 32));
    Some(failure)
}
