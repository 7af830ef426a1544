//! Free attributes.

use super::{Edit, Field, Number, Text};
use crate::cbor::{Reader, Writer};
use crate::limits::{ATTRIBUTE_NAME_MAX, ATTRIBUTE_TEXT_MAX, ATTRIBUTES_MAX};
use crate::privacy::{clean_text, mask_of_number};
use crate::problem::FieldProblem;

/// An attribute's name.
type Name = Text<ATTRIBUTE_NAME_MAX>;

/// Free attributes: names of at most 64 bytes, values text of at most 512 bytes, finite
/// numbers or booleans; at most [`ATTRIBUTES_MAX`] of them, each name once, in the order of
/// their names, so that the same attributes are the same bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attributes(Vec<(Name, AttributeValue)>);

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue {
    /// A text.
    Text(Text<ATTRIBUTE_TEXT_MAX>),
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
    pub fn push(&mut self, name: Name, value: AttributeValue) -> Result<(), FieldProblem> {
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

    /// Adds an attribute. Two names that were told apart only by what is masked now are told
    /// apart by a number: `{card}`, `{card}~2`.
    fn push_apart(&mut self, name: &str, value: &AttributeValue) {
        if self.push(Text::cut(name), value.clone()).is_ok() {
            return;
        }
        for number in 2..=ATTRIBUTES_MAX {
            // So short that the number is not cut off.
            let short: Text<60> = Text::cut(name);
            let name = Text::cut(format!("{}~{number}", &*short));
            if self.push(name, value.clone()).is_ok() {
                return;
            }
        }
    }

    /// The attributes by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &(Name, AttributeValue)> {
        self.0.iter()
    }
}

fn too_many(len: usize) -> FieldProblem {
    FieldProblem::TooLong { len, max: ATTRIBUTES_MAX }
}

impl Field for Attributes {
    const KIND: &'static str = "map of text to text, number or boolean";
    const MAX: usize = ATTRIBUTES_MAX;

    fn clean(&mut self, params: &str) {
        for (_, value) in &mut self.0 {
            match value {
                AttributeValue::Text(text) => text.clean(params),
                AttributeValue::Number(number) => {
                    if let Some(mask) = mask_of_number(number.get()) {
                        *value = AttributeValue::Text(Text::cut(mask));
                    }
                }
                AttributeValue::Bool(_) => {}
            }
        }
        #[cfg(not(target_arch = "wasm32"))]
        if self.0.iter().all(|(name, _)| crate::privacy::is_plain(name)) {
            return;
        }
        let mut clean = Self::default();
        for (name, value) in std::mem::take(&mut self.0) {
            clean.push_apart(&clean_text(&name), &value);
        }
        *self = clean;
    }

    fn edit(&mut self, edit: &dyn Edit) {
        let mut edited = Self::default();
        for (mut name, mut value) in std::mem::take(&mut self.0) {
            if !edit.keeps_attribute(&name) {
                continue;
            }
            match &mut value {
                AttributeValue::Text(text) => text.edit(edit),
                AttributeValue::Number(number) => {
                    // As it would be read in a text: what a pattern is for is no less so as a number.
                    if let Some(text) = edit.text(&number.get().to_string()) {
                        value = AttributeValue::Text(Text::cut(text));
                    }
                }
                AttributeValue::Bool(_) => {}
            }
            name.edit(edit);
            edited.push_apart(&name, &value);
        }
        *self = edited;
    }

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
    fn from_json(raw: &str) -> Result<Self, FieldProblem> {
        crate::json::attributes(raw)
    }
}
