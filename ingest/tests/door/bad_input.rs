//! Every kind of bad frame: refused with the right status and words, counted once, survived.

use crate::client::post;
use crate::frames::{self, KEY, custom, header, json, json_custom};
use crate::server::{NOW, Server};
use dna_protocol::cbor::{MAGIC, Writer, encode_frame};
use dna_protocol::field::Text;
use dna_protocol::model::{Body, Event, Frame, Identity};
use serde_json::json;

#[test]
fn what_is_no_frame() {
    let server = Server::start();
    server.acknowledge_one();
    let frame = frames::good(1);
    let refused = |body: &[u8], code, words: &[&str]| {
        server.check_frame_refused(&post(body), 400, code, words);
    };
    refused(b"", "truncated", &["byte 0"]);
    refused(b"hello", "wrong_tag", &["no tag", "55799", "`{`"]);
    refused(b"[]", "wrong_tag", &["55799", "`{`"]);
    refused(&[0xff; 100], "wrong_tag", &["55799"]);
    refused(&frame[3..], "wrong_tag", &["no tag"]);
    refused(&[&[0xc1], &frame[3..]].concat(), "wrong_tag", &["tag 1;", "55799"]);
    refused(&[&MAGIC[..], &[0x80]].concat(), "malformed_cbor", &["byte 3", "map"]);
    refused(&[&MAGIC[..], &[0xbf, 0xff]].concat(), "malformed_cbor", &["indefinite length"]);
    refused(&[&frame[..], b"x"].concat(), "trailing_bytes", &["byte"]);
    refused(b"{\"a\":", "malformed_json", &["line 1, column 5"]);
    refused(b"\n {]", "malformed_json", &["line 2"]);
    refused(b"{}", "invalid_header", &["`app_key`", "missing"]);
    refused(&json(1, json!("none")).to_string().into_bytes(), "invalid_header", &["`events`"]);
    server.check_kept();
}

#[test]
fn truncated_at_every_byte() {
    let server = Server::start();
    let frame = frames::good(1);
    for end in 0..frame.len() {
        let words = format!("byte {end}");
        server.check_frame_refused(&post(&frame[..end]), 400, "truncated", &[&words]);
    }
    // Of JSON every prefix, too, but the whole.
    let frame = json(2, json!([json_custom("a")])).to_string();
    for end in 1..frame.len() {
        let words = ["line 1, column"];
        server.check_frame_refused(&post(&frame[..end]), 400, "malformed_json", &words);
    }
    assert_eq!(server.send(&post(frame)).status, 200);
}

#[test]
fn an_unknown_key() {
    let server = Server::start();
    let mut header = header(1);
    header.app_key = Some(Text::cut("stolen"));
    let cbor = encode_frame(&Frame { header, events: vec![custom("a")] });
    let mut json = json(1, json!([json_custom("a")]));
    json["app_key"] = "stolen".into();
    for body in [cbor, json.to_string().into_bytes()] {
        let words = ["`app_key`", "stolen", "configuration"];
        server.check_frame_refused(&post(body), 401, "unknown_key", &words);
    }
    server.check_kept();
}

#[test]
fn an_origin_that_is_not_allowed() {
    let server = Server::start();
    for origin in
        ["https://evil.example", "http://bank.example", "https://bank.example:8443", "null"]
    {
        let request = post(frames::good(1)).header("Origin", origin);
        server.check_frame_refused(
            &request,
            403,
            "origin_not_allowed",
            &[origin, "bank", "origins"],
        );
    }
    server.check_kept();
}

#[test]
fn a_wrong_method() {
    let server = Server::start();
    for method in ["GET", "PUT", "DELETE", "PATCH"] {
        let request = post(frames::good(1)).method(method);
        let words = [method, "POST"];
        server.check_frame_refused(&request, 405, "method_not_allowed", &words);
        assert_eq!(server.send(&request).header("allow"), Some("POST, OPTIONS"));
    }
    server.check_kept();
}

#[test]
fn an_empty_batch_and_one_too_large() {
    let server = Server::start();
    let with = |count| encode_frame(&Frame { header: header(1), events: vec![custom("a"); count] });
    server.check_frame_refused(&post(with(0)), 400, "no_events", &["`events`", "at least one"]);
    let none = json(1, json!([])).to_string();
    server.check_frame_refused(&post(none), 400, "no_events", &["`events`", "at least one"]);
    let words = ["1001 events", "at most 1000"];
    server.check_frame_refused(&post(with(1001)), 400, "too_many_events", &words);
    server.check_kept();
}

#[test]
fn a_time_in_another_century() {
    let server = Server::start();
    let at = |time: f64| {
        let event = Event { time, ..custom("a") };
        post(encode_frame(&Frame { header: header(server.sequence()), events: vec![event] }))
    };
    let in_2099 = 4_070_908_800_000.0;
    let words = ["`time`", "4070908800000", "`sent_at_ms`", "at most 300000 ms"];
    server.check_event_refused(&at(in_2099), "time_in_future", &words);
    let words = ["`time` is 0 ms", "`sent_at_ms`", "at most 604800000 ms"];
    server.check_event_refused(&at(0.0), "time_too_old", &words);
    server.check_event_refused(&at(-1.0), "out_of_range", &["`time`", "allowed 0"]);
    // The whole client in 2099: its clock is wrong, its events are not.
    let mut header = header(1);
    header.sent_at = Some(in_2099 as u64);
    let event = Event { time: in_2099, ..custom("from 2099") };
    let request = post(encode_frame(&Frame { header, events: vec![event] }));
    assert_eq!(server.send(&request).status, 200);
    let kept = server.stop();
    let skews: Vec<_> = kept.iter().filter_map(|(receipt, _)| receipt.clock_skew).collect();
    assert!(skews.contains(&(NOW as i64 - 4_070_908_800_000)), "{skews:?}");
}

