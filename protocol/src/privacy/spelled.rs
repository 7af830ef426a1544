//! Personal numbers in spellings that pages hardly have and somebody who writes a client may: with
//! several or invisible separators, other dots, spaces and hyphens. Only where bodies are read: a page
//! need not carry this.

use super::copy::Copy;
use super::numbers::{self, Number};

/// How often a text is looked at again: who needs more writes for us, not for a reader.
const TURNS_MAX: usize = 4;

/// What `clean` makes of `text`, with the numbers masked too that its reader would see all the
/// same.
pub(super) fn cleaned(text: &str, clean: impl Fn(&str) -> String) -> String {
    // As it was written, unless there is something to mask.
    let dirty = |text: &str| simple(text).filter(|simple| numbers::masked(simple) != *simple);
    let mut cleaned = clean(dirty(text).as_deref().unwrap_or(text));
    // What was cut out may have stood between the groups of one.
    for _ in 0..TURNS_MAX {
        let Some(simple) = dirty(&cleaned) else { break };
        cleaned = clean(&simple);
    }
    cleaned
}

/// `text` with the digits and separators that a number is usually written with, where it has
/// others: no invisible characters, ASCII digits, one space. `None`: it has no others.
fn simple(text: &str) -> Option<String> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let is_double = |pair: &[u8]| pair.iter().all(is_space) || pair.contains(&b'\t');
    if text.is_ascii() && !text.as_bytes().windows(2).any(is_double) {
        return None;
    }
    let mut simple = String::with_capacity(text.len());
    let mut is_other = false;
    // Whether a digit stands before, with nothing but spaces behind it.
    let mut is_in_number = false;
    for char in text.chars() {
        match char {
            '\u{ff10}'..='\u{ff19}' => {
                (is_other, is_in_number) = (true, true);
                simple.extend(char::from_digit(u32::from(char) - 0xff10, 10));
            }
            // Of no width: soft hyphen, joiners, marks of direction, byte order mark.
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {
                is_other = true;
            }
            // Another dot in the middle of a line, or a full-width full stop.
            '\u{2022}' | '\u{2027}' | '\u{30fb}' | '\u{ff0e}' | '\u{ff65}' if is_in_number => {
                (is_other, is_in_number) = (true, false);
                simple.push('.');
            }
            // Another hyphen or dash.
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' if is_in_number => {
                (is_other, is_in_number) = (true, false);
                simple.push('-');
            }
            _ if is_in_number && is_space_in_line(char) => {
                is_other |= char != ' ' || simple.ends_with(' ');
                if !simple.ends_with(' ') {
                    simple.push(' ');
                }
            }
            _ => {
                is_in_number = char.is_ascii_digit();
                simple.push(char);
            }
        }
    }
    is_other.then_some(simple)
}

fn is_space_in_line(char: char) -> bool {
    char.is_whitespace() && !matches!(char, '\n' | '\r' | '\u{b}' | '\u{c}')
}

/// Masks numbers that are written in groups, with whatever separators. `None`: there is none.
fn grouped(text: &str) -> Option<String> {
    let mut copy = Copy::of(text);
    let (mut at, mut is_masked) = (0, false);
    while at < copy.len() {
        if !copy.byte(at).is_ascii_digit() {
            at += 1;
            continue;
        }
        at = match numbers::longest(&copy, at, true) {
            Ok((end, number, _)) => {
                copy.replace(at, end, number.marker());
                is_masked = true;
                end
            }
            Err(next) => next,
        };
    }
    is_masked.then(|| copy.finish())
}

/// What a number of these ASCII digits is.
fn of_digits(digits: &str) -> Number {
    let values: Vec<u8> = digits.bytes().map(|digit| digit - b'0').collect();
    numbers::what(&values)
}

/// A text that is kept as it is, such as a release, unless a card's, identity's or phone's number
/// stands in it as a whole: then that is masked. `None`: none does.
///
/// Releases have dates and the numbers of builds, of which one in ten passes a card's check; so
/// only what begins and is as long as cards that are in use counts as one.
#[must_use]
pub fn mask_in_release(release: &str) -> Option<String> {
    // Most releases have fewer digits than any such number.
    let digits = || release.bytes().filter(u8::is_ascii_digit).count();
    if release.is_ascii() && digits() < numbers::DIGITS_OF_MARKED_MIN {
        return None;
    }
    let simple = simple(release);
    let text = simple.as_deref().unwrap_or(release);
    let mut masked = String::with_capacity(text.len());
    let mut is_masked = false;
    let mut rest = text;
    while !rest.is_empty() {
        let is_digit = |char: char| char.is_ascii_digit();
        let head = rest.find(is_digit).unwrap_or(rest.len());
        let (before, from_digit) = rest.split_at(head);
        masked.push_str(before);
        let len = from_digit.find(|char| !is_digit(char)).unwrap_or(from_digit.len());
        let (digits, behind) = from_digit.split_at(len);
        let number = Some(of_digits(digits)).filter(|number| is_certain(digits, *number));
        is_masked |= number.is_some();
        masked.push_str(number.map_or(digits, |number| number.marker()));
        rest = behind;
    }
    let masked = if is_masked { masked } else { text.to_owned() };
    match grouped(&masked) {
        Some(masked) => Some(masked),
        None => is_masked.then_some(masked),
    }
}

/// Whether a number in a release is what it looks like, and no build or date.
fn is_certain(digits: &str, number: Number) -> bool {
    let head: u32 = digits.get(..2).and_then(|head| head.parse().ok()).unwrap_or(0);
    match (number, digits.len()) {
        (Number::Id | Number::Phone, _) => true,
        // Visa, Mastercard, American Express, UnionPay, Discover, JCB.
        (Number::Card, 16) => matches!(head, 22..=27 | 35 | 40..=49 | 51..=55 | 60 | 62 | 65),
        (Number::Card, 15) => matches!(head, 34 | 37),
        (Number::Card, 17..=19) => head == 62,
        _ => false,
    }
}
