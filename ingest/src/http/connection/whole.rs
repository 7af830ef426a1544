//! A beacon that has come whole, and its answer as bytes.

use crate::http::beacon::is_beacon_at;
use actix_http::{BoxedPayloadStream, Request, Response};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use bytes::Bytes;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::{Duration, UNIX_EPOCH};

/// Headers of a request; one with more is actix's, which takes 96.
const HEADERS_MAX: usize = 32;

/// The request that `bytes` are, if they are a beacon and nothing else: its head, with the headers
/// that somebody looks at, and its body. All that is unusual in it is for another to judge.
pub(super) fn beacon(
    bytes: &Bytes,
    client: Option<SocketAddr>,
) -> Option<(Request<BoxedPayloadStream>, Bytes)> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head_bytes) = parsed.parse(bytes).ok()? else { return None };
    if parsed.version != Some(1) || !is_beacon_at(parsed.method?, parsed.path?) {
        return None;
    }
    let mut request = Request::new();
    let (mut length, mut has_host) = (None, false);
    for found in parsed.headers.iter() {
        let is = |name: &str| found.name.eq_ignore_ascii_case(name);
        match found.name.len() {
            4 if is("host") => has_host = true,
            7 if is("upgrade") => return None,
            6 if is("expect") => return None,
            10 if is("connection") && !found.value.eq_ignore_ascii_case(b"keep-alive") => {
                return None;
            }
            17 if is("transfer-encoding") => return None,
            14 if is("content-length") => {
                let digits = std::str::from_utf8(found.value).ok()?;
                let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
                if length.is_some() || !is_number {
                    return None;
                }
                length = Some(digits.parse::<usize>().ok()?);
            }
            _ => {}
        }
        if let Some(name) = looked_at(found.name) {
            let value = HeaderValue::from_maybe_shared(bytes.slice_ref(found.value)).ok()?;
            request.headers_mut().append(name, value);
        }
    }
    let is_all = length.is_some_and(|length| head_bytes.checked_add(length) == Some(bytes.len()));
    if !has_host || !is_all {
        return None;
    }
    // From actix's own pool of them.
    let head = request.head_mut();
    (head.method, head.peer_addr) = (Method::POST, client);
    Some((request, bytes.slice(head_bytes..)))
}

/// The headers that somebody looks at, by their name as it is sent.
fn looked_at(name: &str) -> Option<HeaderName> {
    static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
    static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
    let known: &[HeaderName] = match name.len() {
        6 => &[header::ORIGIN],
        7 => &[header::REFERER],
        9 => &[header::FORWARDED],
        10 => &[header::USER_AGENT],
        11 => return name.eq_ignore_ascii_case("traceparent").then(|| TRACEPARENT.clone()),
        12 if name.eq_ignore_ascii_case("x-request-id") => return Some(REQUEST_ID.clone()),
        12 => &[header::CONTENT_TYPE],
        14 => &[header::CONTENT_LENGTH],
        15 => &[header::X_FORWARDED_FOR],
        16 => &[header::CONTENT_ENCODING],
        _ => &[],
    };
    known.iter().find(|known| name.eq_ignore_ascii_case(known.as_str())).cloned()
}

