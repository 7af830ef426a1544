//! Reads CBOR items from borrowed bytes: never panics, never allocates, never recurses without
//! a bound.

use crate::limits::DEPTH_MAX;
use crate::problem::{FieldProblem, FrameProblem};

const UINT: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const SIMPLE: u8 = 7;

/// A cursor over CBOR bytes.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    input: &'a [u8],
    at: usize,
    skipped_keys: u32,
}

/// The first byte of an item, and the argument that follows it.
struct Head {
    major: u8,
    info: u8,
    value: u64,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `input`.
    #[must_use]
    pub fn new(input: &'a [u8]) -> Self {
        Self { input, at: 0, skipped_keys: 0 }
    }

    /// Offset of the next byte.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// Whether all bytes are read.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.at == self.input.len()
    }

    /// How many unknown keys were passed over by this reader.
    #[must_use]
    pub fn skipped_keys(&self) -> u32 {
        self.skipped_keys
    }

    /// Adds what a reader of a part has passed over.
    pub(crate) fn add_skipped_keys(&mut self, keys: u32) {
        self.skipped_keys += keys;
    }

    /// Passes over one whole item and returns its bytes.
    ///
    /// # Errors
    /// When the item is truncated, malformed or nested too deep. Offsets are from the start of
    /// this reader's input.
    pub fn skip(&mut self) -> Result<&'a [u8], FrameProblem> {
        let start = self.at;
        // Items still to be read at each level; the depth is bounded, so this is the stack.
        let mut left = [0u64; DEPTH_MAX];
        let mut depth = 0;
        loop {
            let head_at = self.at;
            let head = self.head()?;
            let children = match head.major {
                BYTES | TEXT => {
                    self.take(head.value)?;
                    0
                }
                ARRAY => head.value,
                MAP => head
                    .value
                    .checked_mul(2)
                    .ok_or(FrameProblem::Truncated { at: self.input.len() })?,
                TAG => 1,
                _ => 0,
            };
            // Each child takes a byte at least, so a length beyond the input is a lie.
            if children > (self.input.len() - self.at) as u64 {
                return Err(FrameProblem::Truncated { at: self.input.len() });
            }
            if children > 0 {
                if depth == DEPTH_MAX {
                    return Err(FrameProblem::TooDeep { at: head_at });
                }
                left[depth] = children;
                depth += 1;
                continue;
            }
            while depth > 0 {
                left[depth - 1] -= 1;
                if left[depth - 1] > 0 {
                    break;
                }
                depth -= 1;
            }
            if depth == 0 {
                return Ok(&self.input[start..self.at]);
            }
        }
    }

    /// A tag's number, if the next item has one; else reads nothing.
    pub(crate) fn tag(&mut self) -> Result<Option<u64>, FrameProblem> {
        match self.input.get(self.at) {
            None => Err(FrameProblem::Truncated { at: self.at }),
            Some(byte) if byte >> 5 == TAG => self.head().map(|head| Some(head.value)),
            Some(_) => Ok(None),
        }
    }

    /// The number of pairs of a map.
    pub(crate) fn map(&mut self) -> Result<usize, FieldProblem> {
        self.length(MAP, "a map")
    }

    /// The number of items of an array.
    pub(crate) fn array(&mut self) -> Result<usize, FieldProblem> {
        self.length(ARRAY, "an array")
    }

    /// A key of a map: `None`, with the key read, when it is no unsigned integer.
    pub(crate) fn key(&mut self) -> Result<Option<u64>, FieldProblem> {
        if self.peek() == Some(UINT) {
            return self.uint().map(Some);
        }
        self.skip().map_err(|_| MALFORMED)?;
        Ok(None)
    }

    /// Passes over the value of an unknown key and counts it.
    pub(crate) fn skip_unknown(&mut self) -> Result<(), FieldProblem> {
        self.skip().map_err(|_| MALFORMED)?;
        self.skipped_keys += 1;
        Ok(())
    }

    /// An unsigned integer.
    pub(crate) fn uint(&mut self) -> Result<u64, FieldProblem> {
        let head = self.expect(UINT, "an unsigned integer")?;
        Ok(head.value)
    }

    /// A number of any CBOR type, as f64. NaN and infinities are the caller's to judge.
    pub(crate) fn number(&mut self) -> Result<f64, FieldProblem> {
        const EXPECTED: FieldProblem = FieldProblem::WrongType("a number");
        match self.peek() {
            Some(UINT | NEGATIVE | SIMPLE) => {}
            _ => return Err(EXPECTED),
        }
        let head = self.head().map_err(|_| MALFORMED)?;
        match (head.major, head.info) {
            (UINT, _) => Ok(head.value as f64),
            (NEGATIVE, _) => Ok(-1.0 - head.value as f64),
            (_, 25) => Ok(half_to_f64(head.value as u16)),
            (_, 26) => Ok(f64::from(f32::from_bits(head.value as u32))),
            (_, 27) => Ok(f64::from_bits(head.value)),
            _ => Err(EXPECTED),
        }
    }

    /// A signed integer.
    pub(crate) fn int(&mut self) -> Result<i64, FieldProblem> {
        const EXPECTED: FieldProblem = FieldProblem::WrongType("an integer");
        let negative = match self.peek() {
            Some(UINT) => false,
            Some(NEGATIVE) => true,
            _ => return Err(EXPECTED),
        };
        let value = self.head().map_err(|_| MALFORMED)?.value;
        let value = i64::try_from(value).map_err(|_| EXPECTED)?;
        Ok(if negative { -1 - value } else { value })
    }

    /// A boolean.
    pub(crate) fn bool(&mut self) -> Result<bool, FieldProblem> {
        let head = self.expect(SIMPLE, "true or false")?;
        match head.info {
            20 => Ok(false),
            21 => Ok(true),
            _ => Err(FieldProblem::WrongType("true or false")),
        }
    }

    /// A byte string.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], FieldProblem> {
        let head = self.expect(BYTES, "a byte string")?;
        self.take(head.value).map_err(|_| MALFORMED)
    }

    /// A text string of at most `max` bytes; its length is judged before it is looked at.
    pub(crate) fn text(&mut self, max: usize) -> Result<&'a str, FieldProblem> {
        let head = self.expect(TEXT, "a text")?;
        let bytes = self.take(head.value).map_err(|_| MALFORMED)?;
        if bytes.len() > max {
            return Err(FieldProblem::TooLong { len: bytes.len(), max });
        }
        std::str::from_utf8(bytes).map_err(|_| FieldProblem::InvalidUtf8)
    }

    /// The major type of the next item.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.input.get(self.at).map(|byte| byte >> 5)
    }

    /// Whether the next item is a text.
    pub(crate) fn at_text(&self) -> bool {
        self.peek() == Some(TEXT)
    }

    /// Whether the next item is true or false.
    pub(crate) fn at_bool(&self) -> bool {
        matches!(self.input.get(self.at), Some(0xf4 | 0xf5))
    }

    fn length(&mut self, major: u8, expected: &'static str) -> Result<usize, FieldProblem> {
        let head = self.expect(major, expected)?;
        usize::try_from(head.value).map_err(|_| MALFORMED)
    }

    fn expect(&mut self, major: u8, expected: &'static str) -> Result<Head, FieldProblem> {
        if self.peek() != Some(major) {
            return Err(FieldProblem::WrongType(expected));
        }
        self.head().map_err(|_| MALFORMED)
    }

    fn head(&mut self) -> Result<Head, FrameProblem> {
        let at = self.at;
        let first = *self.input.get(at).ok_or(FrameProblem::Truncated { at })?;
        self.at += 1;
        let (major, info) = (first >> 5, first & 0x1f);
        let malformed = |what| FrameProblem::Malformed { at, what };
        let value = match info {
            0..24 => u64::from(info),
            24..=27 => {
                let tail = self.take(1 << (info - 24))?;
                tail.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
            }
            28..=30 => return Err(malformed("a reserved CBOR length")),
            _ if major == SIMPLE => return Err(malformed("a CBOR break outside any item")),
            _ => return Err(malformed("an item of indefinite length; expected definite lengths")),
        };
        if major == SIMPLE && info == 24 && value < 32 {
            return Err(malformed("a two-byte simple value below 32"));
        }
        Ok(Head { major, info, value })
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], FrameProblem> {
        let rest = &self.input[self.at..];
        let taken = usize::try_from(len).ok().and_then(|len| rest.get(..len));
        let taken = taken.ok_or(FrameProblem::Truncated { at: self.input.len() })?;
        self.at += taken.len();
        Ok(taken)
    }
}

/// Typed reads happen on items that [`Reader::skip`] has found well-formed, so this is only
/// seen when a caller reads without that.
const MALFORMED: FieldProblem = FieldProblem::WrongType("well-formed CBOR");

fn half_to_f64(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f64::from(bits & 0x3ff);
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (fraction + 1024.0) * 2f64.powi(exponent - 25),
    }
}
