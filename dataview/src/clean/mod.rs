//! What is taken out of what services and proxies tell, before it is stored: personal numbers and
//! the content of addresses as in beacons (`dna_protocol::privacy`), literals of queries, names
//! and identifiers of users, and whatever is named like a secret or looks like one, in attributes
//! and in the midst of words.

mod attributes;
mod credentials;
mod network;
mod query;
mod secret;
mod shapes;

pub use attributes::{Cleaned, Side, attributes};
pub(crate) use attributes::{json, text_of};
pub use network::truncated;
pub use query::{Quotes, without_literals};
pub use secret::{is_personal, is_secret};

use dna_protocol::privacy::{clean_address, clean_text, is_plain};

/// Bytes beyond a bound that are cleaned too: a number that the bound cuts in two is known as one
/// when all of it is there (no number's spelling is longer).
const OVERLAP: usize = 128;

/// Anybody's words, cleaned, of at most `max` bytes.
#[must_use]
pub fn words(text: &str, max: usize) -> String {
    bounded(text, max, clean_text)
}

/// An address without query, fragment and user information, cleaned, of at most `max` bytes.
#[must_use]
pub fn address(text: &str, max: usize) -> String {
    bounded(text, max, clean_address)
}

fn bounded(text: &str, max: usize, clean: impl Fn(&str) -> String) -> String {
    let text = &text[..text.floor_char_boundary(max + OVERLAP)];
    // Before numbers are masked: what is left of a secret would not be known any more.
    let text = credentials::without_secrets(text);
    let mut text = if is_plain(&text) { text.into_owned() } else { clean(&text) };
    text.truncate(text.floor_char_boundary(max));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_leaves_no_part_of_a_number() {
        let text = format!("{} card 6222021234567890 of", "x".repeat(20));
        let cut = words(&text, 34);
        assert!(!cut.contains("62220212"), "{cut}");
        assert!(cut.len() <= 34);
    }

    #[test]
    fn an_address_loses_its_query() {
        assert_eq!(address("https://a.example/x?token=1#f", 100), "https://a.example/x");
    }
}
