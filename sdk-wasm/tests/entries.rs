//! Entries of the browser that become events: resources and long frames.
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

use dna_protocol::cbor::{decode_frame, encode_frame_of};
use dna_protocol::field::{Id, Text};
use dna_protocol::json::frame_value;
use dna_protocol::{Draft, Header, Kind};
use dna_sdk_wasm::limits::{
    LONG_FRAMES_MAX, RESOURCE_GROUPS_MAX, RESOURCE_SLOW, RESOURCES_WHOLE_MAX,
};
use dna_sdk_wasm::long_frames::LongFrames;
use dna_sdk_wasm::resources::{Loaded, Resources};
use serde_json::{Value, json};

const IMAGE: Loaded<'_> = Loaded {
    initiator: "img",
    url: "https://bank/images/logo.png?v=6222",
    start: 100.0,
    duration: 40.0,
    status: 200.0,
    open: true,
    sizes: [1300.0, 1000.0, 1000.0],
};

/// Time and body of each event as ingest reads it.
fn read(take: impl FnOnce(&mut Vec<(f64, Draft)>)) -> Vec<(f64, Value)> {
    let mut told = Vec::new();
    take(&mut told);
    if told.is_empty() {
        return Vec::new();
    }
    let header = Header {
        app_key: Some(Text::cut("k")),
        session_id: Some(Id([7; 16])),
        sequence: Some(1),
        ..Header::default()
    };
    let events: Vec<Vec<u8>> = told.into_iter().map(|(time, draft)| draft.event(time)).collect();
    let frame = encode_frame_of(&header, events.iter().map(Vec::as_slice));
    let decoded = decode_frame(&frame).unwrap();
    assert_eq!(decoded.rejected_count, 0, "{:?}", decoded.rejected);
    let events = frame_value(&decoded.frame)["events"].as_array().unwrap().clone();
    events
        .into_iter()
        .map(|event| (event["time"].as_f64().unwrap(), event["body"].clone()))
        .collect()
}

#[test]
fn resources_are_told_by_initiator_and_origin() {
    let mut resources = Resources::default();
    let cached = Loaded { start: 50.0, duration: 2.0, sizes: [0.0, 500.0, 900.0], ..IMAGE };
    let elsewhere = Loaded {
        url: "https://cdn.example/a.png",
        start: 150.0,
        duration: 8.0,
        status: 0.0,
        open: false,
        sizes: [0.0; 3],
        ..IMAGE
    };
    let script = Loaded { initiator: "script", url: "https://bank", ..IMAGE };
    for loaded in [IMAGE, cached, elsewhere, script] {
        assert!(!resources.add(&loaded));
    }
    assert_eq!(
        read(|told| resources.take(false, told)),
        [
            (
                140.0,
                json!({
                    "initiator_type": "img", "url.full": "https://bank", "count": 2,
                    "duration_ms": 40, "duration_sum_ms": 42, "cached_count": 1, "start_time": 50,
                    "transfer_size": 1300, "encoded_body_size": 1500, "decoded_body_size": 1900,
                })
            ),
            (
                158.0,
                json!({
                    "initiator_type": "img", "url.full": "https://cdn.example", "count": 1,
                    "duration_ms": 8, "duration_sum_ms": 8, "start_time": 150,
                })
            ),
            (
                140.0,
                json!({
                    "initiator_type": "script", "url.full": "https://bank", "count": 1,
                    "duration_ms": 40, "duration_sum_ms": 40, "start_time": 100,
                    "transfer_size": 1300, "encoded_body_size": 1000, "decoded_body_size": 1000,
                })
            ),
        ]
    );
    assert_eq!(read(|told| resources.take(false, told)), [], "what was told is told once");
}

