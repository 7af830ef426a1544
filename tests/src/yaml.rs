//! YAML as JSON: enough of it for the manifests of `deploy/`.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::Value;

/// The documents of a YAML text. Aliases and keys that are no texts are none of a manifest's.
///
/// # Panics
/// When the text is no such YAML.
pub fn documents(text: &str) -> Vec<Value> {
    let mut events = Parser::new_from_str(text).map(|event| event.expect("YAML").0);
    let mut documents = Vec::new();
    while let Some(event) = events.next() {
        if matches!(event, Event::DocumentStart(_)) {
            let first = next(&mut events);
            documents.push(node(&first, &mut events));
        }
    }
    documents
}

fn next<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> Event<'a> {
    events.next().expect("a node ends before the text does")
}

fn node<'a>(first: &Event<'a>, events: &mut impl Iterator<Item = Event<'a>>) -> Value {
    match first {
        Event::Scalar(text, ScalarStyle::Plain, ..) => plain(text),
        Event::Scalar(text, ..) => Value::String(text.to_string()),
        Event::SequenceStart(..) => {
            let mut items = Vec::new();
            loop {
                match next(events) {
                    Event::SequenceEnd => return Value::Array(items),
                    first => items.push(node(&first, events)),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut members = serde_json::Map::new();
            loop {
                match next(events) {
                    Event::MappingEnd => return Value::Object(members),
                    Event::Scalar(name, ..) => {
                        let first = next(events);
                        members.insert(name.to_string(), node(&first, events));
                    }
                    other => panic!("a key that is no text: {other:?}"),
                }
            }
        }
        other => panic!("not of a manifest: {other:?}"),
    }
}

/// What is written without quotes may be something else than a text.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => text.parse::<i64>().map_or_else(|_| Value::String(text.to_owned()), Value::from),
    }
}
