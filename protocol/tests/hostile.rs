//! Hostile bytes: a clear error, never a panic, never more memory than the limits allow.

mod support;

use dna_protocol::entry::Entry;
use dna_protocol::packed::{pack, unpack, unpack_entry};
use dna_protocol::{FieldProblem, FrameProblem, cbor, json};
use proptest::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use support::{custom, frame_of, items, map, raw_event, required_header};

/// Bytes that a server reads at most.
const MAX: usize = dna_protocol::limits::BODY_BYTES_MAX;

/// Counts the bytes that the running thread holds, so that a test can bound them.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

#[allow(unsafe_code, reason = "an allocator cannot be written without; it only counts")]
// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note(-(layout.size() as isize));
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn note(bytes: isize) {
    // A thread's last deallocations come after its locals are gone.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + bytes);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held.get())));
    });
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes held at the worst moment of `run`, beyond what was held before.
fn peak_of<T>(run: impl FnOnce() -> T) -> isize {
    let before = HELD.get();
    PEAK.set(before);
    drop(run());
    PEAK.get() - before
}

/// What reading may cost: the input's length a few times over (texts copied, events of a few
/// hundred bytes each from as few as eight), never more.
fn allowed(input: usize) -> isize {
    const EVENTS: usize = dna_protocol::limits::FRAME_EVENTS_MAX * 4096;
    (4 * input + EVENTS) as isize
}

fn read_all(bytes: &[u8]) {
    let _ = cbor::decode_frame(bytes);
    let _ = json::decode_frame(bytes);
    let _ = Entry::decode(bytes);
    let _ = unpack(bytes, bytes.len() * 4);
    let _ = unpack_entry(bytes, bytes.len() * 4);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let cost = peak_of(|| read_all(&bytes));
        prop_assert!(cost <= allowed(bytes.len()), "{} bytes", cost);
    }

    #[test]
    fn any_bytes_behind_the_tag(tail in prop::collection::vec(any::<u8>(), 0..600)) {
        let bytes = [&cbor::MAGIC[..], &tail].concat();
        let cost = peak_of(|| read_all(&bytes));
        prop_assert!(cost <= allowed(bytes.len()), "{} bytes", cost);
    }

    #[test]
    fn a_good_frame_with_bytes_changed(
        frame in support::frame(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = frame;
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        let cost = peak_of(|| read_all(&bytes));
        prop_assert!(cost <= allowed(bytes.len()), "{} bytes", cost);
    }
}

#[test]
fn a_packed_frame_that_promises_much_costs_little() {
    let frame = frame_of(&required_header(), &vec![custom("a"); 1000]);
    let mut bytes = pack(&frame);
    // Its length, behind the tag and the head of the array.
    assert_eq!(bytes[4], 0x19);
    for promised in [0u16, 1, 60_000, u16::MAX] {
        bytes[5..7].copy_from_slice(&promised.to_be_bytes());
        let cost = peak_of(|| assert!(unpack(&bytes, MAX).is_err(), "{promised}"));
        assert!(cost <= 255 * bytes.len() as isize, "{cost} bytes");
    }
    let little = [&bytes[..4], &[0x1a, 0, 0x0f, 0xff, 0xff, 0x41, 0]].concat();
    let cost = peak_of(|| assert!(unpack(&little, MAX).is_err()));
    assert_eq!(cost, 0, "a byte cannot stand for a million");
}

#[test]
fn truncated_at_every_byte() {
    let bytes = frame_of(&required_header(), &[custom("a"), custom("b")]);
    for end in 0..bytes.len() {
        let problem = cbor::decode_frame(&bytes[..end]).expect_err("truncated");
        assert_eq!(problem.code(), "truncated", "cut at {end}: {problem}");
    }
}

#[test]
fn lengths_that_lie() {
    // An array, map, text and bytes of 2^64-1, and maps in maps.
    for lie in [0x9b, 0xbb, 0x7b, 0x5b] {
        let mut bytes = cbor::MAGIC.to_vec();
        bytes.push(lie);
        bytes.extend([0xff; 8]);
        let cost = peak_of(|| {
            assert_eq!(
                cbor::decode_frame(&bytes).map_err(|p| p.code()),
                Err("truncated"),
                "{lie:x}"
            );
        });
        assert!(cost < 4096, "{cost}");
    }
}

