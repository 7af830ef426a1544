//! The origin's storage. Bytes are kept as a text of the characters U+0000 to U+00FF, which
//! engines hold in a byte each.

use super::globals::window;
use web_sys::Storage;

/// `localStorage`, or nothing where the browser forbids it.
#[derive(Debug)]
pub(super) struct LocalStorage(Option<Storage>);

impl LocalStorage {
    pub(super) fn open() -> Self {
        Self(window(|window| window.local_storage().ok().flatten()))
    }

    pub(super) fn load(&self, key: &str) -> Option<Vec<u8>> {
        let text = self.0.as_ref()?.get_item(key).ok()??;
        Some(text.chars().map(|character| character as u8).collect())
    }

    pub(super) fn store(&self, key: &str, value: &[u8]) {
        if let Some(storage) = &self.0 {
            let text: String = value.iter().map(|byte| char::from(*byte)).collect();
            // A full storage: what was to be kept is lost only if the page ends now.
            let _ = storage.set_item(key, &text);
        }
    }

    pub(super) fn remove(&self, key: &str) {
        if let Some(storage) = &self.0 {
            let _ = storage.remove_item(key);
        }
    }

    pub(super) fn keys(&self, prefix: &str) -> Vec<String> {
        let Some(storage) = &self.0 else { return Vec::new() };
        let keys = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok()?);
        keys.filter(|key| key.starts_with(prefix)).collect()
    }
}
