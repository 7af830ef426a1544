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
            clean.push_str(&value_cleaned(pair));
            sign = "&";
        }
    }
    clean
}

/// A parameter, cleaned as it stands and as its reader will decode it: a number may be written with
/// `+` for its spaces, or with its digits encoded.
fn value_cleaned(pair: &str) -> String {
    let clean = clean_text(pair);
    // What was cleaned around an encoded sign may have been a part of more.
    let cut = clean.len() != pair.len() && clean.bytes().any(|byte| byte == b'%');
    if !(is_dirty(&clean) || cut && is_dirty(pair)) {
        return clean;
    }
    split(&clean, *b"==").0.to_owned() + "={masked}"
}

/// Whether the text has something to take out when it is decoded.
fn is_dirty(text: &str) -> bool {
    let text = text.as_bytes();
    let byte = |at: usize| text.get(at).copied().unwrap_or_default();
    let (mut plain, mut at) = (String::new(), 0);
    while at < text.len() {
        let mut decoded = byte(at);
        if decoded == b'%' {
            decoded = digit(byte(at + 1)) << 4 | digit(byte(at + 2));
            at += 2;
        }
        at += 1;
        // Of what is not ASCII the first byte counts for nothing and the others for spaces.
        if decoded < 0xc0 {
            let stays = decoded.is_ascii() && decoded != b'+';
            plain.push(if stays { char::from(decoded) } else { ' ' });
        }
    }
    clean_text(&plain) != plain
}

/// A hexadecimal digit; of other signs anything.
fn digit(byte: u8) -> u8 {
    (byte & 15) + if byte > b'9' { 9 } else { 0 }
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
