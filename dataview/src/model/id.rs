//! Identifiers: bytes in the store, lower-case hexadecimal digits for people.

use std::fmt;

macro_rules! ids {
    ($( #[doc = $doc:literal] $name:ident = $bytes:literal; )*) => { $(
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; $bytes]);

        impl $name {
            /// Reads hexadecimal digits, upper or lower case; `None` when they are no such identifier.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                let mut bytes = [0; $bytes];
                from_hex(text, &mut bytes).then_some(Self(bytes))
            }

            /// The identifier in `bytes`; `None` when there are more or fewer of them.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::from_hex(&text).ok_or_else(|| {
                    serde::de::Error::custom(concat!(
                        stringify!($name), " has hexadecimal digits, two for each of ", $bytes, " bytes"
                    ))
                })
            }
        }
    )* };
}

ids! {
    /// A session of a client.
    SessionId = 16;
    /// A page view: from one navigation or change of route to the next.
    ViewId = 8;
    /// A trace (W3C Trace Context, `trace-id`).
    TraceId = 16;
    /// A span of a trace (W3C Trace Context, `parent-id`).
    SpanId = 8;
}

fn from_hex(text: &str, bytes: &mut [u8]) -> bool {
    let digits = text.as_bytes();
    if digits.len() != bytes.len() * 2 {
        return false;
    }
    let digit = |byte: u8| (byte as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let (Some(high), Some(low)) = (digit(pair[0]), digit(pair[1])) else { return false };
        *byte = high << 4 | low;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_read_as_they_are_shown() {
        let id = TraceId::from_hex("0AF7651916cd43dd8448eb211c80319c").unwrap();
        assert_eq!(id.to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(SpanId::from_hex("b7ad6b716920333"), None);
        assert_eq!(SpanId::from_hex("b7ad6b716920333g"), None);
    }
}
