//! The web APIs that the core uses, as `js-wrapper/src/host.js` has them. None of them throws.

use super::address;
use dna_protocol::draft::{Fields, Slot};
use dna_protocol::privacy::clean_text;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen(raw_module = "../src/host.js")]
extern "C" {
    /// The property at a path such as `document.visibilityState`; undefined when there is none or
    /// it cannot be read.
    pub(super) fn get(value: &JsValue, path: &str) -> JsValue;
    /// The number there; NaN when it is none.
    pub(super) fn num(value: &JsValue, path: &str) -> f64;
    /// The numbers at the paths, which are separated by spaces, as many as `found` has room for.
    fn nums(value: &JsValue, paths: &str, found: &mut [f64]);
    /// The text there, at most `max` characters; empty when it is none.
    pub(super) fn text(value: &JsValue, path: &str, max: u32) -> String;
    /// Which of the words, which are separated by spaces, the text there is, from 0; -1 for none.
    pub(super) fn which(value: &JsValue, path: &str, words: &str) -> i32;
    /// Any value as the page would print it, at most `max` characters.
    pub(super) fn printed(value: &JsValue, max: u32) -> String;
    /// Names and values of an object's own properties, at most `max`; an array of pairs.
    pub(super) fn items(value: &JsValue, max: u32) -> JsValue;
    /// Whether an address is that of a file of ours.
    pub(super) fn own(address: &JsValue) -> bool;
    /// The window.
    pub(super) fn page() -> JsValue;
    /// The absolute address that `address` means on this page; empty when it is none.
    pub(super) fn absolute(address: &str) -> String;
    /// The performance entries of a type, and of a name unless that is empty; an array.
    pub(super) fn entries(kind: &str, name: &str) -> JsValue;
    /// What a soft navigation's `getLargestInteractionContentfulPaint` gives.
    pub(super) fn largest_paint(entry: &JsValue) -> JsValue;
    /// Milliseconds since the page's time origin.
    pub(super) fn now() -> f64;
    /// Milliseconds since the Unix epoch, on a clock that somebody may set.
    pub(super) fn wall() -> f64;
    /// 32 unpredictable bits.
    pub(super) fn random() -> u32;
    /// Calls `woken` with `by` in so many milliseconds, instead of what was asked before; negative: never.
    pub(super) fn wake(by: u32, delay: i32);
    /// The bytes stored under a key; none when there are none.
    pub(super) fn load(key: f64) -> Vec<u8>;
    /// Stores bytes; a full storage takes nothing.
    pub(super) fn store(key: f64, value: &[u8]);
    /// Removes what is stored under a key.
    pub(super) fn remove(key: f64);
    /// Removes everything of ours from the storage.
    pub(super) fn erase();
    /// What the page's filter makes of an encoded event; nothing when it takes it out.
    pub(super) fn filter(event: &[u8]) -> Vec<u8>;
    /// The key of a frame that is the storage's so manieth; 0 when that is somebody else's,
    /// negative behind the last one.
    pub(super) fn stored(at: u32) -> f64;
    /// `sendBeacon` of a body; `false` when it is missing or refuses. The debug mode is shown the
    /// frame in it.
    pub(super) fn beacon(url: &str, body: &[u8], frame: &[u8]) -> bool;
    /// `fetch` with keepalive, whose end calls `answered`; `false` when it is missing or throws.
    /// The debug mode is shown the frame.
    pub(super) fn send(
        fetch: &JsValue,
        url: &str,
        sequence: f64,
        body: &[u8],
        frame: &[u8],
    ) -> bool;
    /// What of a call by fetch is told, given `input`, `init` and what came of it, or with what its
    /// promise was rejected if it `failed`: method, address, initiator, status, error, size, trace.
    pub(super) fn fetched(
        input: &JsValue,
        init: &JsValue,
        outcome: &JsValue,
        failed: bool,
    ) -> JsValue;
    /// The same of a call by XMLHttpRequest, from how it was `opened`, itself and its last event.
    pub(super) fn requested(opened: &JsValue, xhr: &JsValue, event: &JsValue) -> JsValue;
    /// The `Server-Timing` of an entry, written as the header writes it.
    pub(super) fn server_timing(entry: &JsValue) -> String;
    /// What of anything that was thrown is told: name, message, stack, and scripts, which is a
    /// list of addresses, each followed by the script's identifier.
    pub(super) fn thrown(value: &JsValue) -> JsValue;
    /// The same of the `error` event of a script.
    pub(super) fn exception(event: &JsValue) -> JsValue;
    /// Message and stack of what was written to the console.
    pub(super) fn written(values: &JsValue) -> JsValue;
    /// The script that ran longest in a long frame; undefined for none.
    pub(super) fn longest_script(entry: &JsValue) -> JsValue;
    /// What called a script.
    pub(super) fn invoker(script: &JsValue) -> String;
    /// Selector of what a paint, a shift or an input's entry is about.
    pub(super) fn subject(entry: &JsValue) -> String;
    /// What of a click on an element is told: on (what was pressed), said, words, element, answers;
    /// undefined when another click follows that is the same.
    pub(super) fn pressed(target: &JsValue) -> JsValue;
    /// Calls `woken` with 2 in the second animation frame from now.
    pub(super) fn frames();
    /// Calls `woken` with 4 when the next animation frame has been painted.
    pub(super) fn painted();
    /// Watches for a sign that the page does something: `woken` with 5, once; `false` when it
    /// cannot. Or watches no more: whether a field holds something else than when it began.
    pub(super) fn look_for_signs(on: bool) -> bool;
    /// Calls `woken` with 6 whenever the page has changed; or no more.
    pub(super) fn stir(on: bool);
    /// Observes performance entries of the types, which are separated by spaces, and the inputs
    /// of the visitor: `woken` with 1 in a quiet moment after each.
    pub(super) fn observe(kinds: &str);
    /// The entries that were measured and not told yet.
    pub(super) fn measured() -> JsValue;
    /// Observes no more.
    pub(super) fn blind();
}

