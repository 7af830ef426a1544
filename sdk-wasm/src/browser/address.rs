//! Addresses as they may leave the page.

use super::js;
use dna_protocol::privacy::clean_url;
use std::cell::RefCell;
use wasm_bindgen::prelude::JsValue;

/// How long an address may be before its query is taken out.
pub(super) const ADDRESS_MAX: u32 = 16 * 1024;

thread_local! {
    /// The parameters that the page allows to stay.
    static ALLOWED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// These parameters stay in addresses from now on.
pub(super) fn allow(params: &str) {
    ALLOWED.with(|allowed| params.clone_into(&mut allowed.borrow_mut()));
}

/// An address without what the page does not allow.
pub(super) fn clean(address: &str) -> String {
    ALLOWED.with(|allowed| clean_url(address, &allowed.borrow()))
}

/// The same of the address at a path of `value`.
pub(super) fn read(value: &JsValue, path: &str) -> String {
    clean(&js::text(value, path, ADDRESS_MAX))
}
