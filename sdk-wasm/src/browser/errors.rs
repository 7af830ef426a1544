//! Exceptions and the reasons of rejections, and what is written to the console. What of them is
//! told `js-wrapper/src/thrown.js` reads.

use super::js::{self, As, Row};
use crate::debug_ids;
use crate::limits::DEBUG_IDS_MAX;
use dna_protocol::draft::AttributeDraft;
use dna_protocol::model::{Console, Exception};
use dna_protocol::privacy::clean_address;
use dna_protocol::{Draft, Kind};
use js_sys::Array;
use wasm_bindgen::prelude::{JsCast, JsValue};

const THROWN: &[Row] = &[
    ("name", As::Words, Exception::r#type),
    ("message", As::Words, Exception::message),
    ("stack", As::Words, Exception::stacktrace),
];

/// Where an `error` event says that it was.
const PLACE: &[Row] =
    &[("lineno", As::Count, Exception::line), ("colno", As::Count, Exception::column)];

const WRITTEN: &[Row] =
    &[("message", As::Words, Console::message), ("stack", As::Words, Console::stacktrace)];

/// The exception that an `error` event of a script tells of.
pub(super) fn exception(event: &JsValue) -> Draft {
    let mut draft = thrown(Kind::Exception, &js::exception(event));
    let file = js::text(event, "filename", u32::from(Exception::file.max));
    draft.fields.text(Exception::file, &clean_address(&file));
    js::read(event, PLACE, &mut draft.fields);
    draft
}

/// The rejection that an `unhandledrejection` event tells of.
pub(super) fn rejection(event: &JsValue) -> Draft {
    thrown(Kind::UnhandledRejection, &js::thrown(&js::get(event, "reason")))
}

/// What the application has caught itself, and tells all the same.
pub(super) fn reported(error: &JsValue) -> Draft {
    let mut draft = thrown(Kind::Exception, &js::thrown(error));
    draft.fields.text(Exception::mechanism, "reported");
    draft
}

/// What the page wrote to the console, as one line, with the first stack among it.
pub(super) fn console(written: &JsValue, severity: &JsValue) -> Draft {
    let mut draft = Draft::new(Kind::Console);
    let severity = severity.as_string().unwrap_or_default();
    draft.fields.text(Console::severity, &severity);
    js::read(&js::written(written), WRITTEN, &mut draft.fields);
    draft
}

fn thrown(kind: Kind, said: &JsValue) -> Draft {
    let mut draft = Draft::new(kind);
    js::read(said, THROWN, &mut draft.fields);
    let scripts = js::get(said, "scripts");
    if !scripts.is_undefined() {
        draft.fields.attributes(Exception::debug_ids, &identifiers(scripts.unchecked_ref()));
    }
    draft
}

/// The identifiers of the built scripts in a stack: addresses, each followed by the script's.
fn identifiers(scripts: &Array) -> AttributeDraft {
    let (mut attributes, mut names) = (AttributeDraft::default(), Vec::new());
    let mut at = 0;
    while at < scripts.length() && names.len() < DEBUG_IDS_MAX {
        let name = debug_ids::name(&scripts.get(at).as_string().unwrap_or_default());
        if !names.contains(&name) {
            attributes.text(&name, &scripts.get(at + 1).as_string().unwrap_or_default());
            names.push(name);
        }
        at += 2;
    }
    attributes
}
