//! Identifiers that the platforms of mini programs give a user: WeChat's openid and unionid, Douyin's
//! open id, Alipay's, QQ's. The platforms document none of their forms, so these are those of published
//! examples; what they have in common is that they are random, as nothing is that somebody has written.

use super::copy::Copy;

pub(super) const OPENID: &str = "{openid}";

/// How often upper case, lower case and figures follow each other in one at least. Of random ones 2 in
/// 1,000 have less; of 83 names that begin so and are as long, in 129,000 long words of programs,
/// 5 have as many.
const CHANGES_MIN: usize = 9;

/// Digits of QQ's, and how often they change between letters and figures at least. Of random ones 1 in
/// 10,000 has less.
const HEX_LEN: usize = 32;
const HEX_CHANGES_MIN: usize = 4;

/// Bytes of the shortest.
#[cfg(not(target_arch = "wasm32"))]
pub(super) const LENGTH_MIN: usize = 28;

/// How many letters and figures an escape has that may stand at once before an openid: `%3D`, `%253D`,
/// `\n`, `\x22`, `\u0022`.
const ESCAPE_MAX: usize = 6;

/// Where an openid begins that follows the escape at `at` at once, and where it ends. Its letters and
/// figures stand for a sign, which no reader takes for a part of the openid.
pub(super) fn behind_escape(copy: &Copy<'_>, at: usize) -> Option<(usize, usize)> {
    if !matches!(copy.byte(at), b'%' | b'\\') {
        return None;
    }
    let mut from = at + 1;
    while copy.byte(from).is_ascii_alphanumeric() && from <= at + ESCAPE_MAX {
        from += 1;
        if let Some(end) = end(copy, from) {
            return Some((from, end));
        }
    }
    None
}

/// Whether what looks like an openid stands anywhere in the text, whatever it is glued to.
pub(super) fn are_in(text: &str) -> bool {
    let copy = Copy::of(text);
    (0..copy.len()).any(|at| shape(&copy, at).is_some())
}

/// Where the openid ends that begins at `at`, if one does. What stands before it is the caller's.
pub(super) fn end(copy: &Copy<'_>, at: usize) -> Option<usize> {
    // A number that follows at once is masked, and this must then be judged the same.
    let whole = |end: &usize| {
        let next = copy.byte(*end);
        !next.is_ascii_alphanumeric() && next != b'{'
    };
    shape(copy, at).filter(whole)
}

/// Where what looks like an openid ends that begins at `at`, if one does.
fn shape(copy: &Copy<'_>, at: usize) -> Option<usize> {
    let is = |from: usize, byte: u8| copy.byte(from) == byte;
    let lens = match copy.byte(at) {
        b'o' => [28, 0],
        b'_' if is(at + 1, b'0') && is(at + 2, b'0') && is(at + 3, b'0') => [36, 0],
        b'0' => [47, HEX_LEN],
        b'1'..=b'9' | b'A'..=b'F' => [0, HEX_LEN],
        _ => return None,
    };
    lens.into_iter().find_map(|len| random(copy, at, len))
}

/// The end of what has `len` characters, if they take turns as random ones do.
fn random(copy: &Copy<'_>, at: usize, len: usize) -> Option<usize> {
    let (mut changes, mut seen, mut last) = (0, 0, 0);
    for place in at..at + len {
        // The last is what no hex digit is.
        let (class, other) = match copy.byte(place) {
            b'a'..=b'z' => (1, 8),
            b'A'..=b'F' => (2, 0),
            b'G'..=b'Z' => (2, 8),
            b'0'..=b'9' => (4, 0),
            b'_' | b'-' => (last, 8),
            _ => return None,
        };
        changes += usize::from(class != last);
        seen |= class | other;
        last = class;
    }
    // Of QQ's upper case and figures only: hashes and traces are in lower case.
    let fits = if len == HEX_LEN {
        seen == 6 && changes > HEX_CHANGES_MIN
    } else {
        seen & 3 == 3 && changes > CHANGES_MIN
    };
    fits.then_some(at + len)
}
