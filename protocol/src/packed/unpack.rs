//! Unpacks a frame: the server's side, which anybody may send anything.

use crate::cbor::{MAGIC, Reader};

/// What a packed frame begins with: the tag, and the head of an array of two.
const OPENING: [u8; 4] = [MAGIC[0], MAGIC[1], MAGIC[2], 0x82];

/// The most bytes that one of a block can stand for: 255 are what a byte adds to a repeat.
pub(super) const RATIO_MAX: usize = 255;

/// Why a packed frame cannot be unpacked.
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

impl std::error::Error for UnpackProblem {}

/// The frame in `body`, of at most `max` bytes, if that is a packed one; `None` for any other body.
///
/// Costs at most `max` bytes, and no more than 255 times the bytes that were sent.
///
/// # Errors
/// When it is packed wrongly, or would be longer.
pub fn unpack(body: &[u8], max: usize) -> Result<Option<Vec<u8>>, UnpackProblem> {
    if !body.starts_with(&OPENING) {
        return Ok(None);
    }
    let (length, block, rest) = open(body)?;
    if !rest.is_at_end() {
        return Err(UnpackProblem::Malformed("nothing behind it"));
    }
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

/// Length and block of what begins as something packed does, and what is behind them.
pub(super) fn open(body: &[u8]) -> Result<(u64, &[u8], Reader<'_>), UnpackProblem> {
    use UnpackProblem::Malformed;
    let mut reader = Reader::new(body);
    let whole = Malformed("a whole CBOR item, of definite lengths");
    reader.clone().skip().map_err(|_| whole)?;
    reader.tag().map_err(|_| whole)?;
    reader.array().map_err(|_| whole)?;
    let length = reader.uint().map_err(|_| Malformed("the frame's length first"))?;
    let block = reader.bytes().map_err(|_| Malformed("a byte string behind the length"))?;
    Ok((length, block, reader))
}
