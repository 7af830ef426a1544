//! Packed frames: what we pack others unpack, what others pack we unpack, and what is no packed
//! frame is refused within its bounds.

mod support;

use dna_protocol::cbor::{MAGIC, Writer};
use dna_protocol::packed::{EntryPacker, UnpackProblem, pack, unpack, unpack_entry};
use lz4_flex::block;
use proptest::prelude::*;

const MAX: usize = 1024 * 1024;

/// A packed frame that says `length` of `block`.
fn packed(length: u64, block: &[u8]) -> Vec<u8> {
    support::items(|w| {
        w.raw(&MAGIC);
        w.array(2);
        w.uint(length);
        w.bytes(block);
    })
}

/// Bytes in which parts come again, near and far, also overlapping themselves.
fn repetitive() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        (any::<u8>(), 0usize..700).prop_map(|(byte, count)| vec![byte; count]),
        prop::collection::vec(0u8..3, 0..60),
    ];
    prop::collection::vec((part, 1usize..4), 0..60).prop_map(|parts| {
        let of = |(part, times): &(Vec<u8>, usize)| part.repeat(*times);
        let (all, again) = (parts.iter().map(of), parts.iter().rev().map(of));
        all.chain(again).flatten().collect()
    })
}

fn check_entry(entry: &[u8]) -> Result<(), TestCaseError> {
    let mut packer = EntryPacker::default();
    let packed = packer.pack(entry);
    prop_assert_eq!(&packer.pack(entry), &packed, "nothing is left of the one before");
    let Some(bytes) = packed else { return Ok(()) };
    prop_assert!(bytes.len() < entry.len());
    let read = unpack_entry(&bytes, entry.len());
    prop_assert!(read.as_ref().is_ok_and(|read| read.as_deref() == Some(entry)), "{:?}", read);
    Ok(())
}

