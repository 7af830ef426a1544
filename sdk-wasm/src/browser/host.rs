//! The browser as the state machine's host.

use super::js;
use crate::Host;
use dna_protocol::packed::pack;
use wasm_bindgen::prelude::JsValue;

/// Storage, transport, timer and randomness of a page.
pub(super) struct Browser {
    endpoint: String,
    /// The page's `fetch` from before anybody wrapped it, ourselves included: wrappers add
    /// credentials, and show spinners.
    fetch: JsValue,
}

impl Browser {
    pub(super) fn new(endpoint: String, fetch: JsValue) -> Self {
        Self { endpoint, fetch }
    }

    /// Where beacons go.
    pub(super) fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

impl Host for Browser {
    fn random(&mut self, bytes: &mut [u8]) {
        for four in bytes.chunks_mut(4) {
            four.copy_from_slice(&js::random().to_ne_bytes()[..four.len()]);
        }
    }

    fn address(&self) -> String {
        js::text(&js::page(), "location.href", 8192)
    }

    fn load(&self, key: u64) -> Option<Vec<u8>> {
        Some(js::load(key as f64)).filter(|bytes| !bytes.is_empty())
    }

    fn store(&mut self, key: u64, value: &[u8]) {
        js::store(key as f64, value);
    }

    fn remove(&mut self, key: u64) {
        js::remove(key as f64);
    }

    fn erase(&mut self) {
        js::erase();
    }

    fn filter(&mut self, event: &[u8]) -> Option<Vec<u8>> {
        Some(js::filter(event)).filter(|left| !left.is_empty())
    }

    fn stored(&self) -> Vec<u64> {
        let mut keys = Vec::new();
        for at in 0.. {
            let key = js::stored(at);
            if key < 0.0 {
                break;
            }
            if key > 0.0 {
                keys.push(key as u64);
            }
        }
        keys
    }

    fn beacon(&mut self, frame: &[u8]) -> bool {
        js::beacon(&self.endpoint, &pack(frame), frame)
    }

    fn fetch(&mut self, sequence: u64, frame: &[u8]) -> bool {
        js::send(&self.fetch, &self.endpoint, sequence as f64, &pack(frame), frame)
    }

    fn wake_in(&mut self, delay: u64) {
        // The longest time that a browser's timer counts.
        js::wake(0, delay.min(i32::MAX as u64) as i32);
    }

    fn warn(&self, message: &str) {
        js::warn(message);
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        js::wake(0, -1);
        js::wake(3, -1);
        js::look_for_signs(false);
        js::stir(false);
        js::blind();
    }
}
