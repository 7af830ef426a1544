//! What somebody may see of a dead letter's entry: bounded, and without anything personal. What ingest
//! has kept is clean; a dead letter may be anything that somebody else has put into the buffer.

use bytes::Bytes;
use dna_buffer::limits::ENTRY_BYTES_MAX;
use dna_protocol::entry::Entry;
use dna_protocol::packed::unpack_entry;
use dna_protocol::privacy::clean_text;
use serde_json::{Map, Value};

/// Values of an entry that are shown: some dozens of events.
const VALUES_MAX: usize = 1_000;

/// Characters of one text.
const TEXT_CHARS_MAX: usize = 200;

/// Characters of a shape: enough to tell what kind of thing it is.
const SHAPE_CHARS_MAX: usize = 400;

/// Members that are identifiers of ours or times, which look like personal numbers by chance.
const OURS: [&str; 4] = ["session.id", "view.id", "trace_id", "span_id"];

/// What stands for what is not shown.
const MASKED: &str = "{masked}";

/// What can be seen of an entry.
#[derive(Debug, Clone, PartialEq)]
pub enum EntryView {
    /// It can be read: as JSON by the names of docs/protocol.md, personal things masked, the rest cut
    /// where it is long.
    Read(Value),
    /// It cannot: its characters, each letter an `x`, each figure a `0`, and what is none a `·`.
    Shape(String),
}

/// The view of `entry`, as the buffer had it.
#[must_use]
pub fn view(entry: &[u8]) -> EntryView {
    let plain = match unpack_entry(entry, ENTRY_BYTES_MAX) {
        Ok(Some(unpacked)) => Bytes::from(unpacked),
        Ok(None) | Err(_) => Bytes::copy_from_slice(entry),
    };
    match Entry::decode(&plain) {
        Ok((receipt, decoded)) => {
            let json = Entry { receipt, frame: decoded.frame }.to_json();
            EntryView::Read(masked(json, &mut { VALUES_MAX }))
        }
        Err(_) => EntryView::Shape(shape(&plain)),
    }
}

fn masked(value: Value, left: &mut usize) -> Value {
    if *left == 0 {
        return Value::from("…");
    }
    *left -= 1;
    match value {
        Value::String(text) => Value::from(masked_text(&text)),
        Value::Number(number) => {
            let text = number.to_string();
            let clean = clean_text(&text);
            if clean == text { Value::Number(number) } else { Value::from(clean) }
        }
        Value::Array(items) => {
            let (shown, mut rest) = (items.len().min(*left), Vec::new());
            for item in items.into_iter().take(shown) {
                rest.push(masked(item, left));
            }
            Value::Array(rest)
        }
        Value::Object(members) => Value::Object(masked_members(members, left)),
        Value::Null | Value::Bool(_) => value,
    }
}

fn masked_members(members: Map<String, Value>, left: &mut usize) -> Map<String, Value> {
    let mut shown = Map::new();
    for (name, value) in members {
        if *left == 0 {
            break;
        }
        // An identity event of a writer that is not ingest may have one still.
        let value = match name.as_str() {
            "user.id" => Value::from(MASKED),
            _ if is_ours(&name, &value) => value,
            _ => masked(value, left),
        };
        shown.insert(masked_text(&name), value);
    }
    shown
}

/// Whether it is one of [`OURS`], or a time: as a number, and as the digits of an identifier of 8 or 16
/// bytes, it can be nothing else.
fn is_ours(name: &str, value: &Value) -> bool {
    match value {
        Value::Number(_) => name.ends_with("_ms") || name == "time",
        Value::String(text) => {
            let is_id =
                matches!(text.len(), 16 | 32) && text.bytes().all(|at| at.is_ascii_hexdigit());
            OURS.contains(&name) && is_id
        }
        _ => false,
    }
}

fn masked_text(text: &str) -> String {
    // Cleaned before it is cut: half a number is none any more that can be known.
    let clean = clean_text(text);
    match clean.char_indices().nth(TEXT_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &clean[..at]),
        None => clean,
    }
}

fn shape(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(SHAPE_CHARS_MAX)];
    let of = |character: char| match character {
        letter if letter.is_alphabetic() => 'x',
        figure if figure.is_numeric() => '0',
        character if character.is_ascii_graphic() || character == ' ' => character,
        _ => '·',
    };
    String::from_utf8_lossy(head).chars().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dna_protocol::entry::Receipt;
    use dna_protocol::field::Text;
    use serde_json::json;

    const CARD: &str = "6222021234567890128";
    const PHONE: &str = "13812345678";

    fn seen(entry: &[u8]) -> String {
        match view(entry) {
            EntryView::Read(json) => json.to_string(),
            EntryView::Shape(shape) => shape,
        }
    }

    fn entry(events: &Value) -> Vec<u8> {
        let frame = json!({"sent_at_ms": 1_795_694_400_000_u64, "app_key": "key", "session.id": "01".repeat(16), "sequence": 7, "events": events});
        let frame = dna_protocol::json::decode_frame(frame.to_string().as_bytes()).unwrap().frame;
        let receipt = Receipt { app: Some(Text::cut("bank")), ..Receipt::default() };
        Entry { receipt, frame }.encode()
    }

    #[test]
    fn an_entry_is_read_without_what_is_personal() {
        let long = "y".repeat(500);
        let events = json!([
            {"kind": "custom", "time": 0, "body": {"event.name": format!("paid with {CARD}"), "attributes": {"phone": PHONE, "long": long}}},
            {"kind": "identity", "time": 0, "body": {"user.id": "alice-4711"}},
        ]);
        let seen = seen(&entry(&events));
        for personal in [CARD, PHONE, "alice"] {
            assert!(!seen.contains(personal), "{personal}: {seen}");
        }
        for useful in ["\"sequence\":7", "paid with", "1795694400000", &"01".repeat(16)] {
            assert!(seen.contains(useful), "{useful}: {seen}");
        }
        assert!(!seen.contains(&long) && seen.contains(&"y".repeat(TEXT_CHARS_MAX)), "{seen}");
    }

    #[test]
    fn a_large_entry_is_cut() {
        let events: Vec<_> = (0..200)
            .map(|at| json!({"kind": "custom", "time": at, "body": {"event.name": "n".repeat(150), "attributes": {"a": "b".repeat(190)}}}))
            .collect();
        let seen = seen(&entry(&Value::from(events)));
        assert!(seen.len() < VALUES_MAX * TEXT_CHARS_MAX, "{}", seen.len());
        assert!(seen.matches("custom").count() < 200);
    }

    #[test]
    fn of_what_cannot_be_read_the_shape_is_shown() {
        let poison = format!("{{\"card\":\"{CARD}\",\"name\":\"王小明\"}}\u{0}");
        assert_eq!(seen(poison.as_bytes()), "{\"xxxx\":\"0000000000000000000\",\"xxxx\":\"xxx\"}·");
        assert_eq!(seen(&[]), "");
        assert!(seen(&[0xff; 9_000]).chars().count() <= SHAPE_CHARS_MAX);
    }
}
