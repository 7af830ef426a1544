//! Packs a frame: the client's side, small before all.

use crate::cbor::{MAGIC, Writer};

/// The longest frame that is packed: its places and distances are numbers of two bytes.
pub(super) const LENGTH_MAX: usize = u16::MAX as usize;

/// The shortest repeat that the format has.
const REPEAT_MIN: usize = 4;

/// The format's rules for the end of a block: the last repeat begins 12 bytes before it at the
/// latest, and 5 bytes before it all repeats are over.
const BEGIN_BEFORE_END: usize = 12;
const OVER_BEFORE_END: usize = 5;

/// How many beginnings of repeats are remembered, as a power of two: 8 KiB, for a moment. Twice as
/// many would save one byte of a frame of 2 KiB.
pub(super) const SEEN_BITS: u32 = 12;

/// What a nibble of a token holds; more goes on in the bytes behind it.
const NIBBLE_MAX: usize = 15;

/// The body that brings `frame`: packed, or the frame itself when that is no longer.
#[must_use]
pub fn pack(frame: &[u8]) -> Vec<u8> {
    let mut out = Writer::new();
    if frame.len() <= LENGTH_MAX {
        out.raw(&MAGIC);
        out.array(2);
        out.uint(frame.len() as u64);
        out.bytes(&block(frame, 0, &mut vec![0; 1 << SEEN_BITS]));
        if out.as_bytes().len() < frame.len() {
            return out.into_bytes();
        }
    }
    frame.to_vec()
}

/// Notes what begins at `at`, and says where the same began before, perhaps.
pub(super) fn note(seen: &mut [u16], input: &[u8], at: usize) -> usize {
    let Some(next) = input[at..].first_chunk() else { return at };
    // Fibonacci hashing: the upper bits of the product depend on all four bytes.
    let slot = u32::from_le_bytes(*next).wrapping_mul(0x9e37_79b1) >> (32 - SEEN_BITS);
    usize::from(std::mem::replace(&mut seen[slot as usize], at as u16))
}

/// The block of what follows `begin`; what is before is known to whoever unpacks, and `seen`.
///
/// Takes the first repeat that it sees at each place (greedy): the longest ones would save two bytes
/// of a hundred more.
pub(super) fn block(input: &[u8], begin: usize, seen: &mut [u16]) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut told, mut at) = (begin, begin);
    while at + BEGIN_BEFORE_END <= input.len() {
        let before = note(seen, input, at);
        let mut same = 0;
        while at + same + OVER_BEFORE_END < input.len() && input[at + same] == input[before + same]
        {
            same += 1;
        }
        // A slot that nothing was put into yet says 0, which is a place like any other.
        if before < at && same >= REPEAT_MIN {
            write(&mut out, &input[told..at], same - REPEAT_MIN, at - before);
            at += same;
            told = at;
        } else {
            at += 1;
        }
    }
    write(&mut out, &input[told..], 0, 0);
    out
}

/// A sequence of the format: bytes as they are, and a repeat of what stands `distance` before it,
/// `more` bytes longer than the shortest. The last sequence has none: its distance is 0.
fn write(out: &mut Vec<u8>, literals: &[u8], more: usize, distance: usize) {
    let token = literals.len().min(NIBBLE_MAX) << 4 | more.min(NIBBLE_MAX);
    out.push(token as u8);
    write_rest(out, literals.len());
    out.extend_from_slice(literals);
    if distance > 0 {
        out.extend_from_slice(&(distance as u16).to_le_bytes());
        write_rest(out, more);
    }
}

/// What of a length its nibble does not hold.
fn write_rest(out: &mut Vec<u8>, length: usize) {
    let Some(mut rest) = length.checked_sub(NIBBLE_MAX) else { return };
    while rest >= 255 {
        out.push(255);
        rest -= 255;
    }
    out.push(rest as u8);
}
