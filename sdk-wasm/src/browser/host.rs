//! The browser as the state machine's host.

use super::core;
use super::globals::window;
use super::storage::LocalStorage;
use super::transport;
use crate::Host;
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};

/// The longest time that a browser's timer counts.
const DELAY_MAX: u64 = i32::MAX as u64;

/// Storage, transport, timer and randomness of a page.
pub(super) struct Browser {
    endpoint: String,
    /// The page's `fetch` from before anybody wrapped it, ourselves included: wrappers add
    /// credentials, and show spinners.
    fetch: JsValue,
    storage: LocalStorage,
    timer: Timer,
}

impl Browser {
    pub(super) fn new(endpoint: String, fetch: JsValue) -> Self {
        Self { endpoint, fetch, storage: LocalStorage::open(), timer: Timer::new() }
    }
}

impl Host for Browser {
    fn random(&mut self, bytes: &mut [u8]) {
        // Fails on no browser that has Wasm.
        let _ = window(|window| window.crypto()?.get_random_values_with_u8_array(bytes));
    }

    fn address(&self) -> String {
        window(|window| window.location().href().unwrap_or_default())
    }

    fn load(&self, key: &str) -> Option<Vec<u8>> {
        self.storage.load(key)
    }

    fn store(&mut self, key: &str, value: &[u8]) {
        self.storage.store(key, value);
    }

    fn remove(&mut self, key: &str) {
        self.storage.remove(key);
    }

    fn keys(&self, prefix: &str) -> Vec<String> {
        self.storage.keys(prefix)
    }

    fn beacon(&mut self, frame: &[u8]) -> bool {
        transport::beacon(&self.endpoint, frame)
    }

    fn fetch(&mut self, sequence: u64, frame: &[u8]) -> bool {
        transport::fetch(&self.fetch, &self.endpoint, sequence, frame)
    }

    fn wake_in(&mut self, delay: u64) {
        self.timer.set(delay.min(DELAY_MAX) as i32);
    }

    fn warn(&self, message: &str) {
        warn(message);
    }
}

/// Writes to the console.
pub(super) fn warn(message: &str) {
    web_sys::console::warn_1(&JsValue::from_str(message));
}

/// The one timer; it stops when dropped.
#[must_use]
struct Timer {
    callback: Closure<dyn FnMut(JsValue)>,
    handle: i32,
}

impl Timer {
    fn new() -> Self {
        let callback = Closure::new(|_| core::with(core::Core::woken));
        Self { callback, handle: 0 }
    }

    fn set(&mut self, delay: i32) {
        self.clear();
        self.handle = window(|window| {
            let callback = self.callback.as_ref().unchecked_ref();
            window.set_timeout_with_callback_and_timeout_and_arguments_0(callback, delay)
        })
        .unwrap_or_default();
    }

    fn clear(&self) {
        window(|window| window.clear_timeout_with_handle(self.handle));
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.clear();
    }
}
