//! The identifier of a request, by which a client, a proxy and an operator speak of the same.

use super::TraceContext;
use super::limits::REQUEST_ID_BYTES_MAX;
use dna_protocol::privacy::{clean_text, is_plain};

/// An identifier that may stand in logs and headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The one that the request brought in `X-Request-Id`, if it is sane: 1 to 64 letters, digits,
    /// `-`, `_` and `.`, in which nothing looks like a personal number. Else that of its trace, which
    /// a stranger may have made up too; else a new one.
    #[must_use]
    pub fn of(brought: Option<&str>, trace: &TraceContext) -> Self {
        if let Some(id) = brought.filter(|id| is_sane(id)) {
            return Self(id.to_owned());
        }
        let id = hex(&trace.trace_id);
        Self(if is_sane(&id) { id } else { hex(&TraceContext::default().trace_id) })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
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

fn hex(bytes: &[u8]) -> String {
    // By hand, not by `format!`: every request has one.
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        for digit in [byte >> 4, byte & 0xf] {
            text.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
        }
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
    fn a_number_in_the_place_of_a_trace_is_no_identifier() {
        let mut trace_id = [0x11; 16];
        trace_id[0] = 0x41;
        let trace = TraceContext { trace_id, parent: None };
        let id = RequestId::of(None, &trace);
        assert!(!id.as_str().contains("4111111111111111"), "{id:?}");
    }
}
