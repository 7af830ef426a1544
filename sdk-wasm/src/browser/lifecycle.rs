//! The page is shown, covered, left, or comes back from the back/forward cache.

use super::core::Core;
use super::globals::document;
use super::value::get;
use wasm_bindgen::prelude::JsValue;

/// Handles `visibilitychange`, `pagehide` and `pageshow`.
pub(super) fn changed(core: &mut Core, time: f64, event: &JsValue) {
    match get(event, "type").as_string().as_deref() {
        Some("visibilitychange") => {
            let state = document(|document| get(document, "visibilityState").as_string());
            if state.as_deref() == Some("hidden") { core.hide() } else { core.show() }
        }
        Some("pagehide") => core.hide(),
        // The first pageshow of a load is no news.
        Some("pageshow") if get(event, "persisted").is_truthy() => core.restore(time),
        _ => {}
    }
}
