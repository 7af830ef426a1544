//! A line of nginx's access log as `deploy/nginx-dataview.conf` has it written: an object of JSON
//! whose members are named after nginx's variables. Pure.

use super::counters::Dropped;
use super::limits::{DURATION_MAX_US, LINE_BYTES_MAX, NAME_BYTES_MAX, PATH_BYTES_MAX};
use crate::clean;
use crate::model::{Hop, SpanId, TraceId};
use crate::otlp::limits::{AGE_MAX_US, AHEAD_MAX_US};
use serde_json::{Map, Value};

/// The request that a line tells of. `proxy` is who sent the line, for a line that does not say it;
/// `now_us` is in µs since the Unix epoch.
///
/// # Errors
/// Why it is dropped.
pub fn hop(line: &str, proxy: &str, now_us: u64) -> Result<Hop, Dropped> {
    let Ok(Value::Object(line)) = serde_json::from_str(line) else { return Err(Dropped::NotJson) };
    let line = Line(line);
    let end_us = line.seconds("msec").ok_or(Dropped::Field)?;
    let duration_us = line.seconds("request_time").ok_or(Dropped::Field)?;
    let status = line.number("status").and_then(|it| u16::try_from(it).ok());
    let start_us = end_us.saturating_sub(duration_us);
    if duration_us > DURATION_MAX_US {
        return Err(Dropped::Duration);
    } else if start_us < now_us.saturating_sub(AGE_MAX_US) {
        return Err(Dropped::TooOld);
    } else if start_us > now_us + AHEAD_MAX_US {
        return Err(Dropped::InFuture);
    }
    let traceparent = traceparent(&line.text("traceparent"));
    let upstream = Upstream::of(&line);
    let name = |name: &str| clean::words(&line.text(name), NAME_BYTES_MAX);
    let hostname = name("hostname");
    Ok(Hop {
        trace: traceparent.map(|(trace, span, _)| (trace, span)),
        sampled: traceparent.is_none_or(|(.., sampled)| sampled),
        proxy: if hostname.is_empty() { proxy.to_owned() } else { hostname },
        start_us,
        duration_us,
        method: name("method"),
        host: name("host"),
        path: clean::address(&line.text("path"), PATH_BYTES_MAX),
        status: status.ok_or(Dropped::Field)?,
        response_bytes: line.number("bytes_sent").unwrap_or_default(),
        request_bytes: line.number("request_length").unwrap_or_default(),
        upstream: upstream.addresses,
        upstream_connect_us: upstream.connect_us,
        upstream_header_us: upstream.header_us,
        upstream_response_us: upstream.response_us,
        connection_us: line.seconds("connection_time"),
        protocol: name("protocol"),
        tls: Some(name("tls")).filter(|tls| !tls.is_empty()),
    })
}

/// Trace, span and whether the trace is recorded, of a `traceparent` (W3C Trace Context; what later
/// versions have in common with version 00).
fn traceparent(header: &str) -> Option<(TraceId, SpanId, bool)> {
    let mut parts = header.split('-');
    let version = parts.next().filter(|it| it.len() == 2 && *it != "ff")?;
    let trace = TraceId::from_hex(parts.next()?).filter(|id| id.0 != [0; 16])?;
    let span = SpanId::from_hex(parts.next()?).filter(|id| id.0 != [0; 8])?;
    let flags = parts.next().filter(|it| it.len() == 2)?;
    if version == "00" && parts.next().is_some() {
        return None;
    }
    Some((trace, span, u8::from_str_radix(flags, 16).ok()? & 1 == 1))
}

/// What the upstreams did that were tried one after the other.
#[derive(Debug, Default, PartialEq)]
struct Upstream {
    addresses: Option<String>,
    connect_us: Option<u64>,
    header_us: Option<u64>,
    response_us: Option<u64>,
}

impl Upstream {
    fn of(line: &Line) -> Self {
        // Cleaned as it is: in parts a secret would not be known.
        let addresses = clean::words(&line.text("upstream_addr"), LINE_BYTES_MAX);
        // nginx separates tries by a comma, and groups that an internal redirect led to by a colon.
        let addresses: Vec<&str> = addresses.split([',', ' ']).filter(|it| it.len() > 1).collect();
        if addresses.is_empty() {
            return Self::default();
        }
        let (connect, header, response) = (
            times(&line.text("upstream_connect_time")),
            times(&line.text("upstream_header_time")),
            times(&line.text("upstream_response_time")),
        );
        // What was spent on the tries before the last.
        let before = response.iter().rev().skip(1).flatten().sum::<u64>();
        let last = |times: &[Option<u64>]| times.last().copied().flatten();
        Self {
            addresses: Some(clean::words(&addresses.join(", "), NAME_BYTES_MAX)),
            connect_us: last(&connect),
            header_us: last(&header).map(|it| before + it),
            response_us: response
                .iter()
                .any(Option::is_some)
                .then(|| response.iter().flatten().sum()),
        }
    }
}

/// Times in seconds, one a try; `-` where there was none. One that cannot be is none.
fn times(list: &str) -> Vec<Option<u64>> {
    let words = list.split(|c: char| c == ',' || c == ':' || c.is_whitespace());
    words
        .filter(|word| !word.is_empty())
        .map(|word| micros(word).filter(|it| *it <= DURATION_MAX_US))
        .collect()
}

/// Seconds with decimals as µs.
fn micros(seconds: &str) -> Option<u64> {
    let seconds: f64 = seconds.parse().ok()?;
    // 2^53 µs are 285 years.
    let micros = (seconds * 1e6).round();
    (0.0..=9_007_199_254_740_992.0).contains(&micros).then_some(micros as u64)
}

