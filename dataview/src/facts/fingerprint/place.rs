//! The part of a stack that is the same in every release.

use super::super::limits::STACK_FRAMES_MAX;
use super::message::is_minified;
use dna_protocol::stack::{Frame, frames};

/// Characters of the hash that bundlers put behind a name (Rollup, Vite, esbuild, webpack's
/// `[contenthash:8]`).
const HASH_CHARS: usize = 8;

/// What files are called that hold what others have written.
const NOT_IN_APP: [&str; 8] = [
    "vendor",
    "chunk-vendor",
    "polyfill",
    "framework",
    "runtime",
    "dna.js",
    "dna-core",
    "dna-mini",
];

/// File and function of the innermost frame that is the application's own; of any, where none is.
pub(super) fn of<'a>(stack: &'a str, file: &str) -> (String, &'a str) {
    let all = || frames(stack).take(STACK_FRAMES_MAX);
    match all().find(is_in_app).or_else(|| all().next()) {
        Some(frame) => (file_name(frame.file), function_name(frame.function)),
        None => (file_name(file), ""),
    }
}

fn is_in_app(frame: &Frame<'_>) -> bool {
    let name = frame.file.rsplit('/').next().unwrap_or_default();
    let is_foreign = frame.file.contains("/node_modules/") || frame.file.contains("-extension://");
    !is_foreign && !NOT_IN_APP.iter().any(|begin| name.starts_with(begin))
}

/// A file's name without its folders, hashes and numbers; empty where an address names no file,
/// as of a script within a page.
pub(super) fn file_name(address: &str) -> String {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    let name = path.rsplit_once('/').map_or("", |(_, name)| name);
    let Some((stem, extension)) = name.rsplit_once('.') else { return String::new() };
    let stem = without_hash(stem);
    let parts = stem.split(['.', '-', '_', '~']).filter(|part| !is_hash(part));
    let parts = parts.map(|part| part.trim_end_matches(|c: char| c.is_ascii_digit()));
    let mut file = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
    file.push('.');
    file.push_str(extension);
    file
}

/// `stem` without the hash behind its last `-` or `.`, which may have a `-` or `_` of its own.
fn without_hash(stem: &str) -> &str {
    let Some(at) = stem.len().checked_sub(HASH_CHARS + 1) else { return stem };
    let Some((name, tail)) = stem.split_at_checked(at) else { return stem };
    let Some(hash) = tail.strip_prefix(['-', '.']) else { return stem };
    let is_code = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_word = hash.bytes().skip(1).all(|byte| byte.is_ascii_lowercase());
    if hash.bytes().all(is_code) && !is_word { name } else { stem }
}

/// Whether a part of a name is hexadecimal digits as a hash has them, or too long for a word.
fn is_hash(part: &str) -> bool {
    let has_digit = part.bytes().any(|byte| byte.is_ascii_digit());
    let is_hex = part.bytes().all(|byte| byte.is_ascii_hexdigit());
    has_digit && ((is_hex && part.len() >= 6) || part.len() >= 16)
}

/// The last part of a function's name; empty where a minifier may have given it.
fn function_name(name: &str) -> &str {
    let name = name.split(" [as ").next().unwrap_or_default();
    let name = name.strip_prefix("new ").unwrap_or(name);
    let name = name.rsplit(['.', '/', ' ', '#']).next().unwrap_or_default();
    let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$');
    if is_name && !is_minified(name) { name } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_lose_what_a_release_changes() {
        for (address, expected) in [
            ("https://b.example/app.js", "app.js"),
            ("https://b.example/static/js/main.3f2a91bc.js", "main.js"),
            ("https://b.example/static/js/2.1a2b3c4d.chunk.js", "chunk.js"),
            ("https://cdn/assets/index-BxKzdqaF.js", "index.js"),
            ("https://cdn/assets/index-C-x3_fA9.js", "index.js"),
            ("https://cdn/chunk-2ZCQXV3U.js", "chunk.js"),
            ("https://cdn/jquery-3.6.1.min.js", "jquery.min.js"),
            ("https://cdn/my-settings.js", "my.settings.js"),
            ("https://cdn/main-app-5d41402abc4b2a76b9719d911017c592.js", "main.app.js"),
            ("https://b.example/accounts/42", ""),
            ("/app.js?v=3", "app.js"),
            ("", ""),
        ] {
            assert_eq!(file_name(address), expected, "{address}");
        }
    }

    #[test]
    fn functions_are_named_by_their_last_part() {
        for (name, expected) in [
            ("Cart.pay", "pay"),
            ("t.pay", "pay"),
            ("new Cart", "Cart"),
            ("Object.pay [as onClick]", "pay"),
            ("t", ""),
            ("e.$a", ""),
            ("", ""),
        ] {
            assert_eq!(function_name(name), expected, "{name}");
        }
    }

    #[test]
    fn what_others_wrote_is_passed_over() {
        let stack = "Error: x\n    at e (https://b/vendors.1a2b3c4d.js:1:2)\n    at pay (https://b/app.js:1:2)";
        assert_eq!(of(stack, ""), ("app.js".to_owned(), "pay"));
        let stack = "Error: x\n    at fail (https://b/vendors.js:1:2)";
        assert_eq!(of(stack, ""), ("vendors.js".to_owned(), "fail"));
        assert_eq!(of("", "https://b/app.js"), ("app.js".to_owned(), ""));
    }
}