#[test]
fn a_user_id_of_a_megabyte() {
    let server = Server::start();
    let id = "7".repeat(1_000_000);
    let body = json!({"user.id": id});
    let event = json!({"kind": "identity", "time": NOW, "body": body});
    let frame = json(1, json!([event])).to_string();
    let words = ["`user.id`", "1000000", "at most 256"];
    server.check_event_refused(&post(frame), "too_long", &words);
    // In CBOR: the text of a good frame, its head and content exchanged.
    let identity = Identity { id: Some(Text::cut("x")), ..Identity::default() };
    let event = Event { time: NOW as f64, view: 0, body: Body::Identity(identity) };
    let mut frame = encode_frame(&Frame { header: header(1), events: vec![event] });
    assert_eq!(frame.split_off(frame.len() - 2), [0x61, b'x']);
    let mut text = Writer::new();
    text.text(&id);
    frame.extend(text.into_bytes());
    server.check_event_refused(&post(frame), "too_long", &words);
    server.check_kept();
}

/// Not cut: users whose IDs begin alike would share a pseudonym.
#[test]
fn a_user_id_is_taken_whole_or_refused() {
    let server = Server::start();
    let identity = |len: usize| {
        let body = json!({"user.id": "7".repeat(len)});
        let event = json!({"kind": "identity", "time": NOW, "body": body});
        post(json(server.sequence(), json!([event])).to_string())
    };
    assert_eq!(server.send(&identity(256)).status, 200);
    let words = ["`user.id`", "too long: 257", "at most 256"];
    server.check_event_refused(&identity(257), "too_long", &words);
}

#[test]
fn text_that_is_not_utf_8() {
    let server = Server::start();
    let good = json(1, json!([json_custom("PLACE")])).to_string();
    let at = good.find("PLACE").expect("the name");
    let mut bad = good.into_bytes();
    bad[at] = 0xff;
    let words = format!("byte {at}");
    server.check_frame_refused(&post(bad), 400, "invalid_utf8", &[&words, "UTF-8"]);
    let mut bad = frames::good(1);
    *bad.last_mut().expect("bytes") = 0xff;
    server.check_event_refused(&post(bad), "invalid_utf8", &["`event.name`", "UTF-8"]);
    let mut bad = frames::good(1);
    let key = bad.windows(KEY.len()).position(|found| found == KEY.as_bytes()).expect("the key");
    bad[key] = 0xff;
    server.check_frame_refused(&post(bad), 400, "invalid_header", &["`app_key`", "UTF-8"]);
    server.check_kept();
}

#[test]
fn timings_that_are_no_numbers() {
    let server = Server::start();
    let words = ["`duration_ms`", "NaN or infinite", "finite"];
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let request = post(frames::with_duration(server.sequence(), bad));
        server.check_event_refused(&request, "not_finite", &words);
    }
    let out = post(frames::with_duration(server.sequence(), -0.5));
    server.check_event_refused(&out, "out_of_range", &["`duration_ms`", "allowed 0"]);
    let body = json!({"url.full": "/api", "duration_ms": 12345});
    let event = json!({"kind": "api_call", "time": NOW, "body": body});
    let frame = json(1, json!([event])).to_string();
    let infinite = frame.replace("12345", "1e999");
    server.check_event_refused(&post(infinite), "not_finite", &words);
    // JSON has no word for them at all.
    let nan = frame.replace("12345", "NaN");
    server.check_frame_refused(&post(nan), 400, "malformed_json", &["line 1"]);
    server.check_kept();
}

#[test]
fn values_that_cannot_be() {
    let server = Server::start();
    let one = |kind: &str, body: serde_json::Value| {
        let event = json!({"kind": kind, "time": NOW, "body": body});
        post(json(server.sequence(), json!([event])).to_string())
    };
    let vital = |name: &str, value: f64| {
        let body = json!({"browser.web_vital.name": name, "browser.web_vital.value": value});
        one("web_vital", body)
    };
    let day = 86_400_000.0;
    for name in ["LCP", "CLS"] {
        for value in [-5.0, -0.001, day + 1.0, 1e300] {
            let words = ["`browser.web_vital.value` is", "allowed 0 to 86400000"];
            server.check_event_refused(&vital(name, value), "out_of_range", &words);
        }
        for value in [0.0, 0.0312, day] {
            assert_eq!(server.send(&vital(name, value)).status, 200, "{name} {value}");
        }
    }
    let call = |duration: f64| one("api_call", json!({"url.full": "/a", "duration_ms": duration}));
    let view = |end: f64| one("page_view", json!({"load_event_end": end}));
    for bad in [-1.0, day + 1.0] {
        let words = ["`duration_ms`", "allowed 0 to 86400000"];
        server.check_event_refused(&call(bad), "out_of_range", &words);
        let words = ["`load_event_end`", "allowed 0 to 86400000"];
        server.check_event_refused(&view(bad), "out_of_range", &words);
    }
    assert_eq!(server.send(&call(day)).status, 200);
    assert_eq!(server.send(&view(day)).status, 200);
    let words = ["`event.name` is empty", "1 to 128 bytes"];
    server.check_event_refused(&one("custom", json!({"event.name": ""})), "empty", &words);
}
