//! Identifiers.

use super::Field;
use crate::cbor::{Reader, Writer};
use crate::problem::FieldProblem;

/// An identifier of exactly `LEN` bytes; lower-case hex in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id<const LEN: usize>(pub [u8; LEN]);

impl<const LEN: usize> Field for Id<LEN> {
    const KIND: &'static str = "bytes (hex in JSON)";
    const MAX: usize = LEN;

    fn write(&self, writer: &mut Writer) {
        writer.bytes(&self.0);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, FieldProblem> {
        let bytes = reader.bytes()?;
        bytes.try_into().map(Self).map_err(|_| Self::WRONG)
    }

    #[cfg(feature = "json")]
    fn to_json(&self) -> serde_json::Value {
        self.to_hex().into()
    }

    #[cfg(feature = "json")]
    fn from_json(raw: &str) -> Result<Self, FieldProblem> {
        let hex = crate::json::text(raw, 2 * LEN)?;
        Self::from_hex(&hex).ok_or(Self::WRONG)
    }
}

impl<const LEN: usize> Id<LEN> {
    const WRONG: FieldProblem = match LEN {
        8 => FieldProblem::WrongType("8 bytes (16 hex digits in JSON)"),
        _ => FieldProblem::WrongType("16 bytes (32 hex digits in JSON)"),
    };

    /// The lower-case hex digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        let mut hex = String::with_capacity(2 * LEN);
        for byte in self.0 {
            for digit in [byte >> 4, byte & 0xf] {
                hex.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
            }
        }
        hex
    }

    /// Reads 2 × `LEN` hex digits.
    #[must_use]
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digits = hex.as_bytes();
        if digits.len() != 2 * LEN {
            return None;
        }
        let digit = |digit: u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            b'A'..=b'F' => Some(digit - b'A' + 10),
            _ => None,
        };
        let mut id = [0; LEN];
        for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(id))
    }
}
