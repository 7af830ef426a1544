//! A quick look at texts that have nothing to clean, as most have not. Only where bodies of many
//! clients are read: a page has few texts, and would have to carry this.

use super::openids::LENGTH_MIN;

/// What a byte is to the scanners.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    /// Ends a number.
    Other,
    Digit,
    /// May stand in a number: a space, a hyphen, a dot, a comma, what is no ASCII.
    Separator,
    /// Begins a query, a fragment, what is encoded, or is the `@` of an address.
    Sign,
    Colon,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut digit = b'0';
    while digit <= b'9' {
        classes[digit as usize] = Class::Digit;
        digit += 1;
    }
    classes[b' ' as usize] = Class::Separator;
    classes[b'\t' as usize] = Class::Separator;
    classes[b'-' as usize] = Class::Separator;
    classes[b'.' as usize] = Class::Separator;
    classes[b',' as usize] = Class::Separator;
    classes[b'_' as usize] = Class::Separator;
    let mut other = 0x80;
    while other <= 0xff {
        classes[other] = Class::Separator;
        other += 1;
    }
    classes[b'?' as usize] = Class::Sign;
    classes[b'#' as usize] = Class::Sign;
    classes[b'@' as usize] = Class::Sign;
    classes[b'%' as usize] = Class::Sign;
    classes[b':' as usize] = Class::Colon;
    classes
};

/// Whether cleaning certainly leaves `text` as it is: it has no query, fragment, user information
/// or e-mail address, holds no data or script, no nine digits that might be of one number, and no word
/// that might be an openid. `false` says nothing.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    let mut digits = 0;
    let mut before = 0;
    for byte in text.bytes() {
        match CLASSES[usize::from(byte)] {
            Class::Other => digits = 0,
            Class::Digit => digits += 1,
            // The end of a full-width digit, U+FF10 to U+FF19, or of another character.
            Class::Separator if before == 0xbc && matches!(byte, 0x90..=0x99) => digits += 1,
            Class::Separator => {}
            Class::Sign => return false,
            // `data:` and `javascript:`, in any case.
            Class::Colon if matches!(before | 32, b'a' | b't') => return false,
            Class::Colon => digits = 0,
        }
        if digits >= super::numbers::DIGITS_MIN {
            return false;
        }
        before = byte;
    }
    // Addresses lose the white space before them.
    !text.starts_with(|first: char| first.is_ascii_whitespace()) && !has_mixed_word(text.as_bytes())
}

/// Whether a word that is as long as an openid has upper case, and lower case or figures. Looks at the end of where
/// one could stand first, so most of a text is passed over.
fn has_mixed_word(text: &[u8]) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let mut from = 0;
    while let Some(place) = text.get(from..from + LENGTH_MIN) {
        if let Some(at) = place.iter().rposition(|byte| !is_word(byte)) {
            from += at + 1;
            continue;
        }
        let word = text.get(from..).unwrap_or_default();
        let word = word.split(|byte| !is_word(byte)).next().unwrap_or_default();
        let is_other = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if word.iter().any(u8::is_ascii_uppercase) && word.iter().any(is_other) {
            return true;
        }
        from += word.len();
    }
    false
}
