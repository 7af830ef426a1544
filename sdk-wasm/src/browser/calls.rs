//! What the application says: `dna('setUser', …)`, `dna('clearUser')`, `dna('event', …)`.

use super::core::Core;
use super::host::warn;
use super::value::{get, printed};
use crate::pairs::Pairs;
use dna_protocol::Body;
use dna_protocol::field::Text;
use dna_protocol::model::{Custom, Identity};
use wasm_bindgen::prelude::JsValue;

/// Handles a call with `arguments`: the name, and what belongs to it.
pub(super) fn called(core: &mut Core, time: f64, arguments: &JsValue) {
    let (subject, options) = (get(arguments, "1"), get(arguments, "2"));
    let named = subject.as_string().is_some() || subject.as_f64().is_some();
    let name = printed(&subject, 512).filter(|_| named);
    match (get(arguments, "0").as_string().as_deref(), name) {
        (Some("setUser"), Some(id)) => {
            let pairs = pairs(options);
            core.identify(
                time,
                Identity {
                    id: Some(Text::cut(id)),
                    tier: pairs.text("tier").map(Text::cut),
                    attributes: pairs.into_attributes("tier"),
                    ..Identity::default()
                },
            );
        }
        (Some("clearUser"), _) => core.identify(time, Identity::default()),
        (Some("event"), Some(name)) => {
            let custom = Custom {
                name: Some(Text::cut(name)),
                attributes: pairs(options).into_attributes(""),
            };
            core.record(time, Body::Custom(custom));
        }
        _ => warn(
            "dna: unknown call; allowed: setUser(id, attributes), clearUser(), \
             event(name, attributes), with a text or number as id and name",
        ),
    }
}

fn pairs(options: JsValue) -> Pairs {
    serde_wasm_bindgen::from_value(options).unwrap_or_default()
}
