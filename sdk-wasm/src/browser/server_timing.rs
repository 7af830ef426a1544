//! What the server says of its own time: `Server-Timing` of a page, a resource or a call.

use super::js;
use dna_protocol::privacy::clean_text;
use js_sys::Array;
use wasm_bindgen::prelude::{JsCast, JsValue};

/// Bytes that the wire takes.
const BYTES_MAX: usize = 512;

/// Characters of a name or a description.
const TEXT_MAX: u32 = 128;

/// The list of an entry, written as the header writes it; metrics that find no room are left out.
pub(super) fn server_timing(entry: &JsValue) -> String {
    let metrics = js::get(entry, "serverTiming");
    let metrics: &Array = metrics.unchecked_ref();
    let mut list = String::new();
    // `length` of what is no array is no number, which casts to 0.
    for at in 0..js::num(metrics, "length") as u32 {
        let metric = metrics.get(at);
        let mut one = String::new();
        if !list.is_empty() {
            one += ", ";
        }
        one += &js::text(&metric, "name", TEXT_MAX);
        let duration = js::num(&metric, "duration");
        if duration > 0.0 {
            // To a thousandth, and printed by JavaScript: formatting a float is 10 KB of Rust.
            let rounded = (duration * 1000.0 + 0.5).floor() / 1000.0;
            one += ";dur=";
            one += &js::printed(&rounded.into(), 16);
        }
        let description = js::text(&metric, "description", TEXT_MAX);
        if !description.is_empty() {
            one += ";desc=\"";
            one += &description;
            one += "\"";
        }
        if list.len() + one.len() > BYTES_MAX {
            break;
        }
        list += &one;
    }
    clean_text(&list)
}
