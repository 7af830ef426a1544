//! What the page says of how to go on, rather than of what happened: consent, and its filter.

use super::calls::said;
use super::core::Core;
use super::js;
use crate::Consent;
use wasm_bindgen::prelude::JsValue;

/// Takes a call of `dna` that is one of these; `false` when it is another.
pub(super) fn taken(core: &mut Core, time: f64, called: i32, arguments: &JsValue) -> bool {
    let now = core.now();
    match called {
        said::CONSENT => {
            let consent = Consent::read(&js::text(arguments, "1", 16)).unwrap_or_else(|| {
                js::warn(
                    "dna: consent: allowed: granted, pending, denied. It is taken as pending.",
                );
                Consent::Pending
            });
            core.consent(time, consent);
        }
        // `dna-core.js` tells when there is one, and when it is ready.
        said::BEFORE_SEND => core.client.filter(now, js::get(arguments, "1").is_truthy()),
        _ => return false,
    }
    true
}
