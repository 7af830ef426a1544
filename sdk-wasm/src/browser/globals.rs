//! The browser's globals and its clock.

use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Document, Performance, Window};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Window;
    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Document;
    #[wasm_bindgen(thread_local_v2, js_name = performance)]
    static PERFORMANCE: Performance;
}

pub(super) fn window<T>(with: impl FnOnce(&Window) -> T) -> T {
    WINDOW.with(with)
}

pub(super) fn document<T>(with: impl FnOnce(&Document) -> T) -> T {
    DOCUMENT.with(with)
}

pub(super) fn performance<T>(with: impl FnOnce(&Performance) -> T) -> T {
    PERFORMANCE.with(with)
}

/// One clock for everything: the page's own, which never jumps, on a base that is read from
/// the wall. Two clocks would disagree after the machine slept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    base: u64,
}

impl Clock {
    /// Reads the base from the wall clock.
    pub(super) fn set() -> Self {
        Self { base: (js_sys::Date::now() - since_navigation() + 0.5) as u64 }
    }

    /// What the page's own times count from, in ms since the Unix epoch.
    pub(super) fn base(self) -> u64 {
        self.base
    }

    /// Milliseconds since the Unix epoch.
    pub(super) fn now(self) -> u64 {
        self.base + since_navigation() as u64
    }
}

/// Milliseconds since the page's time origin.
pub(super) fn since_navigation() -> f64 {
    performance(Performance::now)
}
