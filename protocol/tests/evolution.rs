//! An old reader meets a new writer, and the reverse.

mod support;

use dna_protocol::model::Body;
use dna_protocol::{Skipped, cbor, json};
use serde_json::json;
use support::{custom, frame_of, items, map, of_view, raw_event, required_header};

#[test]
fn what_a_newer_writer_adds_is_passed_over_and_counted() {
    let mut header = required_header();
    header.push((900, items(|w| w.text("new header field"))));
    let body = map(&[(1, items(|w| w.text("kept"))), (700, items(|w| w.array(0)))]);
    let newer_event = items(|w| {
        w.map(4);
        w.uint(0);
        w.uint(7);
        w.uint(1);
        w.number(5.0);
        w.uint(2);
        w.raw(&body);
        w.uint(900);
        w.raw(&map(&[(1, items(|w| w.bool(true)))]));
    });
    let newer_kind = raw_event(&items(|w| w.uint(5000)), &items(|w| w.number(1.0)), &map(&[]));
    let bytes = frame_of(&header, &[newer_event, newer_kind, custom("also kept")]);
    let decoded = cbor::decode_frame(&bytes).expect("never an error for the whole frame");
    assert_eq!(decoded.skipped, Skipped { keys: 3, kinds: 1 });
    assert_eq!(decoded.rejected_count, 0);
    let names = decoded.frame.events.iter().map(|event| match &event.body {
        Body::Custom(custom) => custom.name.as_deref().expect("required").to_owned(),
        other => panic!("unexpected {other:?}"),
    });
    assert_eq!(names.collect::<Vec<_>>(), ["kept", "also kept"]);
}

#[test]
fn the_json_twin_passes_over_the_same() {
    let body = json!({
        "app_key": "demo-bank", "session.id": "07".repeat(16), "sequence": 1, "new": {"a": [1]},
        "events": [
            {"kind": "custom", "time": 5, "body": {"event.name": "kept", "new": null}, "new": 1},
            {"kind": "hologram", "time": 5, "body": {"depth": 3}},
        ],
    });
    let decoded = json::decode_frame(body.to_string().as_bytes()).expect("never an error");
    assert_eq!(decoded.skipped, Skipped { keys: 3, kinds: 1 });
    assert_eq!(decoded.frame.events.len(), 1);
}

#[test]
fn keys_that_are_no_integers_are_unknown_keys() {
    let frame = items(|w| {
        w.tag(55799);
        w.map(5);
        w.text("text key");
        w.uint(1);
        for (key, value) in required_header() {
            w.uint(key);
            w.raw(&value);
        }
        w.uint(15);
        w.array(1);
        w.raw(&custom("kept"));
    });
    let decoded = cbor::decode_frame(&frame).expect("never an error");
    assert_eq!(decoded.skipped, Skipped { keys: 1, kinds: 0 });
}

#[test]
fn a_new_reader_takes_the_smallest_old_frame() {
    let decoded = cbor::decode_frame(&frame_of(&required_header(), &[custom("a")])).expect("good");
    assert_eq!(decoded.frame.header.sent_at, None);
    assert_eq!(decoded.frame.events.len(), 1);
}

#[test]
fn a_frame_of_unknown_kinds_only_is_no_error() {
    let newer = raw_event(&items(|w| w.uint(5000)), &items(|w| w.number(1.0)), &map(&[]));
    let decoded = cbor::decode_frame(&frame_of(&required_header(), &[newer])).expect("no error");
    assert_eq!(decoded.skipped.kinds, 1);
}

/// A client that sends several views in one frame meets an ingest that knows of one: it finds no
/// view in the header, so it takes none for that of all events.
#[test]
fn an_old_reader_takes_no_view_of_several_for_that_of_all() {
    let text =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/frames/views.json"));
    let frame = json::decode_frame(&text.expect("readable")).expect("a good frame").frame;
    assert_eq!((frame.header.view_id, &frame.header.url), (None, &None));
    let of = |at: usize| frame.header.url_of(&frame.events[at]);
    assert_eq!(of(0), Some("https://bank.example/accounts"));
    assert_eq!(of(1), Some("https://bank.example/transfer"));
    assert_ne!(
        frame.header.view_id_of(&frame.events[0]),
        frame.header.view_id_of(&frame.events[1])
    );
}

#[test]
fn an_event_of_a_view_that_is_not_there_is_refused_and_the_others_stand() {
    let event = |name: &str, view: u64| of_view(&custom(name), view);
    let views = items(|w| {
        w.array(2);
        w.raw(&map(&[(5, items(|w| w.bytes(&[1; 8])))]));
        w.raw(&map(&[(5, items(|w| w.bytes(&[2; 8])))]));
    });
    let mut header = required_header();
    let none = frame_of(&header, &[event("a", 1), event("b", 0)]);
    header.push((18, views));
    let some = frame_of(&header, &[event("a", 1), event("b", 2), event("c", 0)]);
    for (bytes, kept, refused) in [(none, vec![1], 0), (some, vec![0, 2], 1)] {
        let cbor = cbor::decode_frame(&bytes).expect("a good header");
        assert_eq!(cbor.places, kept);
        assert_eq!((cbor.rejected[0].index, cbor.rejected_count), (refused, 1));
        assert_eq!(cbor.rejected[0].error.field, "view");
        assert_eq!(cbor.rejected[0].error.problem.code(), "out_of_range");
        // Header and events may stand in either order in JSON.
        let kept = json::frame_value(&cbor.frame).to_string();
        assert_eq!(json::decode_frame(kept.as_bytes()).expect("a good frame").frame, cbor.frame);
    }
}
