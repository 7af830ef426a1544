//! Exceptions and the reasons of rejections: whatever a script may throw.

use super::value::{count, get, printed, text};
use dna_protocol::field::Text;
use dna_protocol::model::Exception;
use dna_protocol::privacy::{clean_address, clean_text};
use wasm_bindgen::prelude::JsValue;

/// How long a message and a stack may be before queries are taken out of them.
const MESSAGE_MAX: usize = 2048;
const STACK_MAX: usize = 16 * 1024;

/// The exception that an `error` event tells of; `None` when it is an element's.
pub(super) fn exception_of_event(event: &JsValue) -> Option<Exception> {
    let message = text::<MESSAGE_MAX>(event, "message")?;
    let error = get(event, "error");
    let nothing = error.is_null() || error.is_undefined();
    // "Script error." of another origin has neither an error nor a place.
    let mut exception = if nothing { Exception::default() } else { exception_of(&error) };
    if exception.message.is_none() {
        exception.message = Some(Text::cut(clean_text(&message)));
    }
    let file: Option<Text<2048>> = text(event, "filename");
    exception.file = file.map(|file| Text::cut(clean_address(&file)));
    exception.line = count(event, "lineno");
    exception.column = count(event, "colno");
    Some(exception)
}

/// The exception that `value` is, which need be no `Error`.
pub(super) fn exception_of(value: &JsValue) -> Exception {
    let message = text::<MESSAGE_MAX>(value, "message").map(|text| text.to_string());
    let has_name: Option<Text<128>> = text(value, "name");
    let message = match (message, &has_name) {
        // An Error without a message prints as its name, which is its type already.
        (None, Some(_)) => None,
        (None, None) => printed(value, MESSAGE_MAX),
        (message, _) => message,
    };
    let stack = text::<STACK_MAX>(value, "stack");
    Exception {
        r#type: has_name.or_else(|| type_of(value)),
        message: message.map(|message| Text::cut(clean_text(&message))),
        stacktrace: stack.map(|stack| Text::cut(clean_text(&stack))),
        ..Exception::default()
    }
}

/// What a value without a name is.
fn type_of(value: &JsValue) -> Option<Text<128>> {
    value.js_typeof().as_string().map(Text::cut)
}
