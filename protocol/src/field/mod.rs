//! The types that a field can have. Each holds only values that the wire allows, so a value
//! that exists can be sent.

mod attributes;
mod id;
mod number;
mod text;

pub use attributes::{AttributeValue, Attributes};
pub use id::Id;
pub(crate) use number::in_range;
pub use number::{Millis, Number};
pub use text::{Address, Cleaning, Text, Verbatim};

use crate::cbor::{Reader, Writer};
use crate::problem::FieldProblem;

/// What an operator wants done to a record, beyond what its types take out.
pub trait Edit {
    /// The text to put in the place of `text`, if another is to be there.
    fn text(&self, text: &str) -> Option<String>;

    /// Whether the attribute `name` is kept.
    fn keeps_attribute(&self, name: &str) -> bool;
}

/// A type of a record's field, in both forms.
pub trait Field: Sized {
    /// How the documents call the type.
    const KIND: &'static str;
    /// The longest text or list in it; 0 where that says nothing.
    const MAX: usize = 0;

    /// Takes out of the value what must not be kept; `params` are the parameters that may stay in
    /// an address, separated by commas or spaces.
    fn clean(&mut self, params: &str) {
        let _ = params;
    }

    /// Whether the value may be kept at all, where there is nothing to put in its place. A page has
    /// no such value, so only who reads frames asks.
    #[cfg(not(target_arch = "wasm32"))]
    fn may_stay(&self) -> bool {
        true
    }

    /// Edits the value; most have nothing that can be.
    fn edit(&mut self, edit: &dyn Edit) {
        let _ = edit;
    }

    /// Writes the value as one CBOR item.
    fn write(&self, writer: &mut Writer);

    /// Reads the value from one CBOR item.
    ///
    /// # Errors
    /// What is wrong with the value.
    fn read(reader: &mut Reader<'_>) -> Result<Self, FieldProblem>;

    /// The value as JSON.
    #[cfg(feature = "json")]
    fn to_json(&self) -> serde_json::Value;

    /// Reads the value from JSON.
    ///
    /// # Errors
    /// What is wrong with the value.
    #[cfg(feature = "json")]
    fn from_json(raw: &str) -> Result<Self, FieldProblem>;
}
