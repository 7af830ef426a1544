//! Parameters of an address that an application has allowed to stay.

use super::{clean_address, clean_text};

/// An address as [`clean_address`] leaves it, with the parameters of its query that `allowed`
/// lists, in their order. Their values are cleaned as texts. Only addresses of the web, and paths
/// on a server, have parameters.
///
/// Cleaning twice is cleaning once.
#[must_use]
pub fn clean_url(url: &str, allowed: &str) -> String {
    let mut clean = clean_address(url);
    let url = url.trim_ascii_start();
    if allowed.is_empty() || !(url.starts_with("http") || url.starts_with('/')) {
        return clean;
    }
    let (url, _) = split(url, *b"##");
    let (_, mut query) = split(url, *b"??");
    let mut sign = "?";
    while !query.is_empty() {
        let (pair, rest) = split(query, *b"&&");
        query = rest;
        if listed(allowed, split(pair, *b"==").0) {
            clean.push_str(sign);
            clean.push_str(&clean_text(pair));
            sign = "&";
        }
    }
    clean
}

/// Whether a list, separated by commas or spaces, has that item.
#[must_use]
pub fn listed(mut list: &str, item: &str) -> bool {
    while !list.is_empty() {
        let (first, rest) = split(list, *b", ");
        if first == item && !item.is_empty() {
            return true;
        }
        list = rest;
    }
    false
}

/// The address before its query.
#[must_use]
pub fn without_query(url: &str) -> &str {
    split(url, *b"??").0
}

/// What stands before the first of either sign, and behind it. By bytes: the standard library's
/// searches would be larger than all this.
#[inline(never)]
fn split(text: &str, [one, other]: [u8; 2]) -> (&str, &str) {
    let at = text.bytes().position(|byte| byte == one || byte == other).unwrap_or(text.len());
    (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default())
}
