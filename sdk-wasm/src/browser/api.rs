//! Calls of APIs by fetch and XMLHttpRequest.

use super::value::{absolute, count, get, printed, text};
use dna_protocol::field::Text;
use dna_protocol::model::ApiCall;
use dna_protocol::privacy::clean_address;
use wasm_bindgen::prelude::JsValue;

pub(super) use dna_protocol::model::ApiCall as Call;

/// How long an address may be before its query is taken out.
const ADDRESS_MAX: usize = 16 * 1024;

/// The call that fetch was given `input` and `init` for. `outcome` is the response, or when it
/// `failed` what the promise was rejected with.
pub(super) fn of_fetch(
    input: &JsValue,
    init: &JsValue,
    outcome: &JsValue,
    failed: bool,
) -> Option<ApiCall> {
    let address = text::<ADDRESS_MAX>(input, "url").map(|url| url.to_string());
    let address = address.or_else(|| printed(input, ADDRESS_MAX));
    let method = text::<16>(init, "method").or_else(|| text(input, "method"));
    let mut call = call(method, &address?, "fetch");
    if failed {
        let mut signal = get(init, "signal");
        if signal.is_undefined() || signal.is_null() {
            signal = get(input, "signal");
        }
        // An abort rejects with the reason that it was given, which may be anything.
        let aborted = get(&signal, "aborted").is_truthy();
        let name = text::<16>(outcome, "name");
        call.error = Some(Text::cut(match name.as_deref() {
            Some("TimeoutError") => "timeout",
            Some("AbortError") => "abort",
            _ if aborted => "abort",
            _ => "network",
        }));
    } else {
        call.status = count(outcome, "status");
    }
    Some(call)
}

/// The call that `xhr` was opened for with the arguments `opened` and that `event` has ended.
pub(super) fn of_xhr(opened: &JsValue, xhr: &JsValue, event: &JsValue) -> Option<ApiCall> {
    let address = printed(&get(opened, "1"), ADDRESS_MAX)?;
    let method = printed(&get(opened, "0"), 16).map(Text::cut);
    let mut call = call(method, &address, "xmlhttprequest");
    call.status = count(xhr, "status");
    let error = match get(event, "type").as_string().as_deref() {
        Some("abort") => Some("abort"),
        Some("timeout") => Some("timeout"),
        Some("error") => Some("network"),
        _ => None,
    };
    call.error = error.map(Text::cut);
    Some(call)
}

fn call(method: Option<Text<16>>, address: &str, initiator: &str) -> ApiCall {
    let method = method.map_or_else(|| "GET".to_owned(), |method| method.to_ascii_uppercase());
    let full = absolute(address);
    let url = clean_address(full.as_deref().unwrap_or(address));
    ApiCall {
        method: Some(Text::cut(method)),
        url: Some(Text::cut(url)),
        initiator: Some(Text::cut(initiator)),
        ..ApiCall::default()
    }
}
