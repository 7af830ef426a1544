//! Personal numbers in spellings that pages hardly have and somebody who writes a client may: with
//! dots and commas between their groups, with several or invisible separators, in full-width
//! digits. Only where bodies are read: a page need not carry this.

use super::numbers::{self, CARD, DIGITS_TOLD, ID, NUMBER, PHONE};

/// Groups that a number may be written in: one a digit.
const GROUPS_MAX: usize = DIGITS_TOLD;

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
    grouped(&cleaned).unwrap_or(cleaned)
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

/// A group of digits, as places in the text.
#[derive(Clone, Copy, Default)]
struct Group {
    from: usize,
    to: usize,
}

impl Group {
    fn len(self) -> usize {
        self.to - self.from
    }
}

/// Masks numbers that are written in groups with other separators. Amounts, versions, addresses
/// and dates are written so too, so it must be a card's, identity's or phone's number, in groups
/// as those have. `None`: there is none.
fn grouped(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let (mut out, mut done, mut at) = (String::new(), 0, 0);
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let (groups, count) = groups(bytes, at);
        let groups = groups.get(..count).unwrap_or_default();
        match first_number(bytes, groups) {
            Some((from, to, marker)) => {
                out.push_str(text.get(done..from).unwrap_or_default());
                out.push_str(marker);
                (done, at) = (to, to);
            }
            // A number may begin in any later group.
            None => at = groups.first().map_or(at + 1, |group| group.to),
        }
    }
    if done == 0 {
        return None;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Some(out)
}

/// The groups from `at` on that may be of one number, and how many they are.
fn groups(bytes: &[u8], mut at: usize) -> ([Group; GROUPS_MAX], usize) {
    let mut groups = [Group::default(); GROUPS_MAX];
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let mut count = 0;
    for group in &mut groups {
        let from = at;
        while byte(at).is_ascii_digit() {
            at += 1;
        }
        if from == at {
            break;
        }
        *group = Group { from, to: at };
        count += 1;
        // One or two: `6222, 0212`.
        let is_separator = |byte: u8| matches!(byte, b'.' | b',' | b'_' | b' ' | b'-');
        while is_separator(byte(at)) && at < group.to + 2 {
            at += 1;
        }
    }
    (groups, count)
}

/// The longest number that the first of `groups` begins: its place, and what it is.
fn first_number(bytes: &[u8], groups: &[Group]) -> Option<(usize, usize, &'static str)> {
    let from = groups.first()?.from;
    (2..=groups.len()).rev().find_map(|count| {
        let groups = groups.get(..count)?;
        let total: usize = groups.iter().map(|group| group.len()).sum();
        if !(11..=DIGITS_TOLD).contains(&total) {
            return None;
        }
        // A thousand is written in threes, a date and an address in less.
        let (_, but_last) = groups.split_last()?;
        let is_long = but_last.iter().all(|group| group.len() >= 4);
        let mut lens = groups.iter().rev().map(|group| group.len());
        let is_phone = [4, 4, 3].iter().all(|len| lens.next() == Some(*len));
        if !is_long && !is_phone {
            return None;
        }
        let mut values = [0; DIGITS_TOLD];
        let digits = groups.iter().flat_map(|group| bytes.get(group.from..group.to)).flatten();
        for (value, digit) in values.iter_mut().zip(digits) {
            *value = digit - b'0';
        }
        let marker = numbers::what(values.get(..total)?);
        let is_one = if marker == PHONE { is_phone } else { is_long && marker != NUMBER };
        is_one.then_some((from, groups.last()?.to, marker))
    })
}

/// What a number of these ASCII digits is.
fn of_digits(digits: &str) -> &'static str {
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
        let marker = Some(of_digits(digits)).filter(|marker| is_certain(digits, marker));
        is_masked |= marker.is_some();
        masked.push_str(marker.unwrap_or(digits));
        rest = behind;
    }
    let masked = if is_masked { masked } else { text.to_owned() };
    match grouped(&masked) {
        Some(masked) => Some(masked),
        None => is_masked.then_some(masked),
    }
}

/// Whether a number in a release is what `marker` says, and no build or date.
fn is_certain(digits: &str, marker: &str) -> bool {
    let head: u32 = digits.get(..2).and_then(|head| head.parse().ok()).unwrap_or(0);
    match (marker, digits.len()) {
        (ID | PHONE, _) => true,
        // Visa, Mastercard, American Express, UnionPay, Discover, JCB.
        (CARD, 16) => matches!(head, 22..=27 | 35 | 40..=49 | 51..=55 | 60 | 62 | 65),
        (CARD, 15) => matches!(head, 34 | 37),
        (CARD, 17..=19) => head == 62,
        _ => false,
    }
}
