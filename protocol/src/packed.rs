//! A packed frame: the frame's bytes in fewer, for whoever sends it. `[length, block]` behind the
//! tag that opens a frame: an array where a frame has its map. `block` is an LZ4 block
//! (<https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md>) and `length` says how many bytes
//! it unpacks to.
//!
//! It is for clients that cannot say `Content-Encoding`: a browser would have to ask the server
//! first whether it may, and compresses by itself only where somebody can wait for it.

#[cfg(feature = "unpack")]
use crate::cbor::Reader;
use crate::cbor::{MAGIC, Writer};

/// The longest frame that is packed: its places and distances are numbers of two bytes.
const LENGTH_MAX: usize = u16::MAX as usize;

/// The shortest repeat that the format has.
const REPEAT_MIN: usize = 4;

/// The format's rules for the end of a block: the last repeat begins 12 bytes before it at the
/// latest, and 5 bytes before it all repeats are over.
const BEGIN_BEFORE_END: usize = 12;
const OVER_BEFORE_END: usize = 5;

/// How many beginnings of repeats are remembered, as a power of two: 8 KiB, for a moment. Twice as
/// many would find nothing more in a frame of a few KiB.
const SEEN_BITS: u32 = 12;

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
        out.bytes(&block(frame));
        if out.as_bytes().len() < frame.len() {
            return out.into_bytes();
        }
    }
    frame.to_vec()
}

/// Takes the first repeat that it sees at each place (greedy): the longest ones would save two bytes
/// of a hundred more.
fn block(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut seen = vec![0u16; 1 << SEEN_BITS];
    let (mut told, mut at) = (0, 0);
    while at + BEGIN_BEFORE_END <= input.len() {
        let Some(next) = input[at..].first_chunk() else { break };
        // Fibonacci hashing: the upper bits of the product depend on all four bytes.
        let slot = u32::from_le_bytes(*next).wrapping_mul(0x9e37_79b1) >> (32 - SEEN_BITS);
        let before = usize::from(std::mem::replace(&mut seen[slot as usize], at as u16));
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

/// What a packed frame begins with: the tag, and the head of an array of two.
#[cfg(feature = "unpack")]
const OPENING: [u8; 4] = [MAGIC[0], MAGIC[1], MAGIC[2], 0x82];

/// The most bytes that one of a block can stand for: 255 are what a byte adds to a repeat.
#[cfg(feature = "unpack")]
const RATIO_MAX: usize = 255;

/// Why a packed frame cannot be unpacked.
#[cfg(feature = "unpack")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnpackProblem {
    /// It says that it unpacks to more than the limit.
    TooLarge {
        /// What it says, in bytes.
        length: u64,
        /// The limit in bytes.
        max: usize,
    },
    /// It is no length and block, or not these alone. Holds what was expected.
    Malformed(&'static str),
    /// The block is no LZ4 block that unpacks to exactly so many bytes.
    Block {
        /// What it should unpack to, in bytes.
        length: usize,
    },
}

#[cfg(feature = "unpack")]
impl std::fmt::Display for UnpackProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLarge { length, max } => {
                write!(f, "the frame unpacks to {length} bytes; at most {max}")
            }
            Self::Malformed(expected) => {
                write!(f, "a packed frame that is wrong; expected {expected}")
            }
            Self::Block { length } => write!(
                f,
                "a packed frame whose bytes are no LZ4 block that unpacks to the {length} bytes it names"
            ),
        }
    }
}

#[cfg(feature = "unpack")]
impl std::error::Error for UnpackProblem {}

/// The frame in `body`, of at most `max` bytes, if that is a packed one; `None` for any other body.
///
/// Costs at most `max` bytes, and no more than 255 times the bytes that were sent.
///
/// # Errors
/// When it is packed wrongly, or would be longer.
#[cfg(feature = "unpack")]
pub fn unpack(body: &[u8], max: usize) -> Result<Option<Vec<u8>>, UnpackProblem> {
    if !body.starts_with(&OPENING) {
        return Ok(None);
    }
    let (length, block) = parts(body)?;
    let length = match usize::try_from(length) {
        Ok(length) if length <= max => length,
        _ => return Err(UnpackProblem::TooLarge { length, max }),
    };
    let problem = UnpackProblem::Block { length };
    if length > block.len().saturating_mul(RATIO_MAX) {
        return Err(problem);
    }
    let mut frame = vec![0; length];
    match lz4_flex::block::decompress_into(block, &mut frame) {
        Ok(written) if written == length => Ok(Some(frame)),
        _ => Err(problem),
    }
}

/// Length and block of a body that begins as a packed frame does.
#[cfg(feature = "unpack")]
fn parts(body: &[u8]) -> Result<(u64, &[u8]), UnpackProblem> {
    use UnpackProblem::Malformed;
    let mut reader = Reader::new(body);
    let whole = Malformed("a whole CBOR item, of definite lengths");
    reader.clone().skip().map_err(|_| whole)?;
    reader.tag().map_err(|_| whole)?;
    reader.array().map_err(|_| whole)?;
    let length = reader.uint().map_err(|_| Malformed("the frame's length first"))?;
    let block = reader.bytes().map_err(|_| Malformed("a byte string behind the length"))?;
    if reader.is_at_end() { Ok((length, block)) } else { Err(Malformed("nothing behind it")) }
}
