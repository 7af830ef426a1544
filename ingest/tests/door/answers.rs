//! What good frames are answered, and what is kept of them.

use crate::client::post;
use crate::frames::{self, custom, header, json, json_custom};
use crate::server::{NOW, Server};
use dna_protocol::Body;
use dna_protocol::cbor::encode_frame;
use dna_protocol::model::Frame;
use serde_json::json;

#[test]
fn both_forms_are_kept_alike() {
    let server = Server::start();
    let events = vec![custom("a"), custom("b")];
    let cbor = Frame { header: header(1), events: events.clone() };
    let json = Frame { header: header(2), events };
    for body in
        [encode_frame(&cbor), dna_protocol::json::frame_value(&json).to_string().into_bytes()]
    {
        let response = server.send(&post(body));
        assert_eq!((response.status, response.text()), (200, r#"{"accepted":2}"#));
    }
    let kept = server.stop();
    assert_eq!(kept.len(), 2);
    for (receipt, decoded) in &kept {
        assert_eq!(receipt.received_at, Some(NOW));
        assert_eq!(receipt.app.as_deref(), Some("bank"));
        assert_eq!(receipt.clock_skew, Some(0));
        assert_eq!(receipt.client_address.as_deref(), Some("127.0.0.0"));
        assert_eq!(decoded.frame.header.app_key, None, "the key is not kept");
        assert_eq!(decoded.frame.events, cbor.events);
    }
}

#[test]
fn good_events_beside_bad_ones_are_kept() {
    let server = Server::start();
    let events = json!([
        {"kind": "custom", "time": 0, "body": {"event.name": "old"}},
        json_custom("first"),
        {"kind": "hologram", "time": NOW, "body": {"depth": 3}},
        {"kind": "custom", "time": NOW, "body": {}},
        json_custom("second"),
        {"kind": "custom", "time": 4_070_908_800_000u64, "body": {"event.name": "2099"}},
        {"kind": "custom", "time": NOW, "body": {"event.name": "third", "mood": "good"}},
    ]);
    let (response, moved) = server.counted(|| server.send(&post(json(1, events).to_string())));
    assert_eq!(response.status, 200);
    let answer = response.json();
    assert_eq!(answer["accepted"], 3);
    assert_eq!(answer["rejected_count"], 3);
    let places: Vec<_> = answer["rejected"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|rejection| (rejection["index"].as_u64(), rejection["code"].as_str()))
        .collect();
    assert_eq!(
        places,
        [
            (Some(0), Some("time_too_old")),
            (Some(3), Some("missing")),
            (Some(5), Some("time_in_future")),
        ]
    );
    assert_eq!(answer["skipped"], json!({"keys": 1, "kinds": 1}));
    for (counter, count) in [
        ("frames_accepted_total{app=\"bank\"}", 1),
        ("events_accepted_total{app=\"bank\",kind=\"custom\"}", 3),
        ("events_rejected_total{reason=\"missing\"}", 1),
        ("events_rejected_total{reason=\"time_too_old\"}", 1),
        ("events_rejected_total{reason=\"time_in_future\"}", 1),
        ("events_skipped_total", 1),
        ("keys_skipped_total", 1),
        ("buffer_entries_total", 1),
    ] {
        assert_eq!(moved.get(&format!("dna_ingest_{counter}")), Some(&count), "{counter}");
    }
    let kept = server.stop();
    let names = kept[0].1.frame.events.iter().filter_map(|event| match &event.body {
        Body::Custom(custom) => custom.name.as_deref(),
        _ => None,
    });
    assert_eq!(names.collect::<Vec<_>>(), ["first", "second", "third"]);
}

#[test]
fn a_newer_clients_events_are_no_error() {
    let server = Server::start();
    let events = json!([{"kind": "hologram", "time": NOW, "body": {}}]);
    let response = server.send(&post(json(1, events).to_string()));
    let expected = r#"{"accepted":0,"skipped":{"kinds":1}}"#;
    assert_eq!((response.status, response.text()), (200, expected));
    assert!(server.stop().is_empty());
}

#[test]
fn many_refusals_are_all_counted_and_some_listed() {
    let server = Server::start();
    let bad = |number| match number {
        0..100 => json!({"kind": "custom", "time": 0, "body": {}}),
        100..180 => json!({"kind": "custom", "time": NOW, "body": {"event.name": 1}}),
        _ => json!({"kind": "custom", "time": 0, "body": {"event.name": "old"}}),
    };
    let events: Vec<_> = (0..300).map(bad).collect();
    let (response, moved) =
        server.counted(|| server.send(&post(json(1, events.into()).to_string())));
    assert_eq!(response.status, 422);
    let problem = response.json();
    assert_eq!(problem["rejected_count"], 300);
    assert_eq!(problem["rejected"].as_array().map(Vec::len), Some(20));
    let expected = [("missing", 100), ("time_too_old", 120), ("wrong_type", 80)];
    let name = |code| format!("dna_ingest_events_rejected_total{{reason=\"{code}\"}}");
    assert_eq!(moved, expected.map(|(code, count)| (name(code), count)).into());
}

#[test]
fn every_media_type_is_taken() {
    let server = Server::start();
    for media_type in [
        "text/plain",
        "text/plain;charset=UTF-8",
        "application/json",
        "Application/CBOR",
        "application/json; charset=utf-8",
        "application/x-www-form-urlencoded",
    ] {
        let request = post(frames::good(server.sequence())).header("Content-Type", media_type);
        assert_eq!(server.send(&request).status, 200, "{media_type}");
    }
}
