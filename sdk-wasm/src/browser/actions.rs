//! What the visitor clicks on, what of it may be told, and whether the page answers.

use super::core::{Core, tell_in};
use super::element::selector;
use super::js;
use crate::actions::{Subject, label};
use crate::vitals::Report;
use dna_protocol::privacy::clean_text;
use wasm_bindgen::prelude::JsValue;

/// The visitor's actions.
pub(super) type Actions = crate::actions::Actions<JsValue>;

/// What one presses. The words on these are the page's; everything else may hold the visitor's.
const CONTROL: &str = "button,a,summary,[role=button],[role=tab],[role=menuitem],[role=option]";

/// Where nothing need be seen after a click: the browser itself answers there.
const QUIET: &str = "a[href],label,input,select,textarea,[contenteditable]";

/// What the page does not want to be told.
const MASK: &str = "[data-dna-mask]";

/// What makes the words of a control that it is in, or that are in it, the visitor's or the bank's.
const PRIVATE: &str = "[data-dna-mask],input,select,textarea,[contenteditable]";

const MASKED: &str = "{masked}";

/// Characters of a control's text before they are cleaned.
const TEXT_MAX: u32 = 300;

/// Takes a click on an element.
pub(super) fn clicked(core: &mut Core, time: f64, target: &JsValue) {
    // The browser clicks on what a label is for right after it.
    let labelled = js::get(&closest(target, "label"), "control");
    if !labelled.is_falsy() && labelled != *target {
        return;
    }
    let control = closest(target, CONTROL);
    let pressed = if control.is_undefined() { target } else { &control };
    if core.actions.repeats(time, pressed) {
        return;
    }
    let (name, element) = told(target, pressed, &control);
    // What changes within a custom element is not seen from outside.
    let answers = !control.is_undefined()
        && closest(target, QUIET).is_undefined()
        && !js::text(pressed, "localName", 32).contains('-')
        && js::look_for_signs(true);
    let subject = Subject { name, element, answers };
    let before = core.actions.click(time, pressed.clone(), subject);
    tell(core, before);
    core.clicked = core.client.current_view().clone();
    js::painted();
}

/// The nearest element from `node` upwards that the selector matches; undefined for none.
fn closest(node: &JsValue, selector: &str) -> JsValue {
    js::find(node, "closest", selector)
}

/// Name and selector of what was pressed.
fn told(target: &JsValue, pressed: &JsValue, control: &JsValue) -> (String, String) {
    let said = js::text(&closest(target, "[data-dna-action]"), "dataset.dnaAction", TEXT_MAX);
    let mask = closest(target, MASK);
    let masked = !mask.is_undefined();
    // Not the key of a masked keypad, but the keypad.
    let element = clean_text(&selector(if masked { mask } else { pressed.clone() }));
    let name = if !said.is_empty() {
        clean_text(&said)
    } else if masked {
        MASKED.to_owned()
    } else if control.is_undefined() {
        String::new()
    } else {
        match words(control) {
            Some(words) => words,
            None => return (MASKED.to_owned(), String::new()),
        }
    };
    (name, element)
}

/// The words on a control, `None` when they are those of a key.
fn words(control: &JsValue) -> Option<String> {
    let mut words = js::text(control, "ariaLabel", TEXT_MAX);
    if words.is_empty() {
        let within = js::find(control, "querySelector", PRIVATE);
        if !within.is_undefined() || !closest(control, PRIVATE).is_undefined() {
            return Some(MASKED.to_owned());
        }
        words = js::text(control, "textContent", TEXT_MAX);
    }
    label(&words)
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
