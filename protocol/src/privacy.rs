//! What is taken out of addresses before they are sent, and again before they are kept.

use std::borrow::Cow;
use std::ops::Range;

/// Addresses that hold content instead of naming a place.
const CONTENT: [&str; 2] = ["data:", "javascript:"];

/// An address without its user information, query and fragment.
///
/// Data and script URLs hold content, not an address, and are cut after their type.
#[must_use]
pub fn without_query(url: &str) -> Cow<'_, str> {
    let url = url.trim_start();
    for scheme in CONTENT {
        if url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)) {
            // `data:image/png;base64,…` keeps its media type (RFC 2397), a script nothing.
            let end = if scheme == "data:" { url.find([',', ';']) } else { None };
            return Cow::Borrowed(&url[..end.unwrap_or(scheme.len())]);
        }
    }
    let url = &url[..url.find(['?', '#']).unwrap_or(url.len())];
    match user_info(url) {
        None => Cow::Borrowed(url),
        Some(place) => {
            let mut url = url.to_owned();
            url.replace_range(place, "");
            Cow::Owned(url)
        }
    }
}

/// Where `user:password@` stands in an address (RFC 3986 section 3.2.1).
fn user_info(url: &str) -> Option<Range<usize>> {
    let start = if url.starts_with("//") { 2 } else { url.find("://")? + 3 };
    let authority = &url[start..];
    let authority = &authority[..authority.find('/').unwrap_or(authority.len())];
    Some(start..start + authority.rfind('@')? + 1)
}

/// `text` with the query and fragment of each address in it taken out, as stacks and messages
/// quote addresses: `at f (https://bank/a.js?token=1:2:3)` keeps its line and column. What is
/// between two white spaces, quotes or brackets counts as an address when a `/` stands before
/// its `?` or `#`.
#[must_use]
pub fn without_queries(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.find(ends_address).unwrap_or(rest.len()));
        clean_word(word, &mut out);
        let next = after.find(|c| !ends_address(c)).unwrap_or(after.len());
        out.push_str(&after[..next]);
        rest = &after[next..];
    }
    out
}

fn clean_word(word: &str, out: &mut String) {
    let query = word.find(['?', '#']);
    let is_address = match query {
        Some(at) => word[..at].contains('/') && at + 1 < word.len(),
        None => word.contains('/') || word.contains(':'),
    };
    if !is_address {
        out.push_str(word);
        return;
    }
    out.push_str(&without_query(word));
    if query.is_some() {
        out.push_str(position(word));
    }
}

fn ends_address(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"' | '\'' | '<' | '>' | '`' | '|' | '[' | ']')
}

/// The `:line:column` at the end of an address in a stack, or nothing.
fn position(address: &str) -> &str {
    let digits = |text: &str| text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let mut start = address.len();
    for _ in 0..2 {
        let before = digits(&address[..start]);
        if before == start || !address[..before].ends_with(':') {
            break;
        }
        start = before - 1;
    }
    &address[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_query_and_fragment() {
        assert_eq!(without_query("https://bank/a?b=c#d"), "https://bank/a");
        assert_eq!(without_query("/a#card=1?x"), "/a");
        assert_eq!(without_query("/a"), "/a");
        assert_eq!(without_query("https://me:secret@bank/a@b?c"), "https://bank/a@b");
        assert_eq!(without_query("//me@bank"), "//bank");
        assert_eq!(without_query("mailto:me@bank"), "mailto:me@bank");
        assert_eq!(without_query("data:image/png;base64,AAAA"), "data:image/png");
        assert_eq!(without_query("data:"), "data:");
        assert_eq!(without_query(" DATA:text/plain,secret"), "DATA:text/plain");
        assert_eq!(without_query("javascript:alert('secret')"), "javascript:");
    }

    #[test]
    fn a_stack_keeps_its_positions() {
        let stack = "at f (https://bank/a.js?t=secret:10:20)\nat https://bank/b.js#x=1:3:4";
        assert_eq!(
            without_queries(stack),
            "at f (https://bank/a.js:10:20)\nat https://bank/b.js:3:4"
        );
        assert_eq!(
            without_queries("GET https://me:secret@bank/a failed"),
            "GET https://bank/a failed"
        );
        let message = "Failed to fetch https://bank/api?card=6222 now, are you sure?";
        assert_eq!(without_queries(message), "Failed to fetch https://bank/api now, are you sure?");
    }

    #[test]
    fn an_address_without_a_host_loses_its_query_too() {
        for (text, clean) in [
            ("GET /api/pay?card=6222 failed", "GET /api/pay failed"),
            ("at g (/rel.js?t=secret:1:2)", "at g (/rel.js:1:2)"),
            ("/pay?card=6222", "/pay"),
            ("bank.example/p?tok=1#x", "bank.example/p"),
            ("see \"/a#b\"", "see \"/a\""),
            ("img data:text/plain,secret failed", "img data:text/plain failed"),
        ] {
            assert_eq!(without_queries(text), clean);
        }
    }

    #[test]
    fn what_is_no_address_stays() {
        for text in [
            "",
            "why? because",
            "a://",
            "://?",
            "x ? y : z",
            "and/or?",
            "C#",
            "TypeError: x",
            "1/2",
        ] {
            assert_eq!(without_queries(text), text);
        }
    }
}