#[test]
fn a_million_nested_items() {
    for nested in [0x81, 0xa1, 0xc1] {
        let mut bytes = cbor::MAGIC.to_vec();
        bytes.extend([0xa1, 0x0f]);
        bytes.resize(1_000_000, nested);
        let code = cbor::decode_frame(&bytes).expect_err("too deep").code();
        assert!(["too_deep", "malformed_cbor"].contains(&code), "{code}");
    }
    let open = "[".repeat(1_000_000);
    assert_eq!(json::decode_frame(open.as_bytes()), Err(FrameProblem::TooDeep { at: 16 }));
    let start = format!(r#"{{"app_key":"k","session.id":"{}","sequence":1,"#, "0".repeat(32));
    for member in ["events", "unknown"] {
        let body = format!("{start}\"{member}\":{open}{}}}", "]".repeat(1_000_000));
        let cost = peak_of(|| {
            let problem = json::decode_frame(body.as_bytes()).expect_err("too deep");
            assert_eq!(problem.code(), "too_deep");
        });
        assert!(cost < 4096, "{cost}");
    }
    let brackets = r#""[[[[[[[[[[[[[[[[[[[[\"{{""#;
    let body = format!(
        r#"{start}"events":[{{"kind":"custom","time":1,"body":{{"event.name":{brackets}}}}}]}}"#
    );
    assert_eq!(json::decode_frame(body.as_bytes()).expect("brackets in a text").rejected_count, 0);
}

#[test]
fn opening_otherwise_than_with_the_tag() {
    let frame = frame_of(&required_header(), &[custom("a")]);
    let wrong = |bytes: &[u8]| cbor::decode_frame(bytes).expect_err("wrong opening");
    assert_eq!(wrong(&frame[3..]), FrameProblem::WrongTag { found: None });
    assert_eq!(wrong(b"hello"), FrameProblem::WrongTag { found: None });
    assert_eq!(wrong(&[&[0xc1], &frame[3..]].concat()), FrameProblem::WrongTag { found: Some(1) });
    assert_eq!(
        wrong(&[&frame[..], &[0]].concat()),
        FrameProblem::TrailingBytes { at: frame.len() }
    );
    assert_eq!(wrong(&[0xd9, 0xd9, 0xf7, 0xbf, 0xff]).code(), "malformed_cbor");
    assert_eq!(wrong(&[0xd9, 0xd9, 0xf7, 0x80]).code(), "malformed_cbor");
}

#[test]
fn frames_with_no_events_or_too_many() {
    let none = frame_of(&required_header(), &[]);
    assert_eq!(cbor::decode_frame(&none), Err(FrameProblem::NoEvents));
    let many = frame_of(&required_header(), &vec![custom("a"); 1001]);
    assert_eq!(cbor::decode_frame(&many), Err(FrameProblem::TooManyEvents { count: 1001 }));
}

/// Reads one event and returns the refusal.
fn refused(event: Vec<u8>) -> (usize, &'static str, FieldProblem) {
    let bytes = frame_of(&required_header(), &[custom("before"), event, custom("after")]);
    let decoded = cbor::decode_frame(&bytes).expect("only the event is wrong");
    assert_eq!(decoded.frame.events.len(), 2, "its neighbours stand");
    let rejection = decoded.rejected.into_iter().next().expect("refused");
    (rejection.index, rejection.error.field, rejection.error.problem)
}

#[test]
fn a_wrong_event_is_refused_alone_and_by_name() {
    let custom_kind = items(|w| w.uint(7));
    let api_kind = items(|w| w.uint(6));
    let five = items(|w| w.number(5.0));
    let name = (1, items(|w| w.text("n")));
    let url = (2, items(|w| w.text("/u")));
    let float = |value: f64| {
        let mut item = vec![0xfb];
        item.extend(value.to_be_bytes());
        item
    };
    let duration =
        |value: f64| raw_event(&api_kind, &five, &map(&[url.clone(), (4, float(value))]));
    let max = dna_protocol::limits::MILLIS_MAX;
    let cases = [
        (duration(f64::NAN), "duration_ms", FieldProblem::NotFinite),
        (duration(f64::INFINITY), "duration_ms", FieldProblem::NotFinite),
        (duration(-1.0), "duration_ms", FieldProblem::OutOfRange { min: 0.0, max }),
        (
            raw_event(&custom_kind, &float(f64::NAN), &map(std::slice::from_ref(&name))),
            "time",
            FieldProblem::NotFinite,
        ),
        (raw_event(&custom_kind, &five, &map(&[])), "event.name", FieldProblem::Missing),
        (
            raw_event(&custom_kind, &five, &map(&[name.clone(), name])),
            "event.name",
            FieldProblem::Repeated,
        ),
        (
            raw_event(&custom_kind, &five, &map(&[(1, vec![0x62, 0xff, 0xfe])])),
            "event.name",
            FieldProblem::InvalidUtf8,
        ),
        (
            raw_event(&custom_kind, &five, &map(&[(1, items(|w| w.text(&"x".repeat(129))))])),
            "event.name",
            FieldProblem::TooLong { len: 129, max: 128 },
        ),
        (
            raw_event(&custom_kind, &five, &map(&[(1, items(|w| w.uint(1)))])),
            "event.name",
            FieldProblem::WrongType("a text"),
        ),
        (items(|w| w.uint(1)), "event", FieldProblem::WrongType("a map")),
        (items(|w| w.map(0)), "kind", FieldProblem::Missing),
    ];
    for (event, field, problem) in cases {
        assert_eq!(refused(event), (1, field, problem));
    }
}

#[test]
fn only_some_refusals_are_listed_all_are_counted() {
    let mut events = vec![items(|w| w.uint(1)); 600];
    events.resize(900, items(|w| w.map(0)));
    let decoded =
        cbor::decode_frame(&frame_of(&required_header(), &events)).expect("each on its own");
    assert_eq!((decoded.rejected.len(), decoded.rejected_count), (20, 900));
    assert_eq!(decoded.unlisted, [("wrong_type", 580), ("missing", 300)]);
}
