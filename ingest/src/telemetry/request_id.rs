//! The identifier of a request, by which a client, a proxy and an operator speak of the same.

use super::TraceContext;
use super::limits::REQUEST_ID_BYTES_MAX;
use dna_protocol::privacy::{clean_text, is_plain};

/// An identifier that may stand in logs and headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Text);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Text {
    Brought(String),
    /// Of a trace, in hex. Most are: it needs no memory of its own.
    Trace([u8; 32]),
}

impl RequestId {
    /// The one that the request brought in `X-Request-Id`, if it is sane: 1 to 64 letters, digits,
    /// `-`, `_` and `.`, in which nothing looks like a personal number. Else that of its trace, which
    /// a stranger may have made up too; else a new one.
    #[must_use]
    pub fn of(brought: Option<&str>, trace: &TraceContext) -> Self {
        if let Some(id) = brought.filter(|id| is_sane(id)) {
            return Self(Text::Brought(id.to_owned()));
        }
        let mut id = hex(&trace.trace_id);
        while !is_hash(&id) {
            id = hex(&TraceContext::default().trace_id);
        }
        Self(Text::Trace(id))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Brought(id) => id,
            // Hex digits are UTF-8.
            Text::Trace(hex) => std::str::from_utf8(hex).unwrap_or_default(),
        }
    }
}

/// Whether 32 hex digits certainly have no personal number in them: so many are letters, and so few
/// decimal digits stand in a row, that cleaning takes them for a hash. Of random ones 95 in 100.
fn is_hash(hex: &[u8; 32]) -> bool {
    const LETTERS_MIN: u32 = 4;
    const DIGITS_MAX: u32 = 10;
    let (mut letters, mut digits, mut longest) = (0, 0, 0);
    for byte in hex {
        let is_digit = byte.is_ascii_digit();
        letters += u32::from(!is_digit);
        digits = if is_digit { digits + 1 } else { 0 };
        longest = longest.max(digits);
    }
    letters >= LETTERS_MIN && longest <= DIGITS_MAX
}

fn is_sane(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=REQUEST_ID_BYTES_MAX).contains(&id.len())
        && id.bytes().all(allowed)
        && (is_plain(id) || is_uuid(id) || clean_text(id) == id)
}

/// A UUID may have many digits in a row; nobody's number has its shape.
fn is_uuid(id: &str) -> bool {
    id.len() == 36
        && id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
        && id.bytes().filter(u8::is_ascii_alphabetic).count() >= 4
}

/// By hand, not by `format!`: every request has one.
fn hex(bytes: &[u8; 16]) -> [u8; 32] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 32];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 0xf)];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sane_is_kept_and_all_else_replaced() {
        let trace = TraceContext { trace_id: [0xab; 16], parent: None };
        let made = "ab".repeat(16);
        for good in [
            "a",
            "req-1.2_3",
            "550e8400-e29b-41d4-a716-446655440000",
            "4bf92f3577b34da6a3ce929d0e0e4736",
        ] {
            assert_eq!(RequestId::of(Some(good), &trace).as_str(), good);
        }
        for bad in [
            "",
            "a b",
            "a\r\nX: y",
            "é",
            "13800138000",
            "user-6222021234567890",
            "62220212-3456-7890-1234-567890123456",
            &"x".repeat(65),
        ] {
            assert_eq!(RequestId::of(Some(bad), &trace).as_str(), made, "{bad:?}");
        }
        assert_eq!(RequestId::of(None, &trace).as_str(), made);
    }

    #[test]
    fn what_is_a_hash_is_sane() {
        let mut hashes = 0;
        for _ in 0..2000 {
            let id = hex(&TraceContext::default().trace_id);
            let is_sane = is_sane(std::str::from_utf8(&id).expect("hex"));
            assert!(is_sane || !is_hash(&id), "{id:?}");
            hashes += u32::from(is_hash(&id));
        }
        assert!(hashes > 1800, "{hashes}");
        assert!(!is_hash(b"1234567890abcd123456789012345678"));
        assert!(is_hash(b"1234567890abcd123456789a12345678"));
    }

    #[test]
    fn a_number_in_the_place_of_a_trace_is_no_identifier() {
        let mut trace_id = [0x11; 16];
        trace_id[0] = 0x41;
        let trace = TraceContext { trace_id, parent: None };
        let id = RequestId::of(None, &trace);
        assert!(!id.as_str().contains("4111111111111111"), "{id:?}");
    }
}
