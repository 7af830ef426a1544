//! Secrets that are known by how they look.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use std::ops::Range;

/// How keys of well-known issuers begin, and how many letters and figures follow at least: AWS,
/// GitHub, GitLab, Slack, Stripe, Google, Aliyun, Tencent Cloud.
const PREFIXES: [(&str, usize); 18] = [
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("xoxb-", 10),
    ("xoxa-", 10),
    ("xoxp-", 10),
    ("sk_live_", 10),
    ("rk_live_", 10),
    ("sk_test_", 10),
    ("AIza", 30),
    ("LTAI", 12),
    ("AKID", 13),
];

/// The beginning of a private key.
const PEM: &str = "-----BEGIN ";

/// A token without any figure is one from this length on; shorter ones are words.
const WORD_CHARS_MAX: usize = 20;

/// Letters and figures of a token, at least.
const TOKEN_CHARS_MIN: usize = 6;

/// The secret at `at`, whose word ends at `end`.
pub(super) fn of_shape(text: &str, at: usize, end: usize) -> Option<Range<usize>> {
    let (word, rest) = (&text[at..end], &text[at..]);
    if is_jwt(word) || has_prefix(word) {
        return Some(at..end);
    }
    if rest.starts_with("://") {
        return user_information(rest).map(|found| at + found.start..at + found.end);
    }
    if rest.starts_with(PEM) {
        let line = &rest[..rest.find("KEY-----")?];
        let is_private = line.len() < 64 && line.contains("PRIVATE ");
        let last = rest.find("-----END ").map_or(rest.len(), |last| {
            rest[last + 9..].find("-----").map_or(rest.len(), |more| last + 9 + more + 5)
        });
        return is_private.then(|| at..at + last);
    }
    None
}

/// Three parts in base64url, of which the first is an object of JSON (RFC 7519); the last is empty
/// where nobody has signed, and missing where a bound has cut it off.
fn is_jwt(word: &str) -> bool {
    let is_part = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let mut parts = word.split('.');
    let header = parts.next().is_some_and(|it| it.starts_with("eyJ") && it.len() >= 10);
    header && parts.next().is_some_and(|it| it.starts_with("eyJ")) && word.split('.').all(is_part)
}

fn has_prefix(word: &str) -> bool {
    let is_key = |rest: &str, least: usize| {
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        rest.bytes().take_while(part).count() >= least
    };
    PREFIXES
        .iter()
        .any(|(prefix, least)| word.strip_prefix(prefix).is_some_and(|rest| is_key(rest, *least)))
}

/// User and password of an address whose `://` is at the beginning.
fn user_information(rest: &str) -> Option<Range<usize>> {
    let ends = |c: char| c.is_whitespace() || "/?#\"'<>,;".contains(c);
    let authority = &rest[3..];
    let authority = &authority[..authority.find(ends).unwrap_or(authority.len())];
    let user = &authority[..authority.rfind('@')?];
    (user.contains(':') && user != "{secret}").then(|| 3..3 + user.len())
}

/// Whether `token` is one of the scheme called `word`, and no word of a sentence.
pub(super) fn is_of_scheme(word: &str, token: &str) -> bool {
    let letters = token.bytes().filter(u8::is_ascii_alphanumeric).count();
    if word.eq_ignore_ascii_case("bearer") {
        return letters >= TOKEN_CHARS_MIN
            && (token.len() > WORD_CHARS_MAX || token.bytes().any(|byte| byte.is_ascii_digit()));
    }
    word.eq_ignore_ascii_case("basic")
        && [STANDARD.decode(token), STANDARD_NO_PAD.decode(token)]
            .into_iter()
            .flatten()
            .any(|decoded| decoded.contains(&b':'))
}

#[cfg(test)]
mod tests {
    use super::super::credentials::without_secrets;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(without_secrets(text), expected, "{text}");
        assert_eq!(without_secrets(expected), expected, "twice is once");
    }

    #[test]
    fn secrets_are_known_by_their_shape() {
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1g";
        check(&format!("got {jwt}, refused"), "got {secret}, refused");
        check(&format!("/pay/{jwt}/x"), "/pay/{secret}/x");
        check("Bearer mF_9.B5f-4.1JqM~x/+= sent", "Bearer {secret} sent");
        check("BEARER abcdefghijklmnopqrstuvwxyz", "BEARER {secret}");
        check("used Basic dXNlcjpwYXNz there", "used Basic {secret} there");
        check("key AKIAIOSFODNN7EXAMPLE.", "key {secret}");
        check("ghp_0123456789abcdefghij0123456789abcdef", "{secret}");
        check("redis://app:hunter2@10.0.0.1:6379/0", "redis://{secret}@10.0.0.1:6379/0");
        check(
            "a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b",
            "a {secret} b",
        );
        check("a -----BEGIN PRIVATE KEY-----\nMIIE", "a {secret}");
    }

    #[test]
    fn what_only_looks_like_one_stays() {
        for text in [
            "eyJust a word.eyJ",
            "AKIA is a prefix",
            "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
            "mailto://a@b",
        ] {
            check(text, text);
        }
    }
}
