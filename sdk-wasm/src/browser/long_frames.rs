//! What a long animation frame, or a long task, says of itself.

use super::js::{self, As, Row};
use dna_protocol::model::LongFrame;
use dna_protocol::privacy::clean_text;
use dna_protocol::{Draft, Kind};
use wasm_bindgen::prelude::JsValue;

const FRAME: &[Row] = &[
    ("entryType", As::Text, LongFrame::entry_type),
    ("duration", As::Millis, LongFrame::duration),
    ("blockingDuration", As::Millis, LongFrame::blocking_duration),
    ("scripts.length", As::Count, LongFrame::scripts),
];

/// Of the script that ran longest.
const SCRIPT: &[Row] = &[
    ("sourceURL", As::Address, LongFrame::script_url),
    ("sourceFunctionName", As::Words, LongFrame::script_function),
    ("duration", As::Millis, LongFrame::script_duration),
    ("forcedStyleAndLayoutDuration", As::Millis, LongFrame::script_forced_layout),
];

/// The type to observe: long tasks only where the browser knows no long animation frames.
pub(super) fn entry_type() -> &'static str {
    let known = js::get(&js::page(), "PerformanceLongAnimationFrameTiming");
    if known.is_undefined() { "longtask" } else { "long-animation-frame" }
}

/// The event of an entry.
pub(super) fn long_frame(entry: &JsValue) -> Draft {
    let mut draft = Draft::new(Kind::LongFrame);
    let fields = &mut draft.fields;
    js::read(entry, FRAME, fields);
    let number = |name: &str| js::num(entry, name);
    let start = number("startTime");
    for (slot, from, to) in [
        (LongFrame::render_delay, start, number("renderStart")),
        (LongFrame::layout_duration, number("styleAndLayoutStart"), start + number("duration")),
    ] {
        // Where nothing was rendered, both are 0.
        if from > 0.0 && to > from {
            fields.millis(slot, to - from);
        }
    }
    let longest = js::longest_script(entry);
    js::read(&longest, SCRIPT, fields);
    fields.text(LongFrame::script_invoker, &clean_text(&js::invoker(&longest)));
    // The name of a frame says its type again.
    if js::is(entry, "entryType", "longtask") {
        js::read(entry, &[("name", As::Text, LongFrame::container)], fields);
    }
    draft
}
