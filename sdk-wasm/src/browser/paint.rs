//! First paint and first contentful paint (W3C Paint Timing).

use super::js;
use dna_protocol::field::Millis;
use dna_protocol::model::WebVital;
use dna_protocol::{Draft, Kind};
use wasm_bindgen::prelude::JsValue;

/// When a paint entry happened, and the vital that it is.
pub(super) fn vital(entry: &JsValue) -> (f64, Draft) {
    let time = js::num(entry, "startTime");
    let mut vital = Draft::new(Kind::WebVital);
    let name = if js::is(entry, "name", "first-paint") { "FP" } else { "FCP" };
    vital.fields.text(WebVital::name, name);
    vital.fields.number(WebVital::value, Millis::rounded(time).get());
    (time, vital)
}