/// The members of a line, texts or numbers.
struct Line(Map<String, Value>);

impl Line {
    fn text(&self, name: &str) -> String {
        match self.0.get(name) {
            // An empty variable, where the format does not escape for JSON.
            Some(Value::String(text)) if text == "-" => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.text(name).parse().ok()
    }

    fn seconds(&self, name: &str) -> Option<u64> {
        micros(&self.text(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const NOW_US: u64 = 1_795_708_800_000_000;

    fn line(changes: &Value) -> String {
        let mut line = json!({
            "msec": "1795708800.123", "request_time": "0.050", "hostname": "edge-1",
            "method": "POST", "host": "bank.example", "path": "/transfer", "status": "200",
            "bytes_sent": "512", "request_length": "300",
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "upstream_addr": "10.0.0.1:80", "upstream_connect_time": "0.001",
            "upstream_header_time": "0.040", "upstream_response_time": "0.045",
            "connection_time": "1.500", "protocol": "HTTP/1.1", "tls": "TLSv1.3",
        });
        for (name, value) in changes.as_object().expect("members") {
            line[name] = value.clone();
        }
        line.to_string()
    }

    #[test]
    fn a_line_is_a_request() {
        let hop = hop(&line(&json!({"path": "/transfer?card=6222021234567890"})), "", NOW_US);
        let hop = hop.expect("good");
        assert_eq!(hop.start_us, 1_795_708_800_073_000);
        assert_eq!((hop.duration_us, hop.path.as_str()), (50_000, "/transfer"));
        let trace = hop.trace.expect("a trace");
        assert_eq!(trace.0.to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!((trace.1.to_string().as_str(), hop.sampled), ("b7ad6b7169203331", true));
        assert_eq!((hop.proxy.as_str(), hop.tls.as_deref()), ("edge-1", Some("TLSv1.3")));
        assert_eq!(hop.connection_us, Some(1_500_000));
    }

    #[test]
    fn several_upstreams_are_told_as_one_time() {
        let hop = hop(
            &line(&json!({
                "upstream_addr": "10.0.0.1:80, 10.0.0.2:80 : unix:/a.sock",
                "upstream_connect_time": "-, 0.002 : 0.001",
                "upstream_header_time": "-, 0.010 : 0.020",
                "upstream_response_time": "0.100, 0.015 : 0.030",
            })),
            "",
            NOW_US,
        )
        .expect("good");
        assert_eq!(hop.upstream.as_deref(), Some("10.0.0.1:80, 10.0.0.2:80, unix:/a.sock"));
        assert_eq!(hop.upstream_connect_us, Some(1_000));
        assert_eq!(hop.upstream_header_us, Some(135_000));
        assert_eq!(hop.upstream_response_us, Some(145_000));
    }

    #[test]
    fn upstreams_that_took_longer_than_can_be_are_no_time() {
        let times = vec!["9e9"; LINE_BYTES_MAX / 5].join(",");
        let wrong = json!({"upstream_header_time": times, "upstream_response_time": times});
        let hop = hop(&line(&wrong), "", NOW_US).expect("good");
        assert_eq!((hop.upstream_header_us, hop.upstream_response_us), (None, None));
    }

    #[test]
    fn without_upstream_and_header_there_is_none() {
        let empty = json!({"upstream_addr": "", "upstream_response_time": "", "traceparent": "-",
            "tls": "", "hostname": "", "connection_time": ""});
        let hop = hop(&line(&empty), "10.9.9.9", NOW_US).expect("good");
        assert_eq!((hop.upstream, hop.upstream_response_us, hop.trace), (None, None, None));
        assert_eq!((hop.proxy.as_str(), hop.tls, hop.sampled), ("10.9.9.9", None, true));
    }

    #[test]
    fn the_flags_say_whether_it_is_recorded() {
        let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        assert!(!hop(&line(&json!({"traceparent": header})), "", NOW_US).expect("good").sampled);
        for wrong in [
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01",
        ] {
            assert_eq!(
                hop(&line(&json!({"traceparent": wrong})), "", NOW_US).expect("good").trace,
                None
            );
        }
    }

    #[test]
    fn what_is_no_such_line_is_dropped_with_a_reason() {
        for (text, why) in [
            (
                "10.0.0.1 - - [26/Nov/2026:16:00:00 +0000] \"GET / HTTP/1.1\" 200".to_owned(),
                Dropped::NotJson,
            ),
            ("[1]".to_owned(), Dropped::NotJson),
            (line(&json!({"msec": "soon"})), Dropped::Field),
            (line(&json!({"status": "99999"})), Dropped::Field),
            (line(&json!({"request_time": "-1"})), Dropped::Field),
            (line(&json!({"request_time": "1e9"})), Dropped::Duration),
            (line(&json!({"request_time": "86400.001"})), Dropped::Duration),
            (line(&json!({"msec": "5.0"})), Dropped::TooOld),
            // It ended in time, and began too long ago.
            (line(&json!({"msec": "1795536001.0", "request_time": "3600"})), Dropped::TooOld),
            (line(&json!({"msec": "1895708800.0"})), Dropped::InFuture),
        ] {
            assert_eq!(hop(&text, "", NOW_US).expect_err("dropped"), why, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read(text in "\\PC{0,80}", time in "[-,.: 0-9e]{0,20}") {
            let _ = hop(&text, "", NOW_US);
            let _ = hop(&line(&json!({"upstream_response_time": time, "msec": time})), "", NOW_US);
        }
    }
}
