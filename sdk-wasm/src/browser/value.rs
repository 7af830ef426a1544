//! Reads values of any kind without ever throwing: getters may throw, proxies may lie.

use dna_protocol::field::Text;
use js_sys::{JsString, Object, Reflect};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = String)]
    fn to_string(value: &JsValue) -> Result<JsString, JsValue>;
}

/// The property `name` of `value`; undefined when there is none or it cannot be read.
pub(super) fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or_default()
}

/// An object of these properties, as web APIs take their options.
pub(super) fn object<const N: usize>(properties: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}

/// The property `name` as a text of at most `MAX` bytes, when it is a text and not empty.
pub(super) fn text<const MAX: usize>(value: &JsValue, name: &str) -> Option<Text<MAX>> {
    let found = get(value, name);
    cut(found.dyn_ref()?, MAX).map(Text::cut)
}

/// Any value as the page would print it.
pub(super) fn printed(value: &JsValue, max: usize) -> Option<String> {
    cut(&to_string(value).ok()?, max)
}

/// At most `max` characters of a text, cut before it is copied: a page may throw megabytes.
fn cut(text: &JsString, max: usize) -> Option<String> {
    let text = if text.length() as usize > max { text.slice(0, max as u32) } else { text.clone() };
    JsValue::from(text).as_string().filter(|text| !text.is_empty())
}

/// The property `name` as a count, when it is above zero.
pub(super) fn count(value: &JsValue, name: &str) -> Option<u64> {
    let number = get(value, name).as_f64()?;
    (1.0..9e15).contains(&number).then_some(number as u64)
}

/// The absolute address that `address` means on this page.
pub(super) fn absolute(address: &str) -> Option<String> {
    let base = super::globals::document(|document| get(document, "baseURI").as_string())?;
    let url = web_sys::Url::new_with_base(address, &base).ok()?;
    Some(url.href())
}
