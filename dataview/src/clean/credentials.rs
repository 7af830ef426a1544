//! Secrets in anybody's words: `token=…`, `"password": "…"`, `Authorization: Bearer …`, cookies, and
//! what is known as a secret by its shape. A scanner that knows names, separators and quotes of the
//! usual formats of logs; what is taken for a secret makes way for `{secret}`.
//!
//! Where it cannot be told how far a value goes, too much goes rather than too little: a quote that
//! does not end takes all behind it, a cookie the rest of its line.

use super::secret::names_secret;
use super::shapes::{is_of_scheme, of_shape};
use std::borrow::Cow;
use std::ops::Range;

/// What stands where a secret stood.
const MASK: &str = "{secret}";

/// Headers whose value is the rest of the line.
const HEADERS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// Words of other scripts that name a secret.
const NAMES: [&str; 5] = ["密码", "口令", "令牌", "密钥", "验证码"];

/// Words before which something is the scheme of what follows, as in `token: Bearer …`.
const SCHEMES: [&str; 4] = ["bearer", "basic", "digest", "token"];

/// The text without secrets. Twice is once.
pub(super) fn without_secrets(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let (mut at, mut kept) = (0, 0);
    while at < text.len() {
        let end = word_end(text, at);
        match secret(text, at, end) {
            Some(found) => {
                out.push_str(&text[kept..found.start]);
                out.push_str(MASK);
                (at, kept) = (found.end, found.end);
            }
            None => at = end,
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[kept..]);
    Cow::Owned(out)
}

/// Where the word at `at` ends; a character that is of no word is one by itself.
fn word_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let begins = rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let len = match begins {
        true => rest.find(|c| !is_part(c)).unwrap_or(rest.len()),
        false => NAMES
            .iter()
            .find(|name| rest.starts_with(**name))
            .map_or_else(|| rest.chars().next().map_or(1, char::len_utf8), |name| name.len()),
    };
    at + len
}

/// The secret that the word at `at..end` is, or names.
fn secret(text: &str, at: usize, end: usize) -> Option<Range<usize>> {
    if let Some(found) = of_shape(text, at, end) {
        return Some(found);
    }
    let word = text[at..end].trim_end_matches(['.', '-']);
    if let Some(token) = credentials(text, word, end) {
        return Some(token);
    }
    let is_named = NAMES.contains(&word) || names_secret(word);
    let value = is_named.then(|| separated(text, at, end)).flatten()?;
    if text[value.begin..].starts_with(MASK) {
        return None;
    }
    let is_header = HEADERS.iter().any(|header| word.eq_ignore_ascii_case(header));
    // The quote before a header is around all of it: `-H "Cookie: a=b"`.
    let around = text[..at].chars().next_back().filter(|c| matches!(c, '"' | '\''));
    let found = value.extent(text, is_header.then_some(around));
    (!found.is_empty()).then_some(found)
}

/// What stands behind `Bearer` and its like, where it is none of a sentence's words.
fn credentials(text: &str, word: &str, end: usize) -> Option<Range<usize>> {
    let rest = text[end..].trim_start_matches(' ');
    let begin = text.len() - rest.len();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "._~+/=-".contains(c);
    let token = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
    (begin > end && is_of_scheme(word, token)).then(|| begin..begin + token.len())
}

/// A value, and how it is quoted.
struct Value<'a> {
    begin: usize,
    /// What ends it; with `\` before it where the text is a quoted text itself.
    quote: Option<&'a str>,
}

/// The value behind a name: `name=`, `"name": "`, `name => '`, `<name>`, `--name `, `密码是`.
fn separated(text: &str, at: usize, end: usize) -> Option<Value<'_>> {
    let is_option = text[..at].ends_with("--");
    let is_element = text[..at].ends_with('<');
    let bare = text[end..].trim_start_matches([' ', '\t', '\\', '"', '\'', ']']);
    let is_spaced = bare.len() < text.len() - end;
    let separators = ["=>", ":=", "==", "=", ":", "：", "＝", "是", "为"];
    let behind = match separators.iter().find_map(|separator| bare.strip_prefix(separator)) {
        Some(behind) => behind,
        None if is_element => bare.strip_prefix('>')?,
        None if is_option && is_spaced => bare,
        None => return None,
    };
    let value = behind.trim_start_matches([' ', '\t', '[', '(']);
    let quoted = value.trim_start_matches('\\');
    let quote = quoted.get(..1).filter(|quote| matches!(*quote, "\"" | "'" | "`"));
    let Some(quote) = quote else {
        return Some(Value { begin: text.len() - value.len(), quote: None });
    };
    let escapes = value.len() - quoted.len();
    let open = &value[..escapes + quote.len()];
    Some(Value { begin: text.len() - value.len() + open.len(), quote: Some(open) })
}

