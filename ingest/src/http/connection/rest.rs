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
        let end = |head: usize| head + HEAD_END.len();
        let is_all = self.is_all(body);
        self.head = memchr::memmem::find(bytes, HEAD_END).filter(|_| is_all).map(end);
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

const HEAD_END: &[u8] = b"\r\n\r\n";

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
    fn a_head_in_parts_is_not_known() {
        let mut read = Read::default();
        read.begin(&HEAD[..9], Some(0));
        read.go_on(HEAD.len() - 9 + 4);
        assert!(!read.is_all(Some(4)));
    }
}
