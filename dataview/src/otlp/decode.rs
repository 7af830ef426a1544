//! From the bytes of a request to what is stored. Pure: `now` is given.

use super::form::Form;
use super::limits::{AGE_MAX_US, AHEAD_MAX_US, SERVICE_BYTES_MAX};
use super::refused::{Reason, Refused};
pub use super::span::LeftOut;
use super::{json, log, protobuf, span};
use crate::clean::{self, Side};
use crate::model::{LogLine, Span};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1 as proto;
use prost::Message;
use serde_json::{Map, Value};

/// Of a resource beside `service.name`: where it runs and which one it is.
const RESOURCE_ATTRIBUTES: [&str; 5] = [
    "deployment.environment.name",
    "host.name",
    "k8s.pod.name",
    "service.instance.id",
    "service.version",
];

/// The request itself cannot be read, and why.
#[derive(Debug, thiserror::Error)]
#[error("the body is no request of OTLP: {0}")]
pub struct Malformed(String);

impl Malformed {
    pub(super) fn new(why: impl std::fmt::Display) -> Self {
        Self(why.to_string())
    }
}

/// What a request holds.
#[derive(Debug)]
pub struct Decoded<T> {
    /// What is stored.
    pub items: Vec<T>,
    /// What was not taken.
    pub refused: Refused,
    /// What of the items is not kept.
    pub left_out: LeftOut,
}

/// Who tells.
pub(super) struct Source {
    /// `service.name`.
    pub(super) service: String,
    /// What else is known of it, cleaned.
    pub(super) attributes: Map<String, Value>,
}

/// Reads an `ExportTraceServiceRequest`. `now_us`: µs since the Unix epoch.
///
/// # Errors
/// When the body as a whole cannot be read. A span that is wrong is refused by itself.
pub fn spans(body: &[u8], form: Form, now_us: u64) -> Result<Decoded<Span>, Malformed> {
    let read = Readers { json: json::span, protobuf: |bytes| proto::Span::decode(bytes).ok() };
    decode(body, form, now_us, &read, span::span)
}

/// Reads an `ExportLogsServiceRequest`. `now_us`: µs since the Unix epoch.
///
/// # Errors
/// When the body as a whole cannot be read. A line that is wrong is refused by itself.
pub fn logs(body: &[u8], form: Form, now_us: u64) -> Result<Decoded<LogLine>, Malformed> {
    let read = Readers { json: json::log, protobuf: |bytes| LogRecord::decode(bytes).ok() };
    decode(body, form, now_us, &read, log::line)
}

/// Whether something may have happened at `at_us`.
pub(super) fn check_time(at_us: u64, now_us: u64) -> Result<(), Reason> {
    if at_us < now_us.saturating_sub(AGE_MAX_US) {
        Err(Reason::TooOld)
    } else if at_us > now_us + AHEAD_MAX_US {
        Err(Reason::InFuture)
    } else {
        Ok(())
    }
}

/// How one item is read in each form.
struct Readers<P> {
    json: fn(&str) -> Option<P>,
    protobuf: fn(&[u8]) -> Option<P>,
}

type Convert<P, T> = fn(P, &Source, u64, &mut LeftOut) -> Result<T, Reason>;

fn decode<P, T>(
    body: &[u8],
    form: Form,
    now_us: u64,
    read: &Readers<P>,
    convert: Convert<P, T>,
) -> Result<Decoded<T>, Malformed> {
    let mut decoded =
        Decoded { items: Vec::new(), refused: Refused::default(), left_out: LeftOut::default() };
    let mut take = |source: &Source, item: Option<P>| {
        let item = item.ok_or(Reason::Malformed);
        match item.and_then(|item| convert(item, source, now_us, &mut decoded.left_out)) {
            Ok(item) => decoded.items.push(item),
            Err(reason) => decoded.refused.add(reason, 1),
        }
    };
    let too_many = match form {
        Form::Protobuf => {
            let (groups, left_out) = protobuf::groups(body)?;
            for group in groups {
                let resource = Resource::decode(group.resource).map_err(Malformed::new)?;
                let source = Source::of(resource);
                for item in group.items {
                    take(&source, (read.protobuf)(item));
                }
            }
            left_out
        }
        Form::Json => {
            let (groups, left_out) = json::groups(body).map_err(Malformed::new)?;
            for group in groups {
                let source = Source::of(group.resource);
                for item in group.items {
                    take(&source, (read.json)(item.get()));
                }
            }
            left_out
        }
    };
    decoded.refused.add(Reason::TooMany, too_many);
    Ok(decoded)
}

impl Source {
    fn of(resource: Resource) -> Self {
        let named = |name: &str| {
            let found = resource.attributes.iter().find(|it| it.key == name);
            clean::text_of(found.and_then(|it| it.value.as_ref())).unwrap_or_default()
        };
        let service = match named("service.name") {
            "" => "unknown_service".to_owned(),
            name => clean::words(name, SERVICE_BYTES_MAX),
        };
        let told = |it: &KeyValue| RESOURCE_ATTRIBUTES.contains(&it.key.as_str());
        let attributes = resource.attributes.into_iter().filter(told).collect();
        Self { service, attributes: clean::attributes(attributes, Side::Other).kept }
    }
}