impl Value<'_> {
    /// Where it lies; of a header with the quote before its name.
    fn extent(&self, text: &str, header: Option<Option<char>>) -> Range<usize> {
        let rest = &text[self.begin..];
        let len = match (self.quote, header) {
            (Some(quote), _) => quoted_len(rest, quote),
            (None, Some(around)) => {
                let ends = |c: char| matches!(c, '\n' | '\r') || Some(c) == around;
                rest.find(ends).unwrap_or(rest.len())
            }
            (None, None) => bare_len(rest),
        };
        self.begin..self.begin + len
    }
}

/// Up to the quote that ends it: one that no further `\` stands before.
fn quoted_len(rest: &str, quote: &str) -> usize {
    let ends = rest.match_indices(quote).map(|(at, _)| at);
    let is_end = |at: &usize| {
        let escapes = rest[..*at].bytes().rev().take_while(|byte| *byte == b'\\').count();
        // `\\` is a character of the value.
        escapes.is_multiple_of(2)
    };
    ends.into_iter().find(is_end).unwrap_or(rest.len())
}

/// Up to what ends a bare value; behind the name of a scheme the next word is of it too.
fn bare_len(rest: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || ",;&)}]\"'<>|，；。".contains(c);
    let len = rest.find(ends).unwrap_or(rest.len());
    let is_scheme = SCHEMES.iter().any(|scheme| rest[..len].eq_ignore_ascii_case(scheme));
    let behind = rest[len..].trim_start_matches(' ');
    if is_scheme && behind.len() < rest.len() - len {
        return rest.len() - behind.len() + behind.find(ends).unwrap_or(behind.len());
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(without_secrets(text), expected, "{text}");
        assert_eq!(without_secrets(expected), expected, "twice is once");
    }

    #[test]
    fn secrets_are_known_by_their_names() {
        check("login token=abc123 failed", "login token={secret} failed");
        check("a?access_token=x&b=1", "a?access_token={secret}&b=1");
        check("password: hunter2, user: 7", "password: {secret}, user: 7");
        check(r#"{"password" : "hun\"ter2","n":1}"#, r#"{"password" : "{secret}","n":1}"#);
        check(r#""{\"apiKey\":\"k1\",\"n\":\"2\"}""#, r#""{\"apiKey\":\"{secret}\",\"n\":\"2\"}""#);
        check("{'client_secret': 'a b', 'n': 1}", "{'client_secret': '{secret}', 'n': 1}");
        check("X-Api-Key: 77 next", "X-Api-Key: {secret} next");
        check("<password>hunter2</password>", "<password>{secret}</password>");
        check("run --password hunter2 -v", "run --password {secret} -v");
        check("map[passwd:hunter2 n:1]", "map[passwd:{secret} n:1]");
        check("密码：hunter2，用户 7", "密码：{secret}，用户 7");
        check("您的验证码是 123456。", "您的验证码是 {secret}。");
        check("JSESSIONID=0A1B; Path=/", "JSESSIONID={secret}; Path=/");
        check("secret=\"never ends", "secret=\"{secret}");
        check("token: Bearer abc.def, n", "token: {secret}, n");
    }

    #[test]
    fn headers_go_to_their_lines_end() {
        check(
            "Authorization: Digest u=\"a\", r=\"b\"\nHost: b",
            "Authorization: {secret}\nHost: b",
        );
        check("curl -H 'Authorization: Basic dTpw' a", "curl -H 'Authorization: {secret}' a");
        check("Set-Cookie: sid=1; Path=/\r\nHost: b", "Set-Cookie: {secret}\r\nHost: b");
        check("cookie=a=1; b=2", "cookie={secret}");
        check(r#"{"cookie":"a=1; b=2","n":1}"#, r#"{"cookie":"{secret}","n":1}"#);
        check("sent Authorization: Basic dTpw to it", "sent Authorization: {secret}");
    }

    #[test]
    fn what_names_none_stays() {
        for text in [
            "the password is wrong",
            "token count: 5",
            "a spinner: 3, shipping: 7, keyboard=qwerty",
            "Bearer authentication is required",
            "Basic authentication failed",
            "monkey: 1, max tokens: 512",
            "cookies were refused",
            "https://bank.example/a/b.c@2x.png",
            "",
            "password=",
        ] {
            check(text, text);
        }
    }

    proptest! {
        #[test]
        fn a_named_value_never_comes_through(
            name in "password|accessToken|client_secret|pwd|X-Api-Key|authorization",
            before in "\\PC{0,12} ",
            separator in "=|: |\":\"|\\\\\":\\\\\"|=>'|：",
        ) {
            let text = format!("{before}{name}{separator}QQQQ7");
            let clean = without_secrets(&text);
            prop_assert!(!clean.contains("QQQQ7"), "{text} -> {clean}");
        }

        #[test]
        fn any_text_is_read_and_twice_is_once(text in "[a-z=:\"'\\\\ <>{}密码是]{0,60}|(token|password|Bearer|cookie|[=:\"' \\\\]){0,12}") {
            let once = without_secrets(&text).into_owned();
            let twice = without_secrets(&once).into_owned();
            prop_assert_eq!(&twice, &once);
        }
    }
}
