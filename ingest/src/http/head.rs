//! What is looked at of a request's head, whoever read it: actix, which makes a map of all headers,
//! or `connection::whole`, which leaves them where they were read.

use actix_http::RequestHead;
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use std::net::SocketAddr;

/// The method of all requests that come whole.
static POST: Method = Method::POST;

/// A request's head.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head<'a> {
    pub(super) method: &'a Method,
    /// Who is at the other end of the connection.
    pub(super) peer: Option<SocketAddr>,
    headers: Headers<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Headers<'a> {
    Map(&'a HeaderMap),
    Parsed(&'a [httparse::Header<'a>]),
}

impl<'a> From<&'a RequestHead> for Head<'a> {
    fn from(head: &'a RequestHead) -> Self {
        let headers = Headers::Map(head.headers());
        Self { method: &head.method, peer: head.peer_addr, headers }
    }
}

impl<'a> Head<'a> {
    /// That of a POST with these headers.
    pub(super) fn of_post(headers: &'a [httparse::Header<'a>], peer: Option<SocketAddr>) -> Self {
        Self { method: &POST, peer, headers: Headers::Parsed(headers) }
    }

    /// The value of the first header of this name.
    pub(super) fn get(&self, name: &HeaderName) -> Option<&'a [u8]> {
        match self.headers {
            Headers::Map(map) => map.get(name).map(HeaderValue::as_bytes),
            Headers::Parsed(parsed) => named(parsed, name).next(),
        }
    }

    /// The same as a text; none where it has other characters than visible ASCII, space and tab.
    pub(super) fn text(&self, name: &HeaderName) -> Option<&'a str> {
        self.get(name).and_then(visible)
    }

    /// The values of all headers of this name that are texts, in their order.
    pub(super) fn texts(&self, name: &HeaderName) -> Vec<&'a str> {
        match self.headers {
            Headers::Map(map) => {
                map.get_all(name).map(HeaderValue::as_bytes).filter_map(visible).collect()
            }
            Headers::Parsed(parsed) => named(parsed, name).filter_map(visible).collect(),
        }
    }
}

fn named<'a>(
    parsed: &'a [httparse::Header<'a>],
    name: &HeaderName,
) -> impl Iterator<Item = &'a [u8]> {
    let is_it = move |found: &&httparse::Header<'a>| found.name.eq_ignore_ascii_case(name.as_str());
    parsed.iter().filter(is_it).map(|found| found.value)
}

/// As [`HeaderValue::to_str`] has it.
fn visible(value: &[u8]) -> Option<&str> {
    let is_visible = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
    std::str::from_utf8(value).ok().filter(|_| value.iter().all(is_visible))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{ORIGIN, USER_AGENT, X_FORWARDED_FOR};

    #[test]
    fn both_kinds_of_headers_say_the_same() {
        let sent: [(&str, &[u8]); 5] = [
            ("origin", b"https://bank.example"),
            ("X-Forwarded-For", b"1.1.1.1, 2.2.2.2"),
            ("x-forwarded-for", b"\xff"),
            ("X-FORWARDED-FOR", b"3.3.3.3"),
            ("User-Agent", "é".as_bytes()),
        ];
        let parsed = sent.map(|(name, value)| httparse::Header { name, value });
        let mut request = RequestHead::default();
        for (name, value) in sent {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            request.headers_mut().append(name, HeaderValue::from_bytes(value).expect("a value"));
        }
        for head in [Head::from(&request), Head::of_post(&parsed, None)] {
            assert_eq!(head.text(&ORIGIN), Some("https://bank.example"));
            assert_eq!(head.texts(&X_FORWARDED_FOR), ["1.1.1.1, 2.2.2.2", "3.3.3.3"]);
            assert_eq!(head.get(&USER_AGENT), Some("é".as_bytes()));
            assert_eq!(head.text(&USER_AGENT), None);
            assert_eq!(head.get(&actix_web::http::header::REFERER), None);
        }
    }
}
