//! A beacon that has come whole, and its answer as bytes.

use crate::http::BEACON_PATH;
use crate::http::answer::{Answer, MEDIA_TYPE};
use crate::http::beacon::CORS;
use actix_http::Response;
use actix_web::body::{BoxBody, MessageBody};
use httparse::Header;
use std::cell::RefCell;
use std::time::{Duration, UNIX_EPOCH};

/// Headers of a request; one with more is actix's, which takes 96.
pub(super) const HEADERS_MAX: usize = 32;

/// The headers and the body of the request that `bytes` are, if they are a beacon and nothing else.
/// All that is unusual in it is for another to judge.
pub(super) fn beacon<'h, 'b>(
    bytes: &'b [u8],
    headers: &'h mut [Header<'b>; HEADERS_MAX],
) -> Option<(&'h [Header<'b>], &'b [u8])> {
    let mut parsed = httparse::Request::new(headers);
    let httparse::Status::Complete(head_bytes) = parsed.parse(bytes).ok()? else { return None };
    if parsed.version != Some(1) || parsed.method? != "POST" || parsed.path? != BEACON_PATH {
        return None;
    }
    let headers: &[Header<'_>] = parsed.headers;
    let (mut length, mut hosts) = (None, 0);
    for found in headers {
        let is = |name: &str| found.name.eq_ignore_ascii_case(name);
        match found.name.len() {
            4 if is("host") && is_host(found.value) => hosts += 1,
            4 if is("host") => return None,
            7 if is("upgrade") => return None,
            6 if is("expect") => return None,
            10 if is("connection") && !found.value.eq_ignore_ascii_case(b"keep-alive") => {
                return None;
            }
            17 if is("transfer-encoding") => return None,
            14 if is("content-length") => {
                if length.is_some() {
                    return None;
                }
                length = Some(number(found.value)?);
            }
            _ => {}
        }
    }
    let is_all = length.is_some_and(|length| head_bytes.checked_add(length) == Some(bytes.len()));
    if hosts != 1 || !is_all {
        return None;
    }
    Some((headers, &bytes[head_bytes..]))
}

/// A number of nothing but digits.
fn number(digits: &[u8]) -> Option<usize> {
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| usize::from(byte - b'0'));
    let (first, rest) = digits.split_first()?;
    rest.iter()
        .try_fold(digit(first)?, |number, next| number.checked_mul(10)?.checked_add(digit(next)?))
}

/// Whether nothing stands in a host that certainly may not (RFC 9110, section 7.2).
fn is_host(value: &[u8]) -> bool {
    !value.iter().any(|byte| matches!(byte, b' ' | b'\t' | b',' | b'/' | b'@' | 0x80..))
}

/// The answer 200 with `answer`, as it is written at `now` (ms since the Unix epoch).
pub(super) fn written_kept(answer: &Answer, id: &str, is_last: bool, now: u64) -> Vec<u8> {
    let body = answer.body();
    let mut bytes = begun(200, "OK", body.len(), is_last);
    put(&mut bytes, &[b"content-type: ", MEDIA_TYPE.as_bytes(), b"\r\n"]);
    put(&mut bytes, &[b"x-request-id: ", id.as_bytes(), b"\r\n"]);
    ended(bytes, &body, now)
}

