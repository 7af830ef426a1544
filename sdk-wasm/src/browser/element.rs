//! How an element of the page is called, from names and identifiers alone: never its text.

use super::js;
use crate::vitals::selector::{Part, prepend};
use wasm_bindgen::prelude::JsValue;

/// Characters of a name, an identifier or the classes of an element.
pub(super) const NAME_MAX: u32 = 128;

/// Elements above each other that a selector has room for.
const DEPTH_MAX: usize = 50;

/// Whether the page masks anything: then names that cannot be held against its masks are not told.
pub(super) fn page_masks() -> bool {
    js::find(&js::get(&js::page(), "document"), "querySelector", "[data-dna-mask]").is_truthy()
}

/// What called a script, without the identifier of an element that may be masked:
/// `BUTTON#pay.onclick` becomes `BUTTON.onclick`.
pub(super) fn invoker(script: &JsValue) -> String {
    let invoker = js::text(script, "invoker", 512);
    let from = invoker.bytes().position(|byte| byte == b'#');
    let to = invoker.bytes().rposition(|byte| byte == b'.');
    match (from, to) {
        (Some(from), Some(to)) if from < to && page_masks() => {
            [&invoker[..from], &invoker[to..]].concat()
        }
        _ => invoker,
    }
}

/// The selector of a node; empty for none.
pub(super) fn selector(mut node: JsValue) -> String {
    let mut selector = String::new();
    for _ in 0..DEPTH_MAX {
        let name = js::text(&node, "nodeName", NAME_MAX);
        if name.is_empty() || name == "#document" {
            break;
        }
        // Elements in lower case, the others without their sign: `#text` is `TEXT`.
        let name = match name.strip_prefix('#') {
            Some(name) => name.to_ascii_uppercase(),
            None => name.to_ascii_lowercase(),
        };
        // What the page has masked has no names but those of its elements.
        let open = !js::masked(&node);
        let id = if open { js::text(&node, "id", NAME_MAX) } else { String::new() };
        let classes =
            if open { js::text(&node, "classList.value", NAME_MAX) } else { String::new() };
        let mut classes: Vec<&str> = classes.split_ascii_whitespace().collect();
        let mut part = Part { name: &name, id: &id, classes: &mut classes };
        if !prepend(&mut selector, &mut part) {
            break;
        }
        node = js::get(&node, "parentNode");
    }
    selector
}
