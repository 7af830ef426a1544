//! What is taken out of texts before they are sent, and again before they are kept: the content
//! of addresses (query, fragment, user information), personal numbers and openids.
//!
//! Plain scanners over bytes, because the Wasm carries them: no formatting, no patterns, and no
//! index that could panic. All that they look for is ASCII, so cuts never split a character.

mod address;
mod copy;
mod numbers;
mod openids;
mod params;
#[cfg(not(target_arch = "wasm32"))]
mod plain;
#[cfg(not(target_arch = "wasm32"))]
mod spelled;

pub use numbers::mask_of_number;
pub use params::{clean_url, listed, without_query};
#[cfg(not(target_arch = "wasm32"))]
pub use plain::is_plain;
#[cfg(not(target_arch = "wasm32"))]
pub use spelled::mask_in_release;

/// A free text, such as a message, a stack or a name, without what must not be kept.
///
/// - Addresses lose query, fragment and user information as in [`clean_address`]; the
///   `:line:column` behind an address of a stack stays. A query begins at the `?` or `#` of a
///   word that has a `/` before it or a `=` behind it; it ends at white space, at a quote, or at
///   the bracket that closes one opened before it.
/// - Personal numbers, e-mail addresses and the openids of mini programs become `{card}`, `{id}`,
///   `{phone}`, `{number}`, `{email}` and `{openid}`. Not in a page, but wherever frames are read, also those with `.`, `,` or several
///   separators between groups, with invisible characters or in full-width digits.
///
/// Cleaning twice is cleaning once.
#[must_use]
pub fn clean_text(text: &str) -> String {
    cleaned(text, true)
}

/// An address without query, fragment and user information, its personal numbers masked.
///
/// Data and script URLs hold content, not an address, and are cut after their type.
#[must_use]
pub fn clean_address(url: &str) -> String {
    cleaned(url, false)
}

/// Whether a user's identifier is one that others know the person by: the number of a card, an identity
/// card or a phone, an e-mail address, or an openid, which may be glued to other letters and figures. A
/// long number alone may well be a bank's own.
#[must_use]
pub fn is_personal(id: &str) -> bool {
    let clean = clean_text(id);
    // By bytes: the standard library's search would be larger than this. `{number}` is no reason.
    let mut before = 0;
    clean.bytes().any(|byte| std::mem::replace(&mut before, byte) == b'{' && byte != b'n')
        || openids::are_in(id)
}

/// The text without content of addresses and without personal numbers; where frames are read, in
/// all spellings that are known.
fn cleaned(text: &str, prose: bool) -> String {
    #[cfg(not(target_arch = "wasm32"))]
    return spelled::cleaned(text, |text| usual(text, prose));
    #[cfg(target_arch = "wasm32")]
    usual(text, prose)
}

/// Numbers in the spellings that pages have.
fn usual(text: &str, prose: bool) -> String {
    let text = if prose { text } else { text.trim_ascii_start() };
    numbers::masked(&address::without_content(text, prose))
}
