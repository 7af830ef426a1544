//! Names and values that come from the page's scripts: configuration and attributes.
//!
//! The visitors are written by hand and take whatever comes: a value that is no text, number
//! or boolean is passed over, and never makes the call fail.

use dna_protocol::field::{AttributeValue, Attributes, Number, Text};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The properties of an object, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pairs(pub Vec<(String, Scalar)>);

/// A value that an attribute can have.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// A boolean.
    Bool(bool),
    /// Anything else.
    Other,
}

impl Pairs {
    /// The value called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Scalar> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// The text called `name`.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// As attributes of an event: as many as are allowed, texts cut, the one called `except`
    /// left out.
    #[must_use]
    pub fn into_attributes(self, except: &str) -> Option<Attributes> {
        let mut attributes = Attributes::default();
        for (name, value) in self.0 {
            let value = match value {
                Scalar::Text(text) => AttributeValue::Text(Text::cut(text)),
                Scalar::Number(number) => match Number::new(number) {
                    Ok(number) => AttributeValue::Number(number),
                    Err(_) => continue,
                },
                Scalar::Bool(value) => AttributeValue::Bool(value),
                Scalar::Other => continue,
            };
            if name != except {
                // Too many, or two whose names are the same once cut: the first ones stay.
                let _ = attributes.push(Text::cut(name), value);
            }
        }
        let any = attributes.iter().len() > 0;
        any.then_some(attributes)
    }
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(Scalar::Text(name)) = map.next_key()? {
            // A symbol or a function is an error of this value only.
            pairs.push((name, map.next_value().unwrap_or(Scalar::Other)));
        }
        Ok(Pairs(pairs))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

/// Every method that is not needed is there to keep serde's own from formatting an error.
impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(value))
    }

    fn visit_byte_buf<E: Error>(self, _: Vec<u8>) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Scalar, A::Error> {
        Ok(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Scalar, A::Error> {
        Ok(Scalar::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_keep_what_can_be_sent() {
        let mut pairs = vec![
            ("tier".to_owned(), Scalar::Text("vip".to_owned())),
            ("nothing".to_owned(), Scalar::Other),
            ("nan".to_owned(), Scalar::Number(f64::NAN)),
            ("branch".to_owned(), Scalar::Text("中".repeat(300))),
        ];
        pairs.extend((0..40).map(|index| (index.to_string(), Scalar::Number(f64::from(index)))));
        let attributes = Pairs(pairs).into_attributes("tier").unwrap();
        let names: Vec<_> = attributes.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names.len(), 32);
        assert!(names.contains(&"30") && !names.contains(&"31") && !names.contains(&"nan"));
        let AttributeValue::Text(branch) = &attributes.iter().last().unwrap().1 else {
            panic!("not a text");
        };
        assert_eq!(branch.len(), 510, "cut between characters");
        assert_eq!(Pairs::default().into_attributes(""), None);
    }
}
