//! Numbers that belong to a person, e-mail addresses, and openids.
//!
//! A number may be written in groups with one space, no-break space, `%20` or hyphen between,
//! as cards are. Nine digits are enough to mask it: what it is only decides the marker. With dots,
//! commas and the like between are amounts, dates and addresses too, so those are looked at closely.
//! A digit may be a full-width one.

use super::copy::Copy;
use super::openids::{self, OPENID};

/// What a number is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Number {
    Card,
    Id,
    Phone,
    /// Another long one.
    Other,
}

impl Number {
    /// What stands in its place.
    pub(super) fn marker(self) -> &'static str {
        match self {
            Self::Card => "{card}",
            Self::Id => "{id}",
            Self::Phone => "{phone}",
            Self::Other => "{number}",
        }
    }
}

const EMAIL: &str = "{email}";

/// Digits from which on a number is masked: with eight are dates and amounts.
pub(super) const DIGITS_MIN: usize = 9;

/// Digits that are looked at to tell what a number is: the longest card has 19.
pub(super) const DIGITS_TOLD: usize = 20;

/// The fewest digits of a number that [`what`] has a name for: a phone's.
pub(super) const DIGITS_OF_MARKED_MIN: usize = 11;

/// A hash, as bundlers put it into the names of files and traces have it: so many hex digits at
/// least and at most (SHA-512), so many of them letters, and no more decimal digits in a row
/// than any card, identity or phone number has.
const HASH_MIN: usize = 20;
const HASH_MAX: usize = 128;
const HASH_LETTERS_MIN: usize = 4;
const HASH_RUN_MAX: usize = 10;

/// `text` with each personal number, e-mail address and openid replaced by what it is.
pub(super) fn masked(text: &str) -> String {
    let mut copy = Copy::of(text);
    let mut at = 0;
    // The run of characters that an e-mail address may begin with, and where the address ends.
    let (mut local, mut email) = (0, 0);
    while at < copy.len() {
        let before = copy.before(at);
        if !is_local(before) && at >= local {
            local = skip(&copy, at, is_local);
            email = email_end(&copy, local);
        }
        if !is_local(before) && at < local && local < email {
            copy.replace(at, email, EMAIL);
            at = email;
            continue;
        }
        let begins = !before.is_ascii_alphanumeric();
        if begins && let Some(end) = openids::end(&copy, at) {
            copy.replace(at, end, OPENID);
            at = end;
            continue;
        }
        if let Some((from, end)) = openids::behind_escape(&copy, at) {
            copy.replace(from, end, OPENID);
            at = end;
            continue;
        }
        at = match hash_end(&copy, at) {
            Some(end) if begins => end,
            _ if digit(&copy, at).is_some() => mask_number(&mut copy, at),
            _ => at + 1,
        };
    }
    copy.finish()
}

/// The digits of a number, the first [`DIGITS_TOLD`] of them, and how many they are.
#[derive(Default)]
struct Told {
    digits: [u8; DIGITS_TOLD],
    count: usize,
}

impl Told {
    /// Reads the digits from `at` on; returns where they end.
    fn read(&mut self, copy: &Copy<'_>, mut at: usize) -> usize {
        while let Some((value, len)) = digit(copy, at) {
            if let Some(digit) = self.digits.get_mut(self.count) {
                *digit = value;
            }
            self.count += 1;
            at += len;
        }
        at
    }
}

/// Masks the number that begins at `at` when it is a long one. Returns where to go on.
fn mask_number(copy: &mut Copy<'_>, at: usize) -> usize {
    let (mut end, mut number, count) = match longest(copy, at, false) {
        Ok(found) => found,
        Err(next) => return next,
    };
    let checked = count == 17 && copy.byte(end) | 32 == b'x';
    if checked && !copy.byte(end + 1).is_ascii_alphanumeric() {
        end += 1;
        number = Number::Id;
    }
    let plus = number == Number::Phone && copy.before(at) == b'+';
    copy.replace(at - usize::from(plus), end, number.marker());
    end
}

/// The longest number that begins at `at`: where it ends, what it is, and its digits. In groups that are
/// separated as amounts, dates and addresses of the network are too (`mixed`: from the start) it must be a
/// card's, identity's or phone's, in groups as those have: a thousand is written in threes, a date in less.
/// Where none begins, the end of the first group: a later one may begin a number, or an e-mail address.
pub(super) fn longest(
    copy: &Copy<'_>,
    at: usize,
    mut mixed: bool,
) -> Result<(usize, Number, usize), usize> {
    let mut told = Told::default();
    let (mut group, mut is_long, mut found) = (at, true, Err(at));
    // Of the last three groups, a byte each.
    let mut lens = 0;
    loop {
        let before = told.count;
        let next = told.read(copy, group);
        // `2026-11-25 03:22`: a time of day is no part of the number before it, nor is an openid.
        let is_time = next <= group + 2 && copy.byte(next) == b':';
        let is_another = is_time || openids::end(copy, group).is_some();
        if next == group || before > 0 && is_another {
            return found;
        }
        let len = told.count - before;
        lens = (lens << 8 | len) & 0x00ff_ffff;
        let number = what(told.digits.get(..told.count).unwrap_or_default());
        let fits = match number {
            _ if !mixed => told.count >= DIGITS_MIN,
            Number::Phone => lens == 0x0003_0404,
            _ => is_long && number != Number::Other && before > 0,
        };
        if fits {
            found = Ok((next, number, told.count));
        } else if before == 0 {
            found = Err(next);
        }
        is_long &= len >= 4;
        let usual = next + separator(copy, next, false);
        // One or two: `6222, 0212`.
        group = next + separator(copy, next, true);
        group += separator(copy, group, true);
        if group != usual && !mixed {
            if found.is_ok() {
                return found;
            }
            mixed = true;
        }
    }
}

