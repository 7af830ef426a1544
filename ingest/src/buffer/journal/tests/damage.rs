//! Flipped bits and cut files: nothing panics, nothing wrong is read, and only what is touched
//! is lost.

use super::{NOW, group, only_segment, open, settings};
use dna_buffer::journal::scan::{Damage, SegmentReader};
use dna_buffer::journal::segment::{HEADER_BYTES, Place, RECORD_HEADER_BYTES, Record};
use proptest::prelude::*;
use std::ops::Range;
use std::path::Path;

/// A segment of records, and where each is in it.
fn segment(payloads: &[Vec<u8>]) -> (Vec<u8>, Vec<Range<usize>>) {
    let mut bytes = dna_buffer::journal::segment::header().to_vec();
    let mut places = Vec::new();
    for payload in payloads {
        let start = bytes.len();
        let place = Place { segment: 5, offset: start as u64 };
        Record { shard: 1, kept_at_ms: NOW, payload }.write(place, &mut bytes);
        places.push(start..bytes.len());
    }
    (bytes, places)
}

/// What is read from these bytes, by where it stands, and what is passed over.
fn read(bytes: &[u8]) -> (Vec<(usize, Vec<u8>)>, Damage) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(&file, bytes).expect("written");
    read_file(file.path(), 5)
}

fn read_file(path: &Path, number: u64) -> (Vec<(usize, Vec<u8>)>, Damage) {
    let mut reader = SegmentReader::open(path, number, 0).expect("opened");
    let mut found = Vec::new();
    while let Some(record) = reader.next_record().expect("readable") {
        found.push((record.place.offset as usize, record.bytes.to_vec()));
    }
    let damage = reader.finish().expect("readable");
    (found, damage)
}

/// The records that none of `touched` lies in.
fn untouched(
    payloads: &[Vec<u8>],
    places: &[Range<usize>],
    touched: &[usize],
) -> Vec<(usize, Vec<u8>)> {
    let records = places.iter().zip(payloads);
    let whole = records.filter(|(place, _)| !touched.iter().any(|at| place.contains(at)));
    whole.map(|(place, payload)| (place.start, payload.clone())).collect()
}

#[test]
fn each_flipped_bit_loses_its_record_only() {
    let payloads = vec![b"first".to_vec(), vec![0; 40], b"third".to_vec(), b"fourth".to_vec()];
    let (good, places) = segment(&payloads);
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << bit;
            let (found, damage) = read(&bytes);
            assert_eq!(found, untouched(&payloads, &places, &[at]), "bit {bit} of byte {at}");
            assert_eq!(damage.runs, 1, "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn a_payload_that_looks_like_records_is_not_taken_for_them() {
    // A hostile client sends what a record looks like, even one of this very segment; then a
    // bit of the record around it flips, and the reader searches inside.
    let (inner, places) = segment(&[b"forged".to_vec()]);
    let record = inner[places[0].clone()].to_vec();
    let payloads = vec![[record.clone(), record].concat(), b"next".to_vec()];
    let (mut bytes, places) = segment(&payloads);
    bytes[places[0].start + 4] ^= 1;
    let (found, damage) = read(&bytes);
    assert_eq!(found, [(places[1].start, b"next".to_vec())]);
    assert_eq!(damage, Damage { runs: 1, bytes: places[0].len() as u64 });
}

#[test]
fn megabytes_of_rubbish_are_passed_over() {
    let (mut bytes, places) = segment(&[b"before".to_vec()]);
    let rubbish = |n: u32| (n.wrapping_mul(2_654_435_761) >> 13) as u8;
    bytes.extend((0..3 * 1024 * 1024).map(rubbish));
    bytes.resize(bytes.len() + 1024 * 1024, 0);
    let start = bytes.len();
    let place = Place { segment: 5, offset: start as u64 };
    Record { shard: 1, kept_at_ms: NOW, payload: b"behind" }.write(place, &mut bytes);
    let (found, damage) = read(&bytes);
    assert_eq!(found, [(places[0].start, b"before".to_vec()), (start, b"behind".to_vec())]);
    assert_eq!(damage, Damage { runs: 1, bytes: 4 * 1024 * 1024 });
}

#[test]
fn a_length_that_reaches_past_the_end_hides_nothing_behind_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut writer, _lock) = open(settings(dir.path()));
    writer.write(&group(&["first", "second"]), NOW).expect("kept");
    let path = only_segment(dir.path());
    let mut bytes = std::fs::read(&path).expect("readable");
    bytes[HEADER_BYTES + 2] = 0x0f;
    std::fs::write(&path, bytes).expect("written");
    let (found, damage) = read_file(&path, 0);
    assert_eq!(found.len(), 1);
    assert_eq!(damage.bytes as usize, RECORD_HEADER_BYTES + "first".len());
}

proptest! {
    #[test]
    fn any_damage_loses_only_what_it_touches(
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..200), 1..12),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 0..6),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let (mut bytes, places) = segment(&payloads);
        let mut touched = Vec::new();
        for (at, mask) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= mask;
            touched.push(at);
        }
        if is_cut {
            let len = cut.index(bytes.len());
            touched.extend(len..bytes.len());
            bytes.truncate(len);
        }
        let (found, damage) = read(&bytes);
        // Two flips of the same byte may undo each other, so more may be found, never less, and
        // never anything that was not written.
        for record in untouched(&payloads, &places, &touched) {
            prop_assert!(found.contains(&record));
        }
        let written = untouched(&payloads, &places, &[]);
        prop_assert!(found.iter().all(|record| written.contains(record)));
        let read: usize = found.iter().map(|(_, payload)| RECORD_HEADER_BYTES + payload.len()).sum();
        if bytes.len() >= HEADER_BYTES && touched.iter().all(|at| *at >= HEADER_BYTES) {
            prop_assert_eq!(HEADER_BYTES + read + damage.bytes as usize, bytes.len());
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(&file, &bytes).expect("written");
        let mut reader = SegmentReader::open(file.path(), 5, 0).expect("opened");
        prop_assert!(!matches!(reader.next_record(), Ok(Some(_))));
    }
}
