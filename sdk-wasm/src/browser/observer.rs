//! What the browser measures itself, also from before the core was there.

use super::core;
use super::value::{get, object};
use js_sys::{Array, Function};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};
use web_sys::PerformanceObserver;

/// A running observer; it stops when dropped.
#[must_use]
pub(super) struct Observer {
    observer: PerformanceObserver,
    _callback: Closure<dyn FnMut(JsValue)>,
}

impl Observer {
    /// Observes navigation and paint; `None` where the browser cannot.
    pub(super) fn start() -> Option<Self> {
        let callback = Closure::new(|list: JsValue| {
            let entries = call(&list, "getEntries");
            core::with(|core| core.observed(&entries));
        });
        let function: &Closure<dyn FnMut(JsValue)> = &callback;
        let observer = PerformanceObserver::new(function.as_ref().unchecked_ref()).ok()?;
        for kind in ["navigation", "paint"] {
            let options = object([("type", kind.into()), ("buffered", true.into())]);
            // Throws for a type that the browser does not know.
            let observe: Result<Function, _> = get(&observer, "observe").dyn_into();
            let _ = observe.and_then(|observe| observe.call1(&observer, &options));
        }
        Some(Self { observer, _callback: callback })
    }

    /// What was measured and not told yet.
    pub(super) fn take(&self) -> Array {
        call(&self.observer, "takeRecords")
    }
}

fn call(value: &JsValue, method: &str) -> Array {
    let method: Result<Function, _> = get(value, method).dyn_into();
    let entries = method.and_then(|method| method.call0(value)).unwrap_or_default();
    Array::from(&entries)
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
