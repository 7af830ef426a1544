//! Bounded texts.

use super::Field;
use crate::cbor::{Reader, Writer};
use crate::problem::FieldProblem;
use std::ops::Deref;

/// A text of at most `MAX` bytes of UTF-8.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// Takes `value` if it fits.
    ///
    /// # Errors
    /// [`FieldProblem::TooLong`] when it does not.
    pub fn new(value: impl Into<String>) -> Result<Self, FieldProblem> {
        let value = value.into();
        if value.len() > MAX {
            return Err(FieldProblem::TooLong { len: value.len(), max: MAX });
        }
        Ok(Self(value))
    }

    /// Takes `value`, cut at the last character that fits.
    #[must_use]
    pub fn cut(value: impl Into<String>) -> Self {
        let mut value = value.into();
        truncate(&mut value, MAX);
        Self(value)
    }
}

/// Not generic, so that the Wasm holds it once.
fn truncate(value: &mut String, max: usize) {
    value.truncate(value.floor_char_boundary(max));
}

impl<const MAX: usize> Deref for Text<MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> Field for Text<MAX> {
    const KIND: &'static str = "text";
    const MAX: usize = MAX;

    fn write(&self, writer: &mut Writer) {
        writer.text(&self.0);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, FieldProblem> {
        reader.text(MAX).map(|text| Self(text.to_owned()))
    }

    #[cfg(feature = "json")]
    fn to_json(&self) -> serde_json::Value {
        self.0.clone().into()
    }

    #[cfg(feature = "json")]
    fn from_json(raw: &serde_json::value::RawValue) -> Result<Self, FieldProblem> {
        crate::json::text(raw.get(), MAX).map(Self)
    }
}
