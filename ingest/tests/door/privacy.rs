//! What must not be kept, is not.

use crate::client::{get, post};
use crate::frames::{header, json};
use crate::server::{NOW, Server};
use dna_protocol::Body;
use serde_json::json;

const CANARY: &str = "canary-4711";

#[test]
fn a_raw_user_id_is_nowhere() {
    let server = Server::start();
    let identity = |body| json!({"kind": "identity", "time": NOW, "body": body});
    let frame = json(
        1,
        json!([
            identity(json!({"user.id": CANARY, "user.tier": "vip"})),
            identity(json!({"user.id": CANARY, "user.hash": "claimed"})),
            identity(json!({"user.hash": "claimed"})),
            identity(json!({"user.id": ""})),
        ]),
    );
    assert_eq!(server.send(&post(frame.to_string())).text(), r#"{"accepted":4}"#);
    let metrics = server.send(&get("/metrics"));
    assert!(!metrics.text().contains(CANARY));
    for bytes in server.kept_bytes() {
        assert!(!bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
        assert!(!bytes.windows(7).any(|window| window == b"claimed"));
    }
    let kept = server.stop();
    let hashes = kept[0].1.frame.events.iter().map(|event| match &event.body {
        Body::Identity(identity) => {
            assert_eq!(identity.id, None);
            identity.hash.as_deref().map(str::to_owned)
        }
        other => panic!("{other:?}"),
    });
    let hashes: Vec<_> = hashes.collect();
    // printf 'bank\0canary-4711' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0011…
    let expected = "97197e62eee522ac7eac3e0f6e568c6d987dfe6f12355a9a5fd30f43e0c8482b";
    assert_eq!(hashes, [Some(expected.to_owned()), Some(expected.to_owned()), None, None]);
}

#[test]
fn queries_are_taken_out_of_every_address() {
    let server = Server::start();
    let with = |path: &str| format!("https://bank.example/{path}?{CANARY}#{CANARY}");
    let event = |kind: &str, body| json!({"kind": kind, "time": NOW, "body": body});
    let exception = json!({
        "exception.message": format!("cannot load {}", with("m")),
        "exception.stacktrace": format!("at f ({}:1:2)", with("s.js")),
        "code.file.path": with("f.js"),
    });
    let attributes = json!({"from": with("attribute"), "count": 3});
    let mut frame = json(
        1,
        json!([
            event("page_view", json!({"document.referrer": with("referrer")})),
            event("exception", exception.clone()),
            event("unhandled_rejection", exception),
            event("resource_failure", json!({"url.full": with("logo.png")})),
            event("api_call", json!({"url.full": with("api")})),
            event("custom", json!({"event.name": "n", "attributes": attributes})),
            event("identity", json!({"attributes": attributes})),
        ]),
    );
    frame["url.full"] = with("page").into();
    assert_eq!(server.send(&post(frame.to_string())).text(), r#"{"accepted":7}"#);
    let bytes = server.kept_bytes();
    assert_eq!(bytes.len(), 1);
    assert!(!bytes[0].windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
    let kept = server.stop();
    let frame = &kept[0].1.frame;
    assert_eq!(frame.header.url.as_deref(), Some("https://bank.example/page"));
    let Body::Exception(exception) = &frame.events[1].body else { panic!("the second") };
    assert_eq!(
        exception.stacktrace.as_deref(),
        Some("at f (https://bank.example/s.js:1:2)"),
        "positions stay"
    );
}

#[test]
fn the_clients_address_is_truncated_and_its_agent_parsed() {
    let server = Server::start_with("[http]\ntrusted_proxies = [\"127.0.0.0/8\"]");
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/131.0.0.0 Safari/537.36";
    let frame =
        dna_protocol::model::Frame { header: header(1), events: vec![crate::frames::custom("a")] };
    let request = post(dna_protocol::cbor::encode_frame(&frame))
        .header("User-Agent", agent)
        .header("X-Forwarded-For", "198.51.100.9, 203.0.113.77");
    assert_eq!(server.send(&request).status, 200);
    let kept = server.stop();
    let receipt = &kept[0].0;
    assert_eq!(receipt.client_address.as_deref(), Some("203.0.113.0"));
    assert_eq!(receipt.browser_name.as_deref(), Some("Chrome"));
    assert_eq!(receipt.os_name.as_deref(), Some("Windows"));
}
