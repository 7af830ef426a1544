//! Images, scripts, styles and other resources that did not load.

use super::value::{get, text};
use dna_protocol::field::Text;
use dna_protocol::model::ResourceFailure;
use dna_protocol::privacy::clean_address;
use wasm_bindgen::prelude::JsValue;

/// The failure that an element's `error` event tells of; `None` when no address failed.
pub(super) fn failure(event: &JsValue) -> Option<ResourceFailure> {
    let target = get(event, "target");
    // SVG's href is an object around the address.
    let svg = get(&target, "href");
    let url: Text<8192> = text(&target, "currentSrc")
        .or_else(|| text(&target, "src"))
        .or_else(|| text(&target, "href"))
        .or_else(|| text(&svg, "baseVal"))
        .or_else(|| text(&target, "data"))?;
    Some(ResourceFailure {
        url: Some(Text::cut(clean_address(&url))),
        element: text(&target, "localName"),
    })
}
