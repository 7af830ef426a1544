//! Images, scripts, styles and other resources: what a failed one says, and what the browser
//! measured of those that came.

use super::address::{self, ADDRESS_MAX};
use super::js::{self, As, Row};
use super::timing;
use crate::resources::{Loaded, Resources};
use dna_protocol::model::{Resource, ResourceFailure};
use dna_protocol::privacy::clean_text;
use dna_protocol::{Draft, Kind};
use wasm_bindgen::prelude::JsValue;

/// How much of an address is read for its origin.
const ORIGIN_MAX: u32 = 256;

/// Properties of a resource that is told whole.
const ENTRY: &[Row] = &[
    ("initiatorType", As::Text, Resource::initiator),
    ("name", As::Address, Resource::url),
    ("duration", As::Millis, Resource::duration),
    ("responseStatus", As::Count, Resource::status),
    ("startTime", As::Millis, Resource::start),
    ("encodedBodySize", As::Count, Resource::encoded_body_size),
    ("decodedBodySize", As::Count, Resource::decoded_body_size),
    ("nextHopProtocol", As::Text, Resource::network_protocol),
];

/// What groups and judges a resource.
const NUMBERS: &str = "startTime duration responseStatus requestStart transferSize \
                       encodedBodySize decodedBodySize";

/// Adds an entry to the groups, or gives it back as an event of its own. Calls of APIs are no
/// resources, nor are our own files and beacons, which go to `endpoint`.
pub(super) fn observed(
    resources: &mut Resources,
    entry: &JsValue,
    endpoint: &str,
) -> Option<Draft> {
    let ours = match js::which(entry, "initiatorType", "fetch xmlhttprequest beacon") {
        0 | 1 => true,
        2 => js::text(entry, "name", ADDRESS_MAX) == endpoint,
        _ => js::own(&js::get(entry, "name")),
    };
    if ours {
        return None;
    }
    let initiator = js::text(entry, "initiatorType", u32::from(Resource::initiator.max));
    let url = js::text(entry, "name", ORIGIN_MAX);
    let [start, duration, status, requested, sizes @ ..]: [f64; 7] = js::numbers(entry, NUMBERS);
    let open = requested > 0.0;
    let loaded = Loaded { initiator: &initiator, url: &url, start, duration, status, open, sizes };
    resources.add(&loaded).then(|| whole(entry, open, sizes[0]))
}

fn whole(entry: &JsValue, open: bool, transfer: f64) -> Draft {
    let mut draft = Draft::new(Kind::Resource);
    let fields = &mut draft.fields;
    js::read(entry, ENTRY, fields);
    if js::is(entry, "renderBlockingStatus", "blocking") {
        fields.text(Resource::render_blocking, "blocking");
    }
    // 0 says something too.
    if open {
        fields.uint(Resource::transfer_size, transfer as u64);
    }
    let slots = [
        Resource::blocked,
        Resource::dns,
        Resource::connect,
        Resource::tls,
        Resource::wait,
        Resource::receive,
    ];
    timing::phases(entry, fields, slots);
    fields.text(Resource::server_timing, &clean_text(&js::server_timing(entry)));
    draft
}

/// The failure that the stub has copied from an element's `error` event; `None` when the element
/// had no address.
pub(super) fn failure(event: &JsValue) -> Option<Draft> {
    let url = address::read(event, "target.src");
    if url.is_empty() {
        return None;
    }
    let mut failure = Draft::new(Kind::ResourceFailure);
    failure.fields.text(ResourceFailure::url, &url);
    failure.fields.text(ResourceFailure::element, &js::text(event, "target.localName", 32));
    Some(failure)
}
