//! Whatever the text: cleaning twice is cleaning once, and no spelling of a card gets through.

use dna_protocol::privacy::{clean_address, clean_text, clean_url, is_plain};
use proptest::prelude::*;

/// A card number of `len` digits that passes its check.
fn card(seed: &[u8], len: usize) -> String {
    let mut digits: Vec<u8> = seed.iter().cycle().take(len - 1).map(|byte| byte % 10).collect();
    digits.push(0);
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let value = u32::from(*digit) * if at % 2 == 1 { 2 } else { 1 };
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    *digits.last_mut().expect("digits") = ((10 - sum % 10) % 10) as u8;
    digits.iter().map(|digit| char::from(b'0' + digit)).collect()
}

const SEPARATORS: [&str; 8] = [" ", "-", "%20", "\u{a0}", "  ", "\u{200b}", "\u{2060}", "\u{3000}"];

/// `card` with separators after some of its digits.
fn spelt(card: &str, separators: &[u8]) -> String {
    let mut text = String::new();
    for (digit, separator) in card.chars().zip(separators) {
        text.push(digit);
        text.push_str(SEPARATORS.get(usize::from(*separator)).unwrap_or(&""));
    }
    text
}

const ESCAPES: [&str; 8] = ["%40", "%3D", "%22", "%25", "%", "\\", "\\n", "\\u0022"];

const OPENIDS: [&str; 4] = [
    "o6zAJs5tGhK_LQz1xF4pPq0wErTy",
    "_000Hqnyyz5UYe39YWBZwFnaQGfyaoh3s4IY",
    "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5",
    "E4F4AEA33253A2797FB897C50B81D7ED",
];

/// What the scanners look for.
const PIECES: &[&str] = &[
    "?",
    "#",
    "=",
    "/",
    "//",
    "://",
    ":",
    "@",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    " ",
    "\n",
    "'",
    "\"",
    "-",
    "%20",
    "\u{a0}",
    "\u{200b}",
    "\u{2060}",
    "  ",
    "\t",
    "_",
    "１",
    "６２２２",
    "·",
    "，",
    ".",
    "..",
    "+",
    "+86",
    "x",
    "X",
    "a",
    "ab",
    "cn",
    ".cn",
    "data:",
    "javascript:",
    "data:a/",
    ",",
    ";",
    "1",
    "12",
    "123",
    "1234",
    "12345678",
    "123456789",
    "13800138000",
    "4111111111111111",
    "19900307",
    "abcdefabcdef",
    "0123456789",
    "}",
    "{",
    "银",
    "\0",
    "{card}",
    "https://",
    "me@bank.cn",
    ":1:2",
];

/// Texts of these pieces.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES);
    let (escapes, openids) = (&ESCAPES[..], &OPENIDS[..]);
    let piece = prop_oneof![
        12 => piece,
        2 => prop::sample::select(escapes),
        1 => prop::sample::select(openids),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    /// The quick look never passes what the scanners would change.
    #[test]
    fn what_looks_plain_is_clean(
        text in prop_oneof![pieces(), any::<String>(), "[ a-zA-Z0-9:/.\u{a0}-]{0,40}"]
    ) {
        if is_plain(&text) {
            prop_assert_eq!(clean_text(&text), text.clone());
            prop_assert_eq!(clean_url(&text, "lang"), text.clone());
            prop_assert_eq!(clean_address(&text), text);
        }
    }

    #[test]
    fn twice_is_once(text in prop_oneof![pieces(), any::<String>()]) {
        let clean = clean_text(&text);
        prop_assert!(clean.len() <= text.len() + text.len() / 2, "{:?} grew to {:?}", text, clean);
        prop_assert_eq!(clean_text(&clean), clean, "{:?}", text);
        let clean = clean_address(&text);
        prop_assert!(clean.len() <= text.len() + text.len() / 2);
        prop_assert_eq!(clean_address(&clean), clean, "{:?}", text);
    }

    #[test]
    fn no_card_survives(
        before in pieces(),
        after in pieces(),
        seed in prop::array::uniform18(0u8..10),
        len in 13usize..=19,
        separators in prop::collection::vec(0u8..24, 19),
        grouped in any::<bool>(),
    ) {
        let card = card(&seed, len);
        let spelt = if grouped { spelt(&card, &separators) } else { card.clone() };
        let invisible = [' ', '-', '\u{a0}', '\u{200b}', '\u{2060}', '\u{3000}'];
        let spelt = spelt.trim_end_matches(invisible);
        for text in [format!("{before}{spelt}{after}"), format!("{before} {spelt} {after}")] {
            for clean in [clean_text(&text), clean_address(&text)] {
                let digits: String = clean
                    .replace("%20", "")
                    .chars()
                    .filter(|c| !invisible.contains(c))
                    .collect();
                prop_assert!(!digits.contains(&card), "{:?} became {:?}", text, clean);
            }
        }
    }
}

proptest! {
    #[test]
    fn addresses_with_parameters_are_cleaned_once_and_for_all(
        url in "(https://b|/a)[a-z/?#&=@% ]{0,6}[?]((lang|id|t)=?[0-9a-z/?#&=@%+ ]{0,12}&?){0,4}"
    ) {
        let clean = clean_url(&url, "lang,id");
        prop_assert_eq!(clean_url(&clean, "lang,id"), clean.clone());
        prop_assert!(!clean.contains('#'));
        // A path may have these signs too.
        let query = clean.split_once('?').map_or("", |(_, query)| query);
        prop_assert!(!query.starts_with("t=") && !query.contains("&t="));
    }
}
