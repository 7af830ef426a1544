//! The part of a message that is the same whoever sees it, in whatever release.

/// Stands for a number or an identifier.
const NUMBER: char = '#';
/// Stands for a name that a minifier may have given.
const NAME: char = '?';

/// Hexadecimal digits from which on a word of them is an identifier.
const HEX_MIN: usize = 8;

/// The first line of `message`, with `#` for numbers, identifiers and what was masked, `?` for
/// minified names (and every other word as short), `<url>` for addresses.
pub(super) fn normalised(message: &str) -> String {
    let mut rest = message.lines().next().unwrap_or_default().trim();
    let mut out = String::with_capacity(rest.len());
    while let Some(first) = rest.chars().next() {
        let length = if let Some(length) = address(rest) {
            out.push_str("<url>");
            length
        } else if let Some(length) = mask(rest) {
            push_number(&mut out);
            length
        } else if is_word(first) {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            word(&mut out, &rest[..length]);
            length
        } else {
            out.push(if first.is_whitespace() { ' ' } else { first });
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    out
}

/// Whether `name` is as short as minifiers make them: up to two characters, or three that no word
/// has, such as `aB1` and `$t_`.
pub(super) fn is_minified(name: &str) -> bool {
    let odd = |c: char| c.is_ascii_digit() || c == '$' || c == '_';
    let mixed = name.bytes().zip(name.bytes().skip(1));
    let is_mixed = mixed.into_iter().any(|(a, b)| a.is_ascii_lowercase() && b.is_ascii_uppercase());
    name.is_ascii() && (name.len() <= 2 || (name.len() == 3 && (is_mixed || name.contains(odd))))
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

fn word(out: &mut String, word: &str) {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_hex = word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let begins_with_digit = word.as_bytes()[0].is_ascii_digit();
    if begins_with_digit || (digits > 0 && is_hex && word.len() >= HEX_MIN) {
        push_number(out);
    } else if is_minified(word) {
        out.push(NAME);
    } else {
        for c in word.chars() {
            if c.is_ascii_digit() { push_number(out) } else { out.push(c) }
        }
    }
}

/// One mark for a number however it is grouped: `1,000.50`, `12:30`, a UUID.
fn push_number(out: &mut String) {
    let before = out.trim_end_matches(['.', ',', ':', '-']);
    if before.ends_with(NUMBER) {
        out.truncate(before.len());
    } else {
        out.push(NUMBER);
    }
}

/// The length of the address that `text` begins with.
fn address(text: &str) -> Option<usize> {
    let end = text.find(|c: char| c.is_whitespace() || "\"'`()<>[]".contains(c));
    let word = &text[..end.unwrap_or(text.len())];
    let scheme = word.find("://")?;
    let is_scheme = scheme > 0
        && word[..scheme].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_scheme.then_some(word.len())
}

/// The length of the mark that `text` begins with, which stands where something was taken out.
fn mask(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('{')?;
    let length = inside.find('}')?;
    let is_mask = length > 0 && inside[..length].bytes().all(|byte| byte.is_ascii_lowercase());
    is_mask.then_some(length + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_makes_way() {
        for (message, expected) in [
            (
                "Cannot read properties of undefined (reading 'balance')",
                "Cannot read properties ? undefined (reading 'balance')",
            ),
            ("t.pay is not a function", "?.pay ? not ? function"),
            ("order 42 of 1,000.50 at 12:30:01", "order # ? # ? #"),
            ("no account {card} for {number}", "no account # for #"),
            ("no 0b8d9d0e-4c1f-4f0a-9a53-0e2f4f5d6a7b", "no #"),
            ("Loading chunk 17 failed.\n(error: https://b/17.js)", "Loading chunk # failed."),
            ("at https://bank.example/a/b.js:10:2 (x)", "? <url> (?)"),
            ("余额不足: 100 元", "余额不足: # 元"),
            ("", ""),
        ] {
            let expected = expected.replace("no ", "? ");
            assert_eq!(normalised(message), expected, "{message}");
        }
    }

    #[test]
    fn short_names_are_minified() {
        for name in ["", "t", "e7", "$", "aB1", "tQe", "$_a"] {
            assert!(is_minified(name), "{name}");
        }
        for name in ["pay", "URL", "Set", "payNow", "付"] {
            assert!(!is_minified(name), "{name}");
        }
    }
}
