//! Attributes of spans, events and log lines.

use super::{address, is_personal, is_secret, truncated, without_literals, words};
use crate::otlp::limits::{
    ATTRIBUTE_BYTES_MAX, ATTRIBUTE_DEPTH_MAX, ATTRIBUTE_NAME_BYTES_MAX, ATTRIBUTE_VALUES_MAX,
    ATTRIBUTES_MAX, QUERY_BYTES_MAX, STACK_BYTES_MAX,
};
use dna_protocol::privacy::mask_of_number;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use serde_json::{Map, Value};

/// Attributes that may be kept, and how many were left out.
#[derive(Debug, Default)]
pub struct Cleaned {
    /// Those.
    pub kept: Map<String, Value>,
    /// Secrets and persons.
    pub private: u64,
    /// More than are kept.
    pub too_many: u64,
}

/// Whose the other end of the network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Of the one who was asked: the other end is a client.
    Server,
    /// Of anybody else.
    Other,
}

/// Cleans `attributes`. The kind of database that a query is for is looked for among them.
#[must_use]
pub fn attributes(attributes: Vec<KeyValue>, side: Side) -> Cleaned {
    let system = attributes
        .iter()
        .find(|it| matches!(it.key.as_str(), "db.system.name" | "db.system"))
        .and_then(|it| text_of(it.value.as_ref()))
        .unwrap_or_default()
        .to_owned();
    let mut cleaned = Cleaned::default();
    for KeyValue { key, value, .. } in attributes {
        if is_secret(&key) || is_personal(&key) {
            cleaned.private += 1;
            continue;
        }
        let Some(value) = value.and_then(|value| value.value) else { continue };
        if cleaned.kept.len() == ATTRIBUTES_MAX {
            cleaned.too_many += 1;
            continue;
        }
        let value = match value {
            any_value::Value::StringValue(text) => text_value(&key, &text, side, &system),
            other => json(other, ATTRIBUTE_DEPTH_MAX),
        };
        cleaned.kept.insert(words(&key, ATTRIBUTE_NAME_BYTES_MAX), value);
    }
    cleaned
}

/// The text of a value, if it is one.
pub(crate) fn text_of(value: Option<&AnyValue>) -> Option<&str> {
    match value?.value.as_ref()? {
        any_value::Value::StringValue(text) => Some(text),
        _ => None,
    }
}

fn text_value(key: &str, text: &str, side: Side, system: &str) -> Value {
    let text = match key {
        "db.query.text" | "db.statement" => {
            let query = &text[..text.floor_char_boundary(4 * QUERY_BYTES_MAX)];
            words(&without_literals(query, system), QUERY_BYTES_MAX)
        }
        "exception.stacktrace" => words(text, STACK_BYTES_MAX),
        "url.full" | "url.path" | "http.url" | "http.target" | "url.original" => {
            address(text, ATTRIBUTE_BYTES_MAX)
        }
        "client.address" | "client.socket.address" | "http.client_ip" | "source.address" => {
            truncated(text).unwrap_or_default()
        }
        "network.peer.address" | "net.peer.ip" | "net.sock.peer.addr" | "net.peer.name"
            if side == Side::Server =>
        {
            truncated(text).unwrap_or_default()
        }
        _ => words(text, ATTRIBUTE_BYTES_MAX),
    };
    text.into()
}

/// A value as JSON, cleaned; what is deeper than `depth` is left out.
pub(crate) fn json(value: any_value::Value, depth: usize) -> Value {
    use any_value::Value as Any;
    match value {
        Any::StringValue(text) => words(&text, ATTRIBUTE_BYTES_MAX).into(),
        Any::BoolValue(value) => value.into(),
        Any::IntValue(number) => match mask_of_number(number as f64) {
            Some(marker) => marker.into(),
            None => number.into(),
        },
        Any::DoubleValue(number) => match mask_of_number(number) {
            Some(marker) => marker.into(),
            // No number of JSON: infinite, or none.
            None => number.into(),
        },
        Any::ArrayValue(_) | Any::KvlistValue(_) if depth == 0 => Value::Null,
        Any::ArrayValue(array) => {
            let values = array.values.into_iter().take(ATTRIBUTE_VALUES_MAX);
            values.map(|it| it.value.map_or(Value::Null, |it| json(it, depth - 1))).collect()
        }
        Any::KvlistValue(list) => {
            let pairs = list.values.into_iter().take(ATTRIBUTE_VALUES_MAX);
            let kept = pairs.filter(|it| !is_secret(&it.key) && !is_personal(&it.key));
            kept.map(|KeyValue { key, value, .. }| {
                let value = value.and_then(|it| it.value);
                (
                    words(&key, ATTRIBUTE_NAME_BYTES_MAX),
                    value.map_or(Value::Null, |it| json(it, depth - 1)),
                )
            })
            .collect()
        }
        // What is in them nobody can clean.
        Any::BytesValue(bytes) => format!("{} bytes", bytes.len()).into(),
        // An index into a table that this signal does not have.
        Any::StringValueStrindex(_) => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(key: &str, value: &str) -> KeyValue {
        let value = any_value::Value::StringValue(value.to_owned());
        KeyValue {
            key: key.to_owned(),
            value: Some(AnyValue { value: Some(value) }),
            ..Default::default()
        }
    }

    #[test]
    fn what_may_not_be_kept_is_not() {
        let given = vec![
            text("db.system.name", "mysql"),
            text("db.query.text", "SELECT 1 FROM t WHERE card = \"6222021234567890\""),
            text("url.full", "https://a.example/pay?card=6222021234567890"),
            text("user.id", "customer-7"),
            text("http.request.header.cookie", "sid=1"),
            text("client.address", "203.0.113.77"),
            text("network.peer.address", "203.0.113.77"),
            text("note", "call 13812345678"),
        ];
        let cleaned = attributes(given, Side::Server);
        assert_eq!(
            Value::from(cleaned.kept),
            serde_json::json!({
                "db.system.name": "mysql",
                "db.query.text": "SELECT ? FROM t WHERE card = ?",
                "url.full": "https://a.example/pay",
                "client.address": "203.0.113.0",
                "network.peer.address": "203.0.113.0",
                "note": "call {phone}",
            })
        );
        assert_eq!(cleaned.private, 2);
    }

    #[test]
    fn more_than_the_bound_is_counted() {
        let given = (0..ATTRIBUTES_MAX + 3).map(|at| text(&format!("a{at}"), "x")).collect();
        let cleaned = attributes(given, Side::Other);
        assert_eq!((cleaned.kept.len(), cleaned.too_many), (ATTRIBUTES_MAX, 3));
    }
}
