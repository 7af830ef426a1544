//! Exceptions and the reasons of rejections: whatever a script may throw.

use super::js;
use dna_protocol::draft::Fields;
use dna_protocol::model::Exception;
use dna_protocol::privacy::{clean_address, clean_text};
use dna_protocol::{Draft, Kind};
use wasm_bindgen::prelude::JsValue;

/// How long a message and a stack may be before queries are taken out of them.
const MESSAGE_MAX: u32 = 2048;
const STACK_MAX: u32 = 16 * 1024;

/// The exception that an `error` event of a script tells of.
pub(super) fn exception(event: &JsValue) -> Draft {
    let mut draft = Draft::new(Kind::Exception);
    let fields = &mut draft.fields;
    let error = js::get(event, "error");
    // "Script error." of another origin has neither an error nor a place.
    let nothing = error.is_null() || error.is_undefined();
    if nothing || !thrown(&error, fields) {
        let message = js::text(event, "message", MESSAGE_MAX);
        fields.text(Exception::message, &clean_text(&message));
    }
    let file = js::text(event, "filename", u32::from(Exception::file.max));
    fields.text(Exception::file, &clean_address(&file));
    fields.count(Exception::line, js::num(event, "lineno"));
    fields.count(Exception::column, js::num(event, "colno"));
    draft
}

/// The rejection that an `unhandledrejection` event tells of.
pub(super) fn rejection(event: &JsValue) -> Draft {
    let mut draft = Draft::new(Kind::UnhandledRejection);
    thrown(&js::get(event, "reason"), &mut draft.fields);
    draft
}

/// What `value` says, which need be no `Error`; whether it has a message.
fn thrown(value: &JsValue, fields: &mut Fields) -> bool {
    let name = js::text(value, "name", u32::from(Exception::r#type.max));
    let unnamed = if name.is_empty() { js::type_of(value) } else { String::new() };
    fields.text(Exception::r#type, &clean_text(if name.is_empty() { &unnamed } else { &name }));
    let mut message = js::text(value, "message", MESSAGE_MAX);
    // An Error without a message prints as its name, which is its type already.
    if message.is_empty() && name.is_empty() {
        message = js::printed(value, MESSAGE_MAX);
    }
    fields.text(Exception::message, &clean_text(&message));
    let stack = js::text(value, "stack", STACK_MAX);
    fields.text(Exception::stacktrace, &clean_text(&stack));
    !message.is_empty()
}
