//! What the application says: `dna('setUser', …)`, `dna('clearUser')`, `dna('event', …)`, `dna('route', …)`,
//! `dna('mark', …)`, `dna('error', …)`. Transactions have a file of their own.

use super::{errors, js};
use dna_protocol::draft::AttributeDraft;
use dna_protocol::model::{Custom, Identity, Mark, RouteChange};
use dna_protocol::privacy::{clean_text, mask_of_number};
use dna_protocol::{Draft, Kind};
use js_sys::Array;
use wasm_bindgen::prelude::{JsCast, JsValue};

/// What a page may call, by their numbers.
pub(super) const NAMES: &str =
    "consent beforeSend transaction end fail clearUser setUser event route mark error";

pub(super) mod said {
    pub(crate) const CONSENT: i32 = 0;
    pub(crate) const BEFORE_SEND: i32 = 1;
    pub(crate) const TRANSACTION: i32 = 2;
    pub(crate) const END: i32 = 3;
    pub(crate) const FAIL: i32 = 4;
    pub(crate) const CLEAR_USER: i32 = 5;
    pub(crate) const SET_USER: i32 = 6;
    pub(crate) const EVENT: i32 = 7;
    pub(crate) const ROUTE: i32 = 8;
    pub(crate) const MARK: i32 = 9;
    pub(crate) const ERROR: i32 = 10;
}

/// The event that a call makes. The stub gives its name, what it is about, and then names and
/// values of attributes, one after the other.
pub(super) fn event(called: i32, arguments: &JsValue) -> Option<Draft> {
    let name = subject(arguments);
    let mut draft = Draft::new(Kind::Identity);
    match called {
        said::CLEAR_USER => {}
        // Not cut: the pseudonym of a part would be another user's too.
        said::SET_USER if name.len() > usize::from(Identity::id.max) => {
            js::warn("dna: setUser: the id is too long; allowed: 1 to 256 bytes. Nobody is told.");
            return None;
        }
        said::SET_USER if !name.is_empty() => {
            draft.fields.text(Identity::id, &name);
            let (attributes, tier) = attributes(&[arguments], "tier");
            draft.fields.text(Identity::tier, &clean_text(&tier));
            draft.fields.attributes(Identity::attributes, &attributes);
        }
        said::EVENT if !name.is_empty() => {
            draft.kind = Kind::Custom;
            draft.fields.text(Custom::name, &clean_text(&name));
            let (attributes, _) = attributes(&[arguments], "");
            draft.fields.attributes(Custom::attributes, &attributes);
        }
        said::ROUTE if !name.is_empty() => {
            draft.kind = Kind::RouteChange;
            draft.fields.text(RouteChange::name, &clean_text(&name));
        }
        said::MARK if !name.is_empty() => {
            draft.kind = Kind::Mark;
            draft.fields.text(Mark::name, &clean_text(&name));
        }
        said::ERROR => return Some(errors::reported(&js::get(arguments, "1"))),
        _ => {
            js::warn(
                "dna: unknown call; allowed: setUser, clearUser, event, route, transaction, end, \
                 fail, mark, error; with a text or number as id or name",
            );
            return None;
        }
    }
    Some(draft)
}

/// What a call is about: an id or a name; empty when it is neither text nor number.
pub(super) fn subject(arguments: &JsValue) -> String {
    let subject = js::get(arguments, "1");
    let named = subject.as_string().is_some() || subject.as_f64().is_some();
    if named { js::printed(&subject, 512) } else { String::new() }
}

/// The tier of the user that a call tells of; empty for none.
pub(super) fn tier(arguments: &JsValue) -> String {
    attributes(&[arguments], "tier").1
}

/// The attributes of these calls, and the text of the one called `apart`, which is not among
/// them. Of those with one name the first holds.
pub(super) fn attributes(calls: &[&JsValue], apart: &str) -> (AttributeDraft, String) {
    let (mut attributes, mut text_apart) = (AttributeDraft::default(), String::new());
    let mut names: Vec<String> = Vec::new();
    for call in calls {
        let list: &Array = call.unchecked_ref();
        let length = if call.is_undefined() { 0 } else { list.length() };
        let mut at = 2;
        while at < length {
            let name = list.get(at).as_string().unwrap_or_default();
            let value = list.get(at + 1);
            at += 2;
            let text = value.as_string();
            if name == apart {
                text_apart = text.unwrap_or_default();
                continue;
            }
            let name = clean_text(&name);
            if names.contains(&name) {
                continue;
            }
            let number = value.as_f64();
            if let Some(text) = text {
                attributes.text(&name, &clean_text(&text));
            } else if let Some(mask) = number.and_then(mask_of_number) {
                attributes.text(&name, mask);
            } else if let Some(number) = number {
                attributes.number(&name, number);
            } else {
                attributes.bool(&name, value.is_truthy());
            }
            names.push(name);
        }
    }
    (attributes, text_apart)
}