fn check(frame: &[u8]) -> Result<(), TestCaseError> {
    check_entry(frame)?;
    let bytes = pack(frame);
    if bytes == frame {
        return Ok(());
    }
    prop_assert!(bytes.len() < frame.len());
    let read = unpack(&bytes, frame.len());
    prop_assert!(read.as_ref().is_ok_and(|read| read.as_deref() == Some(frame)), "{:?}", read);
    let short = unpack(&bytes, frame.len() - 1);
    let too_large = UnpackProblem::TooLarge { length: frame.len() as u64, max: frame.len() - 1 };
    prop_assert_eq!(short, Err(too_large));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn what_is_packed_unpacks_to_the_same(bytes in repetitive()) {
        check(&bytes)?;
    }

    #[test]
    fn a_frame_comes_back(frame in support::frame()) {
        check(&frame)?;
    }

    #[test]
    fn what_another_writer_has_packed_is_read(bytes in repetitive()) {
        let read = unpack(&packed(bytes.len() as u64, &block::compress(&bytes)), MAX);
        prop_assert_eq!(read, Ok(Some(bytes)));
    }

    #[test]
    fn a_packed_frame_with_bytes_changed(
        bytes in repetitive(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = packed(bytes.len() as u64, &block::compress(&bytes));
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Ok(Some(frame)) = unpack(&bytes, MAX) {
            prop_assert!(frame.len() <= MAX);
        }
    }

    #[test]
    fn any_block(length in 0u64..2_000, bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(frame) = unpack(&packed(length, &bytes), MAX) {
            prop_assert_eq!(frame.map(|frame| frame.len() as u64), Some(length));
        }
    }
}

/// The ends of lengths: what fits a nibble, a byte more, and 255 more again; and the end of a block.
#[test]
fn lengths_at_their_edges() {
    for repeat in (1..40).chain(255..300).chain(500..540) {
        for literals in [0, 1, 14, 15, 16, 269, 270, 271, 525] {
            let told: Vec<u8> = (0..literals).map(|at| (at * 7 + at / 256) as u8).collect();
            let frame = [&told[..], &vec![1; repeat], &told, b"the end"].concat();
            check(&frame).expect("the same");
        }
    }
    let far = [&b"repeat me"[..], &vec![0; 65_400], b"repeat me, the end"].concat();
    assert!(pack(&far).len() < 400);
    check(&far).expect("the same from as far as it goes");
    let longer = vec![0; 65_536];
    assert_eq!(pack(&longer), longer, "longer than what places of two bytes reach");
}

#[test]
fn a_block_ends_as_the_format_says() {
    // Readers that copy eight bytes at a time rely on it: the last 5 bytes are literals.
    let bytes = pack(&[0; 100]);
    assert_eq!(bytes[bytes.len() - 6..], [5 << 4, 0, 0, 0, 0, 0]);
    // And no repeat begins later than 12 bytes before it.
    let ending = |end: &[u8]| pack(&[&[0; 100], &b"1abcdefgh2abcdefgh"[..], end].concat());
    assert!(ending(b"vwx").ends_with(b"abcdefghvwx"));
    assert!(!ending(b"vwxy").ends_with(b"abcdefghvwxy"));
}

#[test]
fn what_gains_nothing_stays_as_it_is() {
    for frame in [&b""[..], b"d", b"twelve bytes", &(0..=255).collect::<Vec<u8>>()] {
        assert_eq!(pack(frame), frame);
    }
}

#[test]
fn other_bodies_are_left_alone() {
    let frame = support::frame_of(&support::required_header(), &[support::custom("a")]);
    for body in [&frame[..], b"", b"{}", &MAGIC, &[0xd9, 0xd9, 0xf7, 0x83], b"hello"] {
        assert_eq!(unpack(body, MAX), Ok(None));
    }
}

#[test]
fn hostile_ones_are_refused_by_name() {
    let frame = vec![7u8; 3_000];
    let good = block::compress(&frame);
    let refused = |bytes: &[u8]| unpack(bytes, MAX).expect_err("hostile").to_string();
    let items = |write: fn(&mut Writer)| [&MAGIC[..], &support::items(write)].concat();
    for (bytes, words) in [
        (packed(3_001, &good), "no LZ4 block that unpacks to the 3001 bytes"),
        (packed(2_999, &good), "no LZ4 block that unpacks to the 2999 bytes"),
        (packed(3_000, &good[..good.len() - 1]), "no LZ4 block"),
        (packed(MAX as u64, &good), "no LZ4 block"),
        (packed(10, b""), "no LZ4 block"),
        // A repeat from before the beginning, and one from nowhere.
        (packed(30, &[0x1f, b'a', 9, 0, 0]), "no LZ4 block"),
        (packed(30, &[0x1f, b'a', 0, 0, 0]), "no LZ4 block"),
        (packed(MAX as u64 + 1, &good), "unpacks to 1048577 bytes; at most 1048576"),
        (packed(u64::MAX, &good), "at most 1048576"),
        (
            items(|w| {
                w.array(2);
                w.bytes(b"a");
                w.bytes(b"a");
            }),
            "the frame's length first",
        ),
        (
            items(|w| {
                w.array(2);
                w.uint(1);
                w.uint(1);
            }),
            "a byte string behind the length",
        ),
        (
            items(|w| {
                w.array(2);
                w.uint(1);
                w.bytes(b"\x10a");
                w.uint(1);
            }),
            "nothing behind it",
        ),
        (
            items(|w| {
                w.array(2);
                w.uint(1);
            }),
            "a whole CBOR item",
        ),
        ([&MAGIC[..], &[0x82, 1, 0x5f, 0xff]].concat(), "a whole CBOR item"),
        (
            [&MAGIC[..], &[0x82, 1, 0x5b, 255, 255, 255, 255, 255, 255, 255, 255]].concat(),
            "a whole CBOR item",
        ),
    ] {
        let found = refused(&bytes);
        assert!(found.contains(words), "{found}: {words}");
    }
}
