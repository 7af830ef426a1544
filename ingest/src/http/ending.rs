//! The end of a connection whose request was answered before its body was read: what still comes
//! is the rest of that body, no head, so the answer says `Connection: close` and is the last.

use super::connection::Turn;
use actix_http::{ConnectionType, RequestHead, Response};
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderValue, TRANSFER_ENCODING,
};

/// Makes `answer` the last of its connection.
pub(super) fn close<B>(answer: &mut Response<B>, turn: &Turn) {
    answer.head_mut().set_connection_type(ConnectionType::Close);
    turn.close();
}

/// The answer to a request behind the last one. Nobody gets it: see `Connection`.
pub(super) fn unheard() -> Response<BoxBody> {
    Response::build(StatusCode::NO_CONTENT).force_close().finish().map_into_boxed_body()
}

/// Whether the client says that this is its last request (RFC 9112, section 9.6). Of several that
/// it has sent in advance, actix looks at the last; and at a list of options not at all.
pub(super) fn is_last(head: &RequestHead) -> bool {
    let is_close = |option: &str| option.trim().eq_ignore_ascii_case("close");
    let says_close =
        |value: &HeaderValue| value.to_str().is_ok_and(|list| list.split(',').any(is_close));
    head.connection_type() == ConnectionType::Close
        || head.headers().get_all(CONNECTION).any(says_close)
}

/// Bytes of a request's body, where its head says.
pub(super) fn body_length(headers: &HeaderMap) -> Option<usize> {
    match headers.get(CONTENT_LENGTH) {
        _ if headers.contains_key(TRANSFER_ENCODING) => None,
        None => Some(0),
        Some(length) => length.to_str().ok()?.parse().ok(),
    }
}

/// Where in `bytes`, which begin with an answer, the one ends that says that it is the last;
/// `usize::MAX` for one that does not say how long it is.
pub(super) fn end_of_last(bytes: &[u8]) -> Option<usize> {
    let close = find(bytes, b"connection: close\r\n")?;
    let start = bytes[..close].windows(9).rposition(|part| part == b"HTTP/1.1 ")?;
    let head = &bytes[start..];
    let head = &head[..find(head, b"\r\n\r\n")? + 4];
    let Some(length) = find(head, b"content-length: ") else { return Some(usize::MAX) };
    let digits = head[length + 16..].iter().take_while(|byte| byte.is_ascii_digit());
    let length = digits.fold(0_usize, |length, digit| {
        length.saturating_mul(10).saturating_add(usize::from(digit - b'0'))
    });
    Some((start + head.len()).saturating_add(length))
}

/// Where `part` begins in `bytes`.
pub(super) fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_answer_ends_with_its_body() {
        let kept = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".as_slice();
        let last =
            b"HTTP/1.1 415 X\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc".as_slice();
        let more = b"HTTP/1.1 400 X\r\ncontent-length: 0\r\n\r\n".as_slice();
        assert_eq!(end_of_last(kept), None);
        assert_eq!(end_of_last(&[kept, last, more].concat()), Some(kept.len() + last.len()));
        let stream = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
        assert_eq!(end_of_last(stream), Some(usize::MAX));
    }
}
