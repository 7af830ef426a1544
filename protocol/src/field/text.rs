//! Bounded texts, each of a kind that says what of it may be kept.

use super::{Edit, Field};
use crate::cbor::{Reader, Writer};
use crate::privacy::{clean_text, clean_url};
use crate::problem::FieldProblem;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

/// A text of at most `MAX` bytes of UTF-8. `K` says what is taken out of it before it is kept:
/// by a field's type, so that no field is forgotten.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text<const MAX: usize, K = Words>(String, PhantomData<K>);

/// An address, or a part of one: query and fragment are taken out, but for the parameters that an
/// application allows, and personal numbers.
pub type Address<const MAX: usize> = Text<MAX, Place>;

/// A text that is kept as it is, or that its reader deals with itself.
pub type Verbatim<const MAX: usize> = Text<MAX, Kept>;

/// What may be kept of a text.
pub trait Cleaning {
    /// Whether it is kept as it is, whoever wants to edit it.
    const IS_FIXED: bool = false;

    /// That; `params` are the parameters that may stay in an address.
    fn clean(text: &str, params: &str) -> String;
}

/// Anybody's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Words;

/// An address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place;

/// As it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kept;

impl Cleaning for Words {
    fn clean(text: &str, _: &str) -> String {
        clean_text(text)
    }
}

impl Cleaning for Place {
    fn clean(text: &str, params: &str) -> String {
        clean_url(text, params)
    }
}

impl Cleaning for Kept {
    const IS_FIXED: bool = true;

    fn clean(text: &str, _: &str) -> String {
        text.to_owned()
    }
}

impl<const MAX: usize, K> Text<MAX, K> {
    /// Takes `value` if it fits.
    ///
    /// # Errors
    /// [`FieldProblem::TooLong`] when it does not.
    pub fn new(value: impl Into<String>) -> Result<Self, FieldProblem> {
        let value = value.into();
        if value.len() > MAX {
            return Err(FieldProblem::TooLong { len: value.len(), max: MAX });
        }
        Ok(Self(value, PhantomData))
    }

    /// Takes `value`, cut at the last character that fits.
    #[must_use]
    pub fn cut(value: impl Into<String>) -> Self {
        let mut value = value.into();
        value.truncate(value.floor_char_boundary(MAX));
        Self(value, PhantomData)
    }
}

impl<const MAX: usize, K> fmt::Debug for Text<MAX, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<const MAX: usize, K> Deref for Text<MAX, K> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize, K: Cleaning> Field for Text<MAX, K> {
    const KIND: &'static str = "text";
    const MAX: usize = MAX;

    fn clean(&mut self, params: &str) {
        #[cfg(not(target_arch = "wasm32"))]
        if crate::privacy::is_plain(&self.0) {
            return;
        }
        // What stands in a number's place may be longer than the number.
        *self = Self::cut(K::clean(&self.0, params));
    }

    fn edit(&mut self, edit: &dyn Edit) {
        if !K::IS_FIXED
            && let Some(text) = edit.text(&self.0)
        {
            *self = Self::cut(text);
        }
    }

    fn write(&self, writer: &mut Writer) {
        writer.text(&self.0);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, FieldProblem> {
        reader.text(MAX).map(|text| Self(text.to_owned(), PhantomData))
    }

    #[cfg(feature = "json")]
    fn to_json(&self) -> serde_json::Value {
        self.0.clone().into()
    }

    #[cfg(feature = "json")]
    fn from_json(raw: &str) -> Result<Self, FieldProblem> {
        crate::json::text(raw, MAX).map(|text| Self(text.into_owned(), PhantomData))
    }
}
