//! What the visitor clicks on, what of it may be told, and whether the page answers.
//! `js-wrapper/src/element.js` says what was pressed.

use super::core::{Core, tell_in};
use super::js;
use crate::actions::{Subject, label};
use crate::vitals::Report;
use dna_protocol::privacy::clean_text;
use wasm_bindgen::prelude::JsValue;

/// The visitor's actions.
pub(super) type Actions = crate::actions::Actions<JsValue>;

const MASKED: &str = "{masked}";

/// Characters of a control's text before they are cleaned.
const TEXT_MAX: u32 = 300;

/// Takes a click on an element.
pub(super) fn clicked(core: &mut Core, time: f64, target: &JsValue) {
    let told = js::pressed(target);
    if told.is_undefined() {
        return;
    }
    let pressed = js::get(&told, "on");
    if core.actions.repeats(time, &pressed) {
        return;
    }
    let words = |path: &str| js::text(&told, path, TEXT_MAX);
    let (said, mut element) = (words("said"), clean_text(&words("element")));
    let name = if said.is_empty() {
        label(&words("words")).unwrap_or_else(|| {
            element = String::new();
            MASKED.to_owned()
        })
    } else {
        clean_text(&said)
    };
    let answers = js::get(&told, "answers").is_truthy() && js::look_for_signs(true);
    let before = core.actions.click(time, pressed, Subject { name, element, answers });
    tell(core, before);
    core.clicked = core.client.current_view().clone();
    js::painted();
}

/// Tells an action that was judged, in the view that it was made in.
fn tell(core: &mut Core, judged: Option<Report>) {
    let judged = judged.into_iter().collect();
    tell_in(&mut core.client, &core.clicked, core.clock.now(), judged);
}

/// Judges the action that waits, if it is time.
pub(super) fn judge(core: &mut Core) {
    if core.actions.due() <= js::now() {
        if js::look_for_signs(false) {
            core.actions.alive();
        }
        let judged = core.actions.judge(js::now());
        tell(core, judged);
    }
}

/// Nobody can say any more whether something followed.
pub(super) fn settle(core: &mut Core) {
    js::look_for_signs(false);
    let judged = core.actions.settle();
    tell(core, judged);
}