/// The same of any other answer to a beacon; nothing of one that is a stream, which none is.
pub(super) fn written(
    answer: Response<BoxBody>,
    id: &str,
    is_last: bool,
    now: u64,
) -> Option<Vec<u8>> {
    let (head, body) = answer.into_parts();
    let body = body.try_into_bytes().ok()?;
    let status = head.status();
    let reason = status.canonical_reason().unwrap_or_default();
    let mut bytes = begun(status.as_u16(), reason, body.len(), is_last);
    for (name, value) in head.headers() {
        put(&mut bytes, &[name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"]);
    }
    put(&mut bytes, &[b"x-request-id: ", id.as_bytes(), b"\r\n"]);
    Some(ended(bytes, &body, now))
}

/// What stands before the headers of one answer.
fn begun(status: u16, reason: &str, length: usize, is_last: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(320 + length);
    put(&mut bytes, &[b"HTTP/1.1 "]);
    put_number(&mut bytes, usize::from(status));
    put(&mut bytes, &[b" ", reason.as_bytes(), b"\r\ncontent-length: "]);
    put_number(&mut bytes, length);
    put(&mut bytes, &[b"\r\n", if is_last { b"connection: close\r\n" } else { b"" }]);
    bytes
}

/// And what stands behind them.
fn ended(mut bytes: Vec<u8>, body: &[u8], now: u64) -> Vec<u8> {
    for (name, value) in &CORS {
        put(&mut bytes, &[name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"]);
    }
    with_date(now, |date| put(&mut bytes, &[b"date: ", date.as_bytes(), b"\r\n\r\n"]));
    bytes.extend_from_slice(body);
    bytes
}

fn put(bytes: &mut Vec<u8>, parts: &[&[u8]]) {
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
}

/// In decimals, without the detour by a text that formatting takes.
fn put_number(bytes: &mut Vec<u8>, number: usize) {
    if number >= 10 {
        put_number(bytes, number / 10);
    }
    bytes.push(b'0' + (number % 10) as u8);
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
    use crate::accept::Rejected;
    use crate::http::answer::LeftOut;
    use actix_web::http::header::{self, HeaderValue};
    use dna_protocol::Skipped;

    /// Names and values of the headers, and the body.
    fn read(head: &str, body: &str) -> Option<(Vec<(String, String)>, String)> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("a text");
        let bytes = format!("{head}\r\n\r\n{body}");
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let (headers, body) = beacon(bytes.as_bytes(), &mut headers)?;
        let headers = headers.iter().map(|it| (it.name.to_owned(), text(it.value)));
        Some((headers.collect(), text(body)))
    }

    const GOOD: &str = "POST /v1/beacon HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 2";

    #[test]
    fn a_whole_beacon_is_read() {
        let (headers, body) = read(&format!("{GOOD}\r\nX-A: b"), "{}").expect("whole");
        assert_eq!((&*body, headers.len()), ("{}", 3));
        assert_eq!(headers[2], ("X-A".to_owned(), "b".to_owned()));
        assert!(read(&format!("{GOOD}\r\nConnection: Keep-Alive"), "{}").is_some());
    }

    #[test]
    fn all_else_is_for_actix() {
        for head in [
            "GET /v1/beacon HTTP/1.1\r\nHost: a\r\nContent-Length: 2",
            "POST /v1/beacon HTTP/1.0\r\nHost: a\r\nContent-Length: 2",
            "POST /v1/beacons HTTP/1.1\r\nHost: a\r\nContent-Length: 2",
            "POST /v1/%62eacon HTTP/1.1\r\nHost: a\r\nContent-Length: 2",
            "POST http://a/v1/beacon HTTP/1.1\r\nHost: a\r\nContent-Length: 2",
            "POST /v1/beacon HTTP/1.1\r\nContent-Length: 2",
            "POST /v1/beacon HTTP/1.1\r\nHost: a",
            "POST /v1/beacon HTTP/1.1\r\nHost: a b\r\nContent-Length: 2",
            "POST /v1/beacon HTTP/1.1\r\nHost: a\r\nContent-Length: +2",
            "POST /v1/beacon HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2",
            "POST /v1/beacon HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551618",
            "POST /v1/beacon HTTP/1.1\r\nHost: a\r\nContent-Length:",
            &format!("{GOOD}\r\nContent-Length: 2"),
            &format!("{GOOD}\r\nHost: a"),
            &format!("{GOOD}\r\nTransfer-Encoding: chunked"),
            &format!("{GOOD}\r\nConnection: close"),
            &format!("{GOOD}\r\nExpect: 100-continue"),
            &format!("{GOOD}\r\nUpgrade: h2c"),
            &format!("{GOOD}\r\nbroken"),
            &format!("{GOOD}\r\nX: folded\r\n here"),
            &format!("{GOOD}{}", "\r\na: b".repeat(HEADERS_MAX)),
        ] {
            assert!(read(head, "{}").is_none(), "{head}");
        }
        assert!(read(GOOD, "{").is_none(), "not yet whole");
        assert!(read(GOOD, "{}GET").is_none(), "more than one");
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        assert!(beacon(b"POST /v1", &mut headers).is_none());
    }

    const NOW: u64 = 1_800_000_000_000;
    const END: &str = "x-request-id: 7\r\naccess-control-allow-origin: *\r\n\
        access-control-expose-headers: Retry-After, X-Request-Id\r\n\
        date: Fri, 15 Jan 2027 08:00:00 GMT\r\n\r\n";

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).expect("a text")
    }

    #[test]
    fn an_answer_is_written_as_http_has_it() {
        let mut answer = Response::ok().set_body(BoxBody::new("abc"));
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        let begin = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\nallow: POST\r\n";
        let written = written(answer, "7", true, NOW).map(text);
        assert_eq!(written, Some(format!("{begin}{END}abc")));
    }

    #[test]
    fn what_is_kept_is_written_as_actix_would_write_it() {
        let skipped = Skipped { keys: 0, kinds: 0 };
        let left_out = LeftOut { sampled_out: 0, shed: 4 };
        let answer = Answer::kept(12, left_out, Rejected::default(), skipped);
        let by_actix = written(answer.response(), "7", false, NOW).map(text);
        assert_eq!(Some(text(written_kept(&answer, "7", false, NOW))), by_actix);
    }
}