/// An answer as it is written at `now` (ms since the Unix epoch); nothing of one that is a stream,
/// which none to a beacon is.
pub(super) fn written(answer: Response<BoxBody>, is_last: bool, now: u64) -> Option<Vec<u8>> {
    let (head, body) = answer.into_parts();
    let body = body.try_into_bytes().ok()?;
    let mut bytes = Vec::with_capacity(320 + body.len());
    let mut put = |parts: &[&[u8]]| parts.iter().for_each(|part| bytes.extend_from_slice(part));
    let status = head.status();
    let reason = status.canonical_reason().unwrap_or_default();
    put(&[b"HTTP/1.1 ", status.as_str().as_bytes(), b" ", reason.as_bytes(), b"\r\n"]);
    put(&[b"content-length: ", body.len().to_string().as_bytes(), b"\r\n"]);
    if is_last {
        put(&[b"connection: close\r\n"]);
    }
    for (name, value) in head.headers() {
        put(&[name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"]);
    }
    with_date(now, |date| put(&[b"date: ", date.as_bytes(), b"\r\n\r\n"]));
    bytes.extend_from_slice(&body);
    Some(bytes)
}

/// The date of `now`, made once a second.
fn with_date(now: u64, each: impl FnOnce(&str)) {
    thread_local! {
        static DATE: RefCell<(u64, String)> = RefCell::default();
    }
    DATE.with_borrow_mut(|(second, date)| {
        let this = now / 1000;
        if *second != this || date.is_empty() {
            // 9999 is the last year that a date has (RFC 9110, section 5.6.7).
            let since = Duration::from_secs(this.min(253_402_300_799));
            (*second, *date) = (this, httpdate::fmt_http_date(UNIX_EPOCH + since));
        }
        each(date);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_http::HttpMessage;

    fn read(head: &str, body: &str) -> Option<(Request, Bytes)> {
        beacon(&Bytes::from(format!("{head}\r\n\r\n{body}")), None)
    }

    const GOOD: &str = "POST /v1/beacon HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 2";

    #[test]
    fn a_whole_beacon_is_read_with_what_is_looked_at() {
        let head = format!("{GOOD}\r\nX-Request-ID: 7\r\nX-Forwarded-For: a\r\nx-forwarded-for: b");
        let (request, body) = read(&head, "{}").expect("whole");
        assert_eq!((&*body, request.method()), (b"{}".as_slice(), &Method::POST));
        assert_eq!(
            request.headers().get("x-request-id").map(HeaderValue::as_bytes),
            Some(&b"7"[..])
        );
        assert_eq!(request.headers().get_all("x-forwarded-for").count(), 2);
        assert!(read(&format!("{GOOD}\r\nConnection: Keep-Alive"), "{}").is_some());
    }

    #[test]
    fn all_else_is_for_actix() {
        for head in [
            "GET /v1/beacon HTTP/1.1\r\nHost: a\r\nContent-Length: 2",
            "POST /v1/beacon HTTP/1.0\r\nHost: a\r\nContent-Length: 2",
            "POST /v1/beacons HTTP/1.1\r\nHost: a\r\nContent-Length: 2",
            "POST /v1/beacon HTTP/1.1\r\nContent-Length: 2",
            "POST /v1/beacon HTTP/1.1\r\nHost: a",
            "POST /v1/beacon HTTP/1.1\r\nHost: a\r\nContent-Length: +2",
            "POST /v1/beacon HTTP/1.1\r\nHost: a\r\nContent-Length:",
            &format!("{GOOD}\r\nContent-Length: 2"),
            &format!("{GOOD}\r\nTransfer-Encoding: chunked"),
            &format!("{GOOD}\r\nConnection: close"),
            &format!("{GOOD}\r\nExpect: 100-continue"),
            &format!("{GOOD}\r\nUpgrade: h2c"),
            &format!("{GOOD}\r\nbroken"),
            &format!("{GOOD}{}", "\r\na: b".repeat(HEADERS_MAX)),
        ] {
            assert!(read(head, "{}").is_none(), "{head}");
        }
        assert!(read(GOOD, "{").is_none(), "not yet whole");
        assert!(read(GOOD, "{}GET").is_none(), "more than one");
        assert!(beacon(&Bytes::from_static(b"POST /v1"), None).is_none());
    }

    #[test]
    fn an_answer_is_written_as_http_has_it() {
        let mut answer = Response::ok().set_body(BoxBody::new("abc"));
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("a text");
        let date = "date: Fri, 15 Jan 2027 08:00:00 GMT";
        let expected = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\nallow: POST\r\n{date}\r\n\r\nabc"
        );
        assert_eq!(written(answer, true, 1_800_000_000_000).map(text), Some(expected));
    }
}
