//! Objects and arrays of JSON, member by member, without a tree in memory.

use crate::limits::FRAME_EVENTS_MAX;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Reads the members of an object one after the other.
pub(super) trait Members<'a> {
    /// Reads the value of the member called `name` from `map`; `false` ends the object with an
    /// error.
    fn member<A: MapAccess<'a>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error>;
}

/// Reads the object that `text` is.
pub(super) fn members<'a>(
    text: &'a str,
    reader: &mut impl Members<'a>,
) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Object(reader).deserialize(&mut deserializer)?;
    deserializer.end()
}

/// Calls `each` with name and raw value of every member of an object, until it returns false.
pub(super) fn object<'a>(
    text: &'a str,
    each: impl FnMut(&str, &'a RawValue) -> bool,
) -> Result<(), serde_json::Error> {
    members(text, &mut Raw(each))
}

/// Members that are wanted as they stand.
struct Raw<F>(F);

impl<'a, F: FnMut(&str, &'a RawValue) -> bool> Members<'a> for Raw<F> {
    fn member<A: MapAccess<'a>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        Ok(self.0(name, map.next_value()?))
    }
}

/// An object where it stands: nothing of it is read twice.
pub(super) struct Object<'r, R>(pub(super) &'r mut R);

impl<'a, R: Members<'a>> DeserializeSeed<'a> for Object<'_, R> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a, R: Members<'a>> Visitor<'a> for Object<'_, R> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            if !self.0.member(&name, &mut map)? {
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

/// A member's name, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(name)))
            }
            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

/// Calls `each` with the items of the array that `text` is.
pub(super) fn array<'a>(
    text: &'a str,
    each: impl FnMut(&'a RawValue),
) -> Result<(), serde_json::Error> {
    let items = Items { is_array: &mut false, each };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    items.deserialize(&mut deserializer)?;
    deserializer.end()
}

/// An array where it stands.
pub(super) struct Items<'f, F> {
    /// Set when it is one.
    pub(super) is_array: &'f mut bool,
    /// Called with every item.
    pub(super) each: F,
}

impl<'a, F: FnMut(&'a RawValue)> DeserializeSeed<'a> for Items<'_, F> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'a, F: FnMut(&'a RawValue)> Visitor<'a> for Items<'_, F> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array")
    }
    fn visit_seq<A: SeqAccess<'a>>(mut self, mut items: A) -> Result<(), A::Error> {
        *self.is_array = true;
        let mut count = 0;
        // Beyond the limit nothing is looked at any more, only counted.
        while count < FRAME_EVENTS_MAX {
            match items.next_element()? {
                Some(item) => (self.each)(item),
                None => return Ok(()),
            }
            count += 1;
        }
        while items.next_element::<IgnoredAny>()?.is_some() {
            (self.each)(RawValue::NULL);
        }
        Ok(())
    }
}
