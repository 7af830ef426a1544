//! Random frames made from the records' own tables, so that a new field is tested unasked.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use dna_protocol::cbor::{SELF_DESCRIBED, Writer};
use dna_protocol::model::{Header, KINDS, KindInfo, View};
use dna_protocol::{FieldInfo, Record};
use proptest::prelude::*;

/// Bytes of one CBOR item.
pub type Item = Vec<u8>;

/// Writes items with `write`.
pub fn items(write: impl FnOnce(&mut Writer)) -> Item {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.into_bytes()
}

/// Any value that the type of `field` allows.
pub fn value(field: &FieldInfo) -> BoxedStrategy<Item> {
    let max = field.max;
    match field.kind {
        "text" => text(max).prop_map(|text| items(|w| w.text(&text))).boxed(),
        "milliseconds" => {
            (0.0..=dna_protocol::limits::MILLIS_MAX).prop_map(|v| items(|w| w.number(v))).boxed()
        }
        "number" => any::<f64>()
            .prop_filter("finite", |v| v.is_finite())
            .prop_map(|v| items(|w| w.number(v)))
            .boxed(),
        "integer" => {
            (0..=dna_protocol::limits::INTEGER_MAX).prop_map(|v| items(|w| w.uint(v))).boxed()
        }
        "signed integer" => any::<i64>().prop_map(|v| items(|w| w.int(v))).boxed(),
        "bytes (hex in JSON)" => {
            prop::collection::vec(any::<u8>(), max).prop_map(|v| items(|w| w.bytes(&v))).boxed()
        }
        "map of text to text, number or boolean" => attributes().boxed(),
        "list of views" => {
            prop::collection::vec(view(), 1..=max).prop_map(|all| list(&all)).boxed()
        }
        kind => panic!("no strategy for fields of type {kind}"),
    }
}

fn view() -> impl Strategy<Value = Item> {
    record(View::FIELDS, &[]).prop_map(|pairs| map(&pairs))
}

fn list(all: &[Item]) -> Item {
    items(|w| {
        w.array(all.len());
        for item in all {
            w.raw(item);
        }
    })
}

fn text(max: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 0..(max / 4).min(40))
        .prop_map(|chars| chars.into_iter().collect())
}

fn attributes() -> impl Strategy<Value = Item> {
    let attribute = prop_oneof![
        text(512).prop_map(|text| items(|w| w.text(&text))),
        (-1e9..1e9).prop_map(|v: f64| items(|w| w.number(v))),
        any::<bool>().prop_map(|v| items(|w| w.bool(v))),
    ];
    prop::collection::btree_map(text(64), attribute, 0..6).prop_map(|map| {
        items(|w| {
            w.map(map.len());
            for (name, value) in &map {
                w.text(name);
                w.raw(value);
            }
        })
    })
}

/// Any subset of `fields` that holds the `required` ones, as pairs of key and value.
pub fn record(
    fields: &'static [FieldInfo],
    required: &'static [&'static str],
) -> BoxedStrategy<Vec<(u64, Item)>> {
    let pairs: Vec<_> = fields
        .iter()
        .map(|field| {
            let value = if required.contains(&field.name) {
                value(field).prop_map(Some).boxed()
            } else {
                prop::option::of(value(field)).boxed()
            };
            value.prop_map(|value| value.map(|value| (field.key, value))).boxed()
        })
        .collect();
    pairs.prop_map(|pairs| pairs.into_iter().flatten().collect()).boxed()
}

/// Writes pairs as a map.
pub fn map(pairs: &[(u64, Item)]) -> Item {
    items(|w| {
        w.map(pairs.len());
        for (key, value) in pairs {
            w.uint(*key);
            w.raw(value);
        }
    })
}

/// Any event of `kind`, as CBOR.
pub fn event(kind: &'static KindInfo) -> BoxedStrategy<Item> {
    let body = record(kind.fields, kind.required);
    (0.0..1e13, body)
        .prop_map(|(time, body)| {
            items(|w| {
                w.map(3);
                w.uint(0);
                w.uint(kind.key);
                w.uint(1);
                w.number(time);
                w.uint(2);
                w.raw(&map(&body));
            })
        })
        .boxed()
}

/// Any frame, as CBOR.
pub fn frame() -> impl Strategy<Value = Item> {
    let header = record(Header::FIELDS, &["app_key", "session.id", "sequence"]);
    let any_event = prop::sample::select(KINDS).prop_flat_map(|kind| {
        let kind = KINDS.iter().find(|known| known.key == kind.key).expect("taken from KINDS");
        event(kind)
    });
    (header, prop::collection::vec(any_event, 1..8))
        .prop_map(|(header, events)| frame_of(&header, &spread(&header, events)))
}

/// Gives the events to the views of the header, one after the other.
fn spread(header: &[(u64, Item)], events: Vec<Item>) -> Vec<Item> {
    let views = header.iter().find(|(key, _)| *key == 18).map_or(1, |(_, list)| list_length(list));
    let numbered = events.into_iter().enumerate();
    numbered.map(|(at, event)| of_view(&event, (at % views) as u64)).collect()
}

fn list_length(list: &[u8]) -> usize {
    match list[0] & 0x1f {
        24 => usize::from(list[1]),
        count => usize::from(count),
    }
}

/// `event`, a map of three pairs, as one of the view of that number.
pub fn of_view(event: &[u8], number: u64) -> Item {
    assert_eq!(event[0], 0xa3);
    items(|w| {
        w.map(if number > 0 { 4 } else { 3 });
        w.raw(&event[1..]);
        if number > 0 {
            w.uint(3);
            w.uint(number);
        }
    })
}

/// Writes a frame of header pairs and encoded events.
pub fn frame_of(header: &[(u64, Item)], events: &[Item]) -> Item {
    let mut pairs = header.to_vec();
    pairs.push((15, list(events)));
    items(|w| {
        w.tag(SELF_DESCRIBED);
        w.raw(&map(&pairs));
    })
}

/// The header pairs that every frame must have.
pub fn required_header() -> Vec<(u64, Item)> {
    vec![
        (1, items(|w| w.text("demo-bank"))),
        (2, items(|w| w.bytes(&[7; 16]))),
        (3, items(|w| w.uint(1))),
    ]
}

/// A custom event called `name`.
pub fn custom(name: &str) -> Item {
    let body = map(&[(1, items(|w| w.text(name)))]);
    raw_event(&items(|w| w.uint(7)), &items(|w| w.number(5.0)), &body)
}

/// An event of given kind, time and body.
pub fn raw_event(kind: &[u8], time: &[u8], body: &[u8]) -> Item {
    items(|w| {
        w.map(3);
        w.uint(0);
        w.raw(kind);
        w.uint(1);
        w.raw(time);
        w.uint(2);
        w.raw(body);
    })
}
