//! OTLP: spans as `opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest`, in
//! Protocol Buffers (opentelemetry-proto 1.x; its field numbers never change).

use super::span::{Attribute, Span};

/// The numbers of `SpanKind` and `StatusCode`.
const KIND_INTERNAL: u64 = 1;
const KIND_SERVER: u64 = 2;
const STATUS_ERROR: u64 = 2;

/// A request with `spans`, made by this instance of the service.
#[must_use]
pub(super) fn request(instance: &str, spans: &[Span]) -> Vec<u8> {
    let mut resource = Message::default();
    for (key, value) in [
        ("service.name", "dna-ingest"),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("service.instance.id", instance),
    ] {
        resource.message(1, &text_attribute(key, value));
    }
    let mut scope = Message::default();
    scope.text(1, env!("CARGO_PKG_NAME"));
    let mut scope_spans = Message::default();
    scope_spans.message(1, &scope);
    for span in spans {
        scope_spans.message(2, &span_message(span));
    }
    let mut resource_spans = Message::default();
    resource_spans.message(1, &resource);
    resource_spans.message(2, &scope_spans);
    let mut request = Message::default();
    request.message(1, &resource_spans);
    request.0
}

fn span_message(span: &Span) -> Message {
    let mut message = Message::default();
    message.bytes(1, &span.trace_id);
    message.bytes(2, &span.span_id);
    if let Some(parent) = &span.parent {
        message.bytes(4, parent);
    }
    message.text(5, &span.name);
    message.integer(6, if span.is_server { KIND_SERVER } else { KIND_INTERNAL });
    message.fixed64(7, span.start);
    message.fixed64(8, span.end);
    for (key, value) in &span.attributes {
        let attribute = match value {
            Attribute::Text(text) => text_attribute(key, text),
            Attribute::Integer(number) => {
                let mut any = Message::default();
                any.integer(3, number.cast_unsigned());
                attribute(key, &any)
            }
        };
        message.message(9, &attribute);
    }
    if span.is_error {
        let mut status = Message::default();
        status.integer(3, STATUS_ERROR);
        message.message(15, &status);
    }
    message
}

fn text_attribute(key: &str, value: &str) -> Message {
    let mut any = Message::default();
    any.text(1, value);
    attribute(key, &any)
}

fn attribute(key: &str, value: &Message) -> Message {
    let mut message = Message::default();
    message.text(1, key);
    message.message(2, value);
    message
}

/// A message being written.
#[derive(Debug, Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn integer(&mut self, field: u64, value: u64) {
        self.varint(field << 3);
        self.varint(value);
    }

    fn fixed64(&mut self, field: u64, value: u64) {
        self.varint(field << 3 | 1);
        self.0.extend(value.to_le_bytes());
    }

    fn bytes(&mut self, field: u64, value: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend(value);
    }

    fn text(&mut self, field: u64, value: &str) {
        self.bytes(field, value.as_bytes());
    }

    fn message(&mut self, field: u64, value: &Self) {
        self.bytes(field, &value.0);
    }
}