/// A digit at `at`, full-width ones (U+FF10 to U+FF19) too: its value, and its bytes.
fn digit(copy: &Copy<'_>, at: usize) -> Option<(u8, usize)> {
    match (copy.byte(at), copy.byte(at + 1), copy.byte(at + 2)) {
        (digit @ b'0'..=b'9', ..) => Some((digit - b'0', 1)),
        (0xef, 0xbc, digit @ 0x90..=0x99) => Some((digit - 0x90, 3)),
        _ => None,
    }
}

/// What a number of these digits is.
pub(super) fn what(digits: &[u8]) -> Number {
    match *digits {
        // Region, date of birth, order, check digit (GB 11643).
        [_, _, _, _, _, _, 1, 9, _, _, 0..=1, _, 0..=3, _, _, _, _, _]
        | [_, _, _, _, _, _, 2, 0, _, _, 0..=1, _, 0..=3, _, _, _, _, _] => Number::Id,
        [1, 3..=9, _, _, _, _, _, _, _, _, _]
        | [8, 6, 1, 3..=9, _, _, _, _, _, _, _, _, _]
        | [0, 0, 8, 6, 1, 3..=9, _, _, _, _, _, _, _, _, _] => Number::Phone,
        // UnionPay has cards from before it used check digits.
        [6, 2, ..] if (16..=19).contains(&digits.len()) => Number::Card,
        _ if (13..=19).contains(&digits.len()) && luhn(digits) => Number::Card,
        _ => Number::Other,
    }
}

/// The check of ISO/IEC 7812-1.
fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0;
    let mut double = false;
    for digit in digits.iter().rev() {
        let value = if double { digit * 2 } else { *digit };
        sum += u32::from(if value > 9 { value - 9 } else { value });
        double = !double;
    }
    sum % 10 == 0
}

/// The marker for a number that an application gave as a number, when it looks like a card,
/// identity or phone number; most long numbers are times and amounts.
#[must_use]
pub fn mask_of_number(value: f64) -> Option<&'static str> {
    const MARKED_MIN: f64 = 10_u64.pow(DIGITS_OF_MARKED_MIN as u32 - 1) as f64;
    let value = value.abs();
    // Most numbers have fewer digits than any that is looked for.
    if value < MARKED_MIN {
        return None;
    }
    // Above 2^53 no reader holds it exactly, so it counts nothing; digits that long are a card's
    // or an identity's.
    let inexact = value > crate::limits::INTEGER_MAX as f64;
    if value != value.trunc() || value >= 1e19 {
        return None;
    }
    let mut digits = [0; DIGITS_TOLD];
    let mut rest = value as u64;
    let mut first = DIGITS_TOLD;
    while rest > 0 && first > 0 {
        first -= 1;
        if let Some(digit) = digits.get_mut(first) {
            *digit = (rest % 10) as u8;
        }
        rest /= 10;
    }
    let digits = digits.get(first..).unwrap_or_default();
    match what(digits) {
        Number::Other if !inexact => None,
        // No payment card begins with 1; a time in milli- or microseconds does.
        Number::Card if digits.first() == Some(&1) => None,
        number => Some(number.marker()),
    }
}

/// Where the e-mail address ends whose local part ends at `local`; `local` when there is none.
/// Its domain has a dot with a letter or two behind it, which `core@1.2.3` has not.
fn email_end(copy: &Copy<'_>, local: usize) -> usize {
    let domain = match copy.byte(local) {
        b'@' => local + 1,
        b'%' if copy.byte(local + 1) == b'4' && copy.byte(local + 2) == b'0' => local + 3,
        _ => return local,
    };
    let end =
        skip(copy, domain, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    let top = |at: &usize| {
        copy.byte(*at) == b'.'
            && copy.byte(at + 1).is_ascii_alphabetic()
            && copy.byte(at + 2).is_ascii_alphabetic()
    };
    if (domain + 1..end).any(|at| top(&at)) { end } else { local }
}

/// Where the hash ends that begins at `at`, if one does.
fn hash_end(copy: &Copy<'_>, at: usize) -> Option<usize> {
    let (mut end, mut letters, mut run) = (at, 0, 0);
    while copy.byte(end).is_ascii_hexdigit() && run <= HASH_RUN_MAX && end < at + HASH_MAX {
        let is_digit = copy.byte(end).is_ascii_digit();
        run = if is_digit { run + 1 } else { 0 };
        letters += usize::from(!is_digit);
        end += 1;
    }
    let long = end >= at + HASH_MIN && letters >= HASH_LETTERS_MIN && run <= HASH_RUN_MAX;
    let whole = !copy.byte(end).is_ascii_alphanumeric()
        && !copy.byte(end + separator(copy, end, false)).is_ascii_digit();
    (long && whole).then_some(end)
}

/// Bytes of the separator at `at`: a usual one, or where `any` is allowed one that amounts have too, or
/// U+00B7.
fn separator(copy: &Copy<'_>, at: usize, any: bool) -> usize {
    match (copy.byte(at), copy.byte(at + 1), copy.byte(at + 2)) {
        (b' ' | b'-', ..) => 1,
        (b'.' | b',' | b'_', ..) if any => 1,
        // U+00A0
        (0xc2, 0xa0, _) => 2,
        (0xc2, 0xb7, _) if any => 2,
        (b'%', b'2', b'0') => 3,
        _ => 0,
    }
}

/// Characters of an e-mail address before its `@`, as providers allow them.
fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-')
}

/// The first place from `at` on where `holds` does not.
fn skip(copy: &Copy<'_>, mut at: usize, holds: fn(u8) -> bool) -> usize {
    while holds(copy.byte(at)) {
        at += 1;
    }
    at
}
