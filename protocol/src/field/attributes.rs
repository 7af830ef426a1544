//! Free attributes.

use super::{Field, Number, Text};
use crate::cbor::{Reader, Writer};
use crate::limits::ATTRIBUTES_MAX;
use crate::problem::FieldProblem;

/// Free attributes: names of at most 64 bytes, values text of at most 512 bytes, finite
/// numbers or booleans; at most [`ATTRIBUTES_MAX`] of them, each name once, in the order of
/// their names, so that the same attributes are the same bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attributes(Vec<(Text<64>, AttributeValue)>);

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue {
    /// A text.
    Text(Text<512>),
    /// A number.
    Number(Number),
    /// A boolean.
    Bool(bool),
}

impl Attributes {
    /// Adds an attribute.
    ///
    /// # Errors
    /// [`FieldProblem::TooLong`] when there are [`ATTRIBUTES_MAX`] already,
    /// [`FieldProblem::Repeated`] when there is one of that name.
    pub fn push(&mut self, name: Text<64>, value: AttributeValue) -> Result<(), FieldProblem> {
        if self.0.len() == ATTRIBUTES_MAX {
            return Err(too_many(ATTRIBUTES_MAX + 1));
        }
        match self.0.binary_search_by(|(known, _)| known.cmp(&name)) {
            Ok(_) => Err(FieldProblem::Repeated),
            Err(place) => {
                self.0.insert(place, (name, value));
                Ok(())
            }
        }
    }

    /// The attributes by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &(Text<64>, AttributeValue)> {
        self.0.iter()
    }
}

fn too_many(len: usize) -> FieldProblem {
    FieldProblem::TooLong { len, max: ATTRIBUTES_MAX }
}

impl Field for Attributes {
    const KIND: &'static str = "map of text to text, number or boolean";
    const MAX: usize = ATTRIBUTES_MAX;

    fn write(&self, writer: &mut Writer) {
        writer.map(self.0.len());
        for (name, value) in &self.0 {
            name.write(writer);
            match value {
                AttributeValue::Text(text) => text.write(writer),
                AttributeValue::Number(number) => number.write(writer),
                AttributeValue::Bool(value) => writer.bool(*value),
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, FieldProblem> {
        let len = reader.map()?;
        if len > ATTRIBUTES_MAX {
            return Err(too_many(len));
        }
        let mut attributes = Self::default();
        for _ in 0..len {
            let name = Text::read(reader)?;
            let value = if reader.at_text() {
                AttributeValue::Text(Text::read(reader)?)
            } else if reader.at_bool() {
                AttributeValue::Bool(reader.bool()?)
            } else {
                AttributeValue::Number(Number::read(reader)?)
            };
            attributes.push(name, value)?;
        }
        Ok(attributes)
    }

    #[cfg(feature = "json")]
    fn to_json(&self) -> serde_json::Value {
        let pairs = self.0.iter().map(|(name, value)| {
            let value = match value {
                AttributeValue::Text(text) => text.to_json(),
                AttributeValue::Number(number) => number.to_json(),
                AttributeValue::Bool(value) => (*value).into(),
            };
            (name.to_string(), value)
        });
        pairs.collect()
    }

    #[cfg(feature = "json")]
    fn from_json(raw: &serde_json::value::RawValue) -> Result<Self, FieldProblem> {
        crate::json::attributes(raw)
    }
}
