//! Whatever a frame can hold comes back the same through either form.

mod support;

use dna_protocol::entry::{Entry, Receipt};
use dna_protocol::field::Millis;
use dna_protocol::peek::app_key;
use dna_protocol::{Record, cbor, json};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cbor_comes_back_to_the_byte(bytes in support::frame()) {
        let decoded = cbor::decode_frame(&bytes).expect("made by the rules");
        prop_assert_eq!(decoded.rejected, vec![]);
        prop_assert_eq!(decoded.skipped, Default::default());
        prop_assert_eq!(cbor::encode_frame(&decoded.frame), &bytes[..]);
        prop_assert_eq!(app_key(&bytes), decoded.frame.header.app_key.as_deref());
        let json = json::frame_value(&decoded.frame).to_string();
        if let Some(found) = app_key(json.as_bytes()) {
            prop_assert_eq!(Some(found), decoded.frame.header.app_key.as_deref());
        }
    }

    #[test]
    fn json_and_cbor_say_the_same(bytes in support::frame()) {
        let decoded = cbor::decode_frame(&bytes).expect("made by the rules");
        let text = json::frame_value(&decoded.frame).to_string();
        prop_assert_eq!(json::decode_frame(text.as_bytes()), Ok(decoded));
    }

    #[test]
    fn an_entry_comes_back(
        receipt in support::record(Receipt::FIELDS, &[]),
        frame in support::frame(),
    ) {
        let frame = cbor::decode_frame(&frame).expect("made by the rules").frame;
        let mut pairs = receipt;
        pairs.push((15, cbor::encode_frame(&frame)[3..].to_vec()));
        let mut bytes = cbor::MAGIC.to_vec();
        bytes.extend(support::map(&pairs));
        let (receipt, decoded) = Entry::decode(&bytes).expect("made by the rules");
        prop_assert_eq!(&decoded.frame, &frame);
        prop_assert_eq!(Entry { receipt, frame }.encode(), bytes);
    }

    #[test]
    fn a_rounded_duration_is_near_and_short(
        value in 0.0..dna_protocol::limits::MILLIS_MAX,
    ) {
        let rounded = Millis::rounded(value).get();
        let allowed = if value < 128.0 { 0.0625 } else { 0.5 };
        prop_assert!((rounded - value).abs() <= allowed, "{} became {}", value, rounded);
    }
}

#[test]
fn rounding_brings_wild_values_into_range() {
    for (value, rounded) in [
        (f64::NAN, 0.0),
        (-1.0, 0.0),
        (f64::INFINITY, dna_protocol::limits::MILLIS_MAX),
        (0.06, 0.0),
        (0.07, 0.125),
    ] {
        assert_eq!(Millis::rounded(value).get(), rounded, "{value}");
    }
}

#[test]
fn a_new_attempt_changes_only_the_time() {
    let mut header = support::required_header();
    header.insert(0, (0, support::items(|w| w.uint(1_700_000_000_000))));
    let mut bytes = support::frame_of(&header, &[support::custom("a")]);
    let mut expected = cbor::decode_frame(&bytes).expect("a good frame").frame;
    assert!(cbor::restamp(&mut bytes, 1_800_000_000_000));
    expected.header.sent_at = Some(1_800_000_000_000);
    assert_eq!(cbor::decode_frame(&bytes).expect("still good").frame, expected);
}

#[test]
fn a_frame_without_a_time_is_left_alone() {
    let mut bytes = support::frame_of(&support::required_header(), &[support::custom("a")]);
    let before = bytes.clone();
    assert!(!cbor::restamp(&mut bytes, 1_800_000_000_000));
    assert!(!cbor::restamp(&mut [], 1_800_000_000_000));
    assert_eq!(bytes, before);
}