#[test]
fn the_slow_and_the_failed_are_whole_until_their_bound_and_grouped_after() {
    let mut resources = Resources::default();
    let slow = Loaded { duration: RESOURCE_SLOW, ..IMAGE };
    let failed = Loaded { status: 404.0, ..IMAGE };
    let whole =
        |resources: &mut Resources, loaded| (0..50).filter(|_| resources.add(loaded)).count();
    assert_eq!(whole(&mut resources, &slow), RESOURCES_WHOLE_MAX as usize);
    assert_eq!(whole(&mut resources, &failed), RESOURCES_WHOLE_MAX as usize, "a bound of its own");
    let told = read(|told| resources.take(false, told));
    assert_eq!(told[0].1["count"], json!(100 - 2 * RESOURCES_WHOLE_MAX), "none is lost");
    assert!(!resources.add(&slow), "hidden and seen again it is the same view");
    resources.take(true, &mut Vec::new());
    assert!(resources.add(&slow), "another view has its own");
}

#[test]
fn groups_are_bounded_and_the_rest_is_one_group() {
    let mut resources = Resources::default();
    for at in 0..100 {
        let url = format!("https://host-{at}/a.png");
        assert!(!resources.add(&Loaded { url: &url, ..IMAGE }));
    }
    let told = read(|told| resources.take(true, told));
    assert_eq!(told.len(), RESOURCE_GROUPS_MAX + 1);
    let rest = &told.last().unwrap().1;
    assert_eq!(rest["initiator_type"], "other");
    assert_eq!(rest["url.full"], Value::Null);
    assert_eq!(rest["count"], json!(100 - RESOURCE_GROUPS_MAX));
}

#[test]
fn what_an_address_holds_is_in_no_group() {
    let mut resources = Resources::default();
    for url in ["data:image/png;base64,c2VjcmV0/c2VjcmV0/c2VjcmV0/", "https://me:secret@bank/a", ""]
    {
        assert!(!resources.add(&Loaded { url, ..IMAGE }));
    }
    let told = read(|told| resources.take(true, told));
    let urls: Vec<_> = told.iter().map(|(_, body)| body["url.full"].as_str()).collect();
    assert_eq!(urls, [Some("data:image/png"), Some("https://bank"), None]);
}

#[test]
fn numbers_that_a_browser_does_not_know_are_absent() {
    let mut resources = Resources::default();
    let unknown = Loaded { status: f64::NAN, sizes: [f64::NAN; 3], ..IMAGE };
    assert!(!resources.add(&unknown));
    let body = &read(|told| resources.take(true, told))[0].1;
    assert_eq!(body.as_object().unwrap().len(), 6, "{body}");
}

fn add(frames: &mut LongFrames, duration: f64) {
    frames.add(1000.0 - duration, duration, || {
        let mut draft = Draft::new(Kind::LongFrame);
        draft.fields.millis(dna_protocol::model::LongFrame::duration, duration);
        draft
    });
}

fn durations(frames: &mut LongFrames, anew: bool) -> Vec<f64> {
    let told = read(|told| frames.take(anew, told));
    let mut durations: Vec<f64> = told
        .into_iter()
        .map(|(start, body)| {
            let duration = body["duration_ms"].as_f64().unwrap();
            assert_eq!(start, 1000.0 - duration, "the time is that of the frame");
            duration
        })
        .collect();
    durations.sort_by(f64::total_cmp);
    durations
}

#[test]
fn the_longest_frames_of_a_view_are_told_and_the_others_counted() {
    let mut frames = LongFrames::default();
    // In an order of its own: 37 and 101 have no common divisor.
    for at in 0..100 {
        add(&mut frames, f64::from(100 + at * 37 % 101));
    }
    let all = (0..100).map(|at| f64::from(100 + at * 37 % 101));
    let mut expected: Vec<f64> = all.collect();
    expected.sort_by(f64::total_cmp);
    assert_eq!(durations(&mut frames, false), expected[100 - LONG_FRAMES_MAX..]);
    assert_eq!(frames.dropped(), 100 - LONG_FRAMES_MAX as u64);
    assert_eq!(frames.dropped(), 0);

    frames.add(0.0, 1e6, || panic!("a view that has told as many reads no more"));
    assert_eq!(frames.dropped(), 1);
    assert_eq!(durations(&mut frames, true), [0.0; 0]);
    add(&mut frames, 50.0);
    assert_eq!(durations(&mut frames, false), [50.0], "another view has its own bound");
}
