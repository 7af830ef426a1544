//! Whatever is in the buffer, reading it gives facts or an error.

use super::{receipt, support};
use bytes::Bytes;
use dataview::facts::{self, Read};
use dataview::geo::Place;
use dataview::model::Value;
use dna_protocol::cbor::decode_frame;
use dna_protocol::entry::{Entry, Receipt};
use proptest::prelude::*;

/// What holds for the facts of any entry.
fn check(read: &Read, entry: &[u8]) {
    let facts = &read.facts;
    assert_eq!(facts.entry, entry);
    let times = facts.of_session.first_at_ms..=facts.of_session.last_at_ms;
    assert!(*times.end() <= facts.received_at_ms);
    for at in
        facts.views.iter().map(|view| view.at_ms).chain(facts.calls.iter().map(|call| call.at_ms))
    {
        assert!(times.contains(&at));
    }
    for measure in &facts.measures {
        assert!(measure.at_ms <= facts.received_at_ms);
        if let Value::Sample(value) = measure.value {
            assert!(value.is_finite() && value >= 0.0);
        }
        let mut by: Vec<_> = measure.dimensions.iter().map(|(by, _)| *by).collect();
        by.sort();
        by.dedup();
        assert_eq!(by.len(), measure.dimensions.len(), "each dimension once");
        assert!(measure.dimensions.iter().all(|(_, value)| !value.is_empty()), "{measure:?}");
    }
}

proptest! {
    #[test]
    fn any_frame_has_facts(frame in support::frame(), skew in any::<i64>()) {
        let decoded = decode_frame(&frame).expect("well-formed");
        let receipt = Receipt { clock_skew: Some(skew), ..receipt() };
        let entry = Entry { receipt, frame: decoded.frame }.encode();
        let read = facts::read(Bytes::from(entry.clone()), |_| Place::default()).expect("facts");
        check(&read, &entry);
    }

    #[test]
    fn any_bytes_have_facts_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = facts::read(Bytes::from(bytes), |_| Place::default());
    }

    #[test]
    fn a_damaged_entry_has_facts_or_an_error(
        (at, byte, cut) in (any::<prop::sample::Index>(), any::<u8>(), any::<prop::sample::Index>())
    ) {
        let golden = include_str!("../../../tests/golden/entries/failures.hex");
        let digits: Vec<u8> = golden.bytes().filter(u8::is_ascii_hexdigit).collect();
        let digit = |digit: u8| char::from(digit).to_digit(16).expect("hexadecimal") as u8;
        let mut entry: Vec<u8> = digits.chunks(2).map(|two| digit(two[0]) << 4 | digit(two[1])).collect();
        let at = at.index(entry.len());
        entry[at] = byte;
        entry.truncate(cut.index(entry.len() + 1));
        if let Ok(read) = facts::read(Bytes::from(entry.clone()), |_| Place::default()) {
            check(&read, &entry);
        }
    }
}
