//! A connection of HTTP/1.1 that rests: between requests, without actix.
//!
//! What actix makes for a connection (two buffers of 8 KB, the dispatcher, the place for a request)
//! costs ten times what the connection itself does, and most connections wait. So one on which
//! nothing happens for a moment is taken away from actix: that reads an end of the stream, shuts
//! down, and what it shuts down is given back here, open. It gets it again with the next byte.
//!
//! Only where nothing of a next request is with actix already, or it would be lost: see [`Read`].

use crate::edge::stream::Stream;
use std::cell::Cell;
use std::rc::Rc;
use tokio::time::Instant;

/// A connection that rests.
#[derive(Debug)]
pub(in crate::http) struct Resting {
    pub(super) io: Stream,
    /// Until when its client may be silent.
    pub(super) until: Instant,
}

/// Where a connection is put to rest.
#[derive(Clone, Default)]
pub(in crate::http) struct Bed(Rc<Cell<Option<Resting>>>);

impl Bed {
    pub(super) fn put(&self, resting: Resting) {
        self.0.set(Some(resting));
    }

    /// The connection, if it was put to rest and not closed.
    pub(in crate::http) fn take(&self) -> Option<Resting> {
        self.0.take()
    }
}

/// What was read of a connection, beside what its requests were made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Read {
    /// Bytes since the beginning of the last request.
    bytes: usize,
    /// Of its head; `None` where that is not known.
    head: Option<usize>,
}

impl Default for Read {
    fn default() -> Self {
        Self { bytes: 0, head: Some(0) }
    }
}

impl Read {
    /// Notes the first bytes of a request, where the one before had a body of `body` bytes.
    pub(super) fn begin(&mut self, bytes: &[u8], body: Option<usize>) {
        let is_all = self.is_all(body);
        self.head = head_bytes(bytes).filter(|_| is_all);
        self.bytes = bytes.len();
    }

    /// Notes bytes that follow.
    pub(super) fn go_on(&mut self, bytes: usize) {
        self.bytes += bytes;
    }

    /// Whether the last request, which had a body of `body` bytes, was all that was read. `false`
    /// also where that is not known: for good, once a head has not come at once or more has come
    /// than the request, as from clients that ask in advance.
    pub(super) fn is_all(&self, body: Option<usize>) -> bool {
        let request = self.head.zip(body).map(|(head, body)| head.saturating_add(body));
        request == Some(self.bytes)
    }
}

/// Bytes of the request that `bytes` begin with, if all of it is there and its head says how long it
/// is. `None` says nothing.
pub(super) fn request_bytes(bytes: &[u8]) -> Option<usize> {
    let head = head_bytes(bytes)?;
    let mut body = 0;
    for line in bytes[..head].split(|byte| *byte == b'\n').skip(1) {
        let Some(colon) = memchr::memchr(b':', line) else { continue };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            return None;
        }
        if name.eq_ignore_ascii_case(b"content-length") {
            body = std::str::from_utf8(value).ok()?.parse::<usize>().ok()?;
        }
    }
    head.checked_add(body).filter(|end| *end <= bytes.len())
}

/// Bytes of the head that `bytes` begin with, where its lines end as they should. The parser takes
/// a bare line feed too (RFC 9112, section 2.2): such a head ends elsewhere than it seems to.
fn head_bytes(bytes: &[u8]) -> Option<usize> {
    const HEAD_END: &[u8] = b"\r\n\r\n";
    if bytes.starts_with(b"\r\n") {
        // Empty lines before a request are none.
        return None;
    }
    let head = bytes.get(..memchr::memmem::find(bytes, HEAD_END)? + HEAD_END.len())?;
    let is_whole_end = |at: usize| at > 0 && head[at - 1] == b'\r';
    memchr::memchr_iter(b'\n', head).all(is_whole_end).then_some(head.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n";

    #[test]
    fn whole_requests_are_all_that_was_read() {
        let mut read = Read::default();
        assert!(read.is_all(Some(0)), "nothing was");
        read.begin(&[HEAD, b"1234"].concat(), Some(0));
        assert!(read.is_all(Some(4)) && !read.is_all(None));
        // The body apart.
        read.begin(HEAD, Some(4));
        assert!(!read.is_all(Some(4)));
        read.go_on(4);
        assert!(read.is_all(Some(4)));
    }

    #[test]
    fn what_is_read_in_advance_is_told_for_good() {
        for more in [b"G".as_slice(), HEAD, b"\r\n"] {
            let mut read = Read::default();
            read.begin(&[HEAD, b"1234", more].concat(), Some(0));
            assert!(!read.is_all(Some(4)), "{more:?}");
            read.begin(&[HEAD, b"1234"].concat(), Some(4));
            assert!(!read.is_all(Some(4)), "nobody knows where it begins: {more:?}");
        }
    }

    #[test]
    fn a_head_that_ends_elsewhere_than_it_seems_to_is_not_known() {
        let mut read = Read::default();
        // Six bytes of a body that look like a head's end, and six of the next request.
        read.begin(b"POST / HTTP/1.1\nContent-Length: 6\n\nab\r\n\r\nGET /h", Some(0));
        assert!(!read.is_all(Some(6)));
    }

    #[test]
    fn a_request_is_told_from_what_comes_behind_it() {
        let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".as_slice();
        assert_eq!(request_bytes(&[get, get].concat()), Some(get.len()));
        assert_eq!(request_bytes(&[HEAD, b"1234GET"].concat()), Some(HEAD.len() + 4));
        assert_eq!(request_bytes(&[HEAD, b"123"].concat()), None, "not all of it is there");
        let chunked = b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
        for unknown in
            [&get[..9], b"\r\n\r\nGET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\nA: b\r\n\r\n", chunked]
        {
            assert_eq!(request_bytes(unknown), None);
        }
    }

    #[test]
    fn a_head_in_parts_is_not_known() {
        let mut read = Read::default();
        read.begin(&HEAD[..9], Some(0));
        read.go_on(HEAD.len() - 9 + 4);
        assert!(!read.is_all(Some(4)));
    }
}
