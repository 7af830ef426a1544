//! Exceptions and the reasons of rejections: whatever a script may throw.

use super::js;
use crate::debug_ids::noted;
use crate::limits::{CAUSES_MAX, DEBUG_IDS_MAX, DEBUG_NOTES_MAX};
use dna_protocol::draft::{AttributeDraft, Fields};
use dna_protocol::model::{Console, Exception};
use dna_protocol::privacy::{clean_address, clean_text};
use dna_protocol::{Draft, Kind};
use js_sys::Array;
use wasm_bindgen::prelude::{JsCast, JsValue};

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

/// What the application has caught itself, and tells all the same.
pub(super) fn reported(error: &JsValue) -> Draft {
    let mut draft = Draft::new(Kind::Exception);
    thrown(error, &mut draft.fields);
    draft.fields.text(Exception::mechanism, "reported");
    draft
}

/// What the page wrote to the console, as one line, with the first stack among it.
pub(super) fn console(written: &JsValue, severity: &JsValue) -> Draft {
    let mut draft = Draft::new(Kind::Console);
    let severity = severity.as_string().unwrap_or_default();
    draft.fields.text(Console::severity, &severity);
    let (mut message, mut stack) = (String::new(), String::new());
    let written: &Array = written.unchecked_ref();
    for at in 0..written.length() {
        let value = written.get(at);
        // Queries are taken out of it, and it is cut, later.
        if message.len() >= MESSAGE_MAX as usize {
            break;
        }
        if !message.is_empty() {
            message.push(' ');
        }
        message.push_str(&js::printed(&value, MESSAGE_MAX));
        if stack.is_empty() {
            stack = js::text(&value, "stack", STACK_MAX);
        }
    }
    draft.fields.text(Console::message, &clean_text(&message));
    draft.fields.text(Console::stacktrace, &clean_text(&stack));
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
    let mut stack = js::text(value, "stack", STACK_MAX);
    causes(value, &mut stack);
    fields.text(Exception::stacktrace, &clean_text(&stack));
    fields.attributes(Exception::debug_ids, &identifiers(&stack));
    !message.is_empty()
}

/// Adds what has caused `value`, and the errors that it gathers, to its stack.
fn causes(value: &JsValue, stack: &mut String) {
    let mut told = vec![value.clone()];
    let mut at = 0;
    while let Some(value) = told.get(at).cloned() {
        for path in ["cause", "errors.0", "errors.1", "errors.2"] {
            let cause = js::get(&value, path);
            // A chain may end in itself.
            if told.len() > CAUSES_MAX || cause.is_falsy() || told.contains(&cause) {
                continue;
            }
            let (own, words) =
                (js::text(&cause, "stack", STACK_MAX), js::printed(&cause, MESSAGE_MAX));
            *stack += if path == "cause" { "\nCaused by: " } else { "\nOne of its errors: " };
            // Chromium's stacks begin with name and message.
            if !own.starts_with(&*words) {
                *stack += &words;
                *stack += "\n";
            }
            *stack += &own;
            told.push(cause);
        }
        at += 1;
    }
}

/// The identifiers of the built scripts in a stack.
fn identifiers(stack: &str) -> AttributeDraft {
    let notes = js::items(&js::get(&js::page(), "_dnaDebugIds"), DEBUG_NOTES_MAX);
    let notes: &Array = notes.unchecked_ref();
    let (mut attributes, mut names) = (AttributeDraft::default(), Vec::new());
    for at in 0..notes.length() {
        let note = notes.get(at);
        let (text, id) = (js::text(&note, "0", STACK_MAX), js::text(&note, "1", 64));
        if names.len() < DEBUG_IDS_MAX
            && let Some((name, id)) = noted(stack, &text, &id)
            && !names.contains(&name)
        {
            attributes.text(&name, &id);
            names.push(name);
        }
    }
    attributes
}
