//! First paint and first contentful paint (W3C Paint Timing).

use super::value::get;
use dna_protocol::field::{Millis, Number, Text};
use dna_protocol::model::WebVital;
use wasm_bindgen::prelude::JsValue;

/// When a paint entry happened, and the vital that it is.
pub(super) fn vital(entry: &JsValue) -> Option<(f64, WebVital)> {
    let name = match get(entry, "name").as_string()?.as_str() {
        "first-paint" => "FP",
        "first-contentful-paint" => "FCP",
        _ => return None,
    };
    let time = get(entry, "startTime").as_f64()?;
    let value = Number::new(Millis::rounded(time).get()).ok();
    Some((time, WebVital { name: Some(Text::cut(name)), value }))
}