/// Writes to the console.
pub(super) fn warn(message: &str) {
    web_sys::console::warn_1(&JsValue::from_str(message));
}

/// The numbers at so many paths, which are separated by spaces: each crossing to JavaScript costs
/// more than reading does. NaN where there is none.
pub(super) fn numbers<const N: usize>(value: &JsValue, paths: &str) -> [f64; N] {
    let mut found = [f64::NAN; N];
    nums(value, paths, &mut found);
    found
}

/// The first performance entry of a type.
pub(super) fn entry(kind: &str) -> JsValue {
    get(&entries(kind, ""), "0")
}

/// Whether a value has the property, and it is that word.
pub(super) fn is(value: &JsValue, path: &str, expected: &str) -> bool {
    which(value, path, expected) == 0
}

/// How a property becomes a field.
#[derive(Clone, Copy)]
pub(super) enum As {
    /// A duration or offset; 0 says that it did not happen.
    Millis,
    /// A count.
    Count,
    /// Any number, 0 too.
    Number,
    /// A text without addresses or words of a person.
    Text,
    /// A text that may have them.
    Words,
    /// An address.
    Address,
}

/// How much longer than its field a text may be before queries are taken out of it.
const UNCLEAN: u32 = 4;

/// The text at `path`, for a field that has room for it when it was cleaned.
fn words(value: &JsValue, path: &str, slot: Slot) -> String {
    text(value, path, UNCLEAN * u32::from(slot.max))
}

/// A row of a table of properties: where it is, what it is, where it goes.
pub(super) type Row = (&'static str, As, Slot);

/// Adds the properties of `value` to the fields.
pub(super) fn read(value: &JsValue, rows: &[Row], fields: &mut Fields) {
    let mut paths = String::new();
    let mut found = Vec::new();
    for (path, kind, _) in rows {
        if let As::Millis | As::Count | As::Number = kind {
            if !found.is_empty() {
                paths += " ";
            }
            paths += path;
            found.push(f64::NAN);
        }
    }
    if !found.is_empty() {
        nums(value, &paths, &mut found);
    }
    let mut numbers = found.into_iter();
    let mut number = || numbers.next().unwrap_or(f64::NAN);
    for (path, kind, slot) in rows {
        match kind {
            As::Text => fields.text(*slot, &text(value, path, u32::from(slot.max))),
            As::Words => fields.text(*slot, &clean_text(&words(value, path, *slot))),
            As::Address => fields.text(*slot, &address::read(value, path)),
            As::Count => fields.count(*slot, number()),
            As::Number => fields.number(*slot, number()),
            As::Millis => {
                let found = number();
                if found > 0.0 {
                    fields.millis(*slot, found);
                }
            }
        }
    }
}
