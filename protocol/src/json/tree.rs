//! Objects and arrays of JSON, member by member, without a tree in memory.

use crate::limits::FRAME_EVENTS_MAX;
use serde::de::{Deserializer as _, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Calls `each` with name and raw value of every member of an object, until it returns false.
pub(super) fn object<'a>(
    text: &'a str,
    each: impl FnMut(&str, &'a RawValue) -> bool,
) -> Result<(), serde_json::Error> {
    struct Members<F>(F);
    impl<'a, F: FnMut(&str, &'a RawValue) -> bool> Visitor<'a> for Members<F> {
        type Value = ();
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
            while let Some(Name(name)) = map.next_key()? {
                if !self.0(&name, map.next_value()?) {
                    return Err(A::Error::custom("stopped"));
                }
            }
            Ok(())
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.deserialize_map(Members(each))?;
    deserializer.end()
}

/// A member's name, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
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

/// Calls `each` with every item of an array.
pub(super) fn array<'a>(
    text: &'a str,
    each: impl FnMut(&'a RawValue),
) -> Result<(), serde_json::Error> {
    struct Items<F>(F);
    impl<'a, F: FnMut(&'a RawValue)> Visitor<'a> for Items<F> {
        type Value = ();
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an array")
        }
        fn visit_seq<A: SeqAccess<'a>>(mut self, mut items: A) -> Result<(), A::Error> {
            let mut count = 0;
            // Beyond the limit nothing is looked at any more, only counted.
            while count < FRAME_EVENTS_MAX {
                match items.next_element()? {
                    Some(item) => self.0(item),
                    None => return Ok(()),
                }
                count += 1;
            }
            while items.next_element::<IgnoredAny>()?.is_some() {
                self.0(RawValue::NULL);
            }
            Ok(())
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.deserialize_seq(Items(each))?;
    deserializer.end()
}
