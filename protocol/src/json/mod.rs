//! The JSON twin: the same model for curl, hand-written clients and debugging.
//!
//! A frame is an object of the header's names and `events`, an array of
//! `{"kind": …, "time": …, "body": {…}}`. Identifiers are lower-case hex. Texts are read
//! straight from the body's bytes, with their length judged first, so a hostile body costs no
//! more memory than itself.

mod event;
mod scan;
mod values;

use crate::limits::{DEPTH_MAX, FRAME_EVENTS_MAX};
use crate::model::{Event, Frame};
use crate::problem::{Decoded, FieldError, FieldProblem, FrameProblem};
use crate::record::Record;
use scan::{Scan, Step, Stop};
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use std::fmt::{self, Formatter};

pub(crate) use values::{attributes, number, number_value, records, text};

/// The frame as JSON.
#[must_use]
pub fn frame_value(frame: &Frame) -> Value {
    let mut map = Map::new();
    frame.header.to_json(&mut map);
    let events: Vec<Value> = frame.events.iter().map(event_value).collect();
    map.insert("events".to_owned(), Value::Array(events));
    Value::Object(map)
}

/// One event as JSON.
#[must_use]
pub fn event_value(event: &Event) -> Value {
    let mut value = json!({
        "kind": event.body.name(),
        "time": number_value(event.time),
        "body": event.body.to_json(),
    });
    if event.view > 0 {
        value["view"] = event.view.into();
    }
    value
}

/// Reads a frame, judging each event on its own.
///
/// # Errors
/// When the frame as a whole cannot be read: it is no JSON, its header is wrong, or it has no
/// events or too many. Wrong events are reported in [`Decoded`] instead.
pub fn decode_frame(input: &[u8]) -> Result<Decoded, FrameProblem> {
    let text = std::str::from_utf8(input)
        .map_err(|error| FrameProblem::InvalidUtf8 { at: error.valid_up_to() })?;
    check_depth(input)?;
    let mut reader = FrameReader::default();
    if scan::whole(text, |scan| scan.members(|scan, name| reader.member(scan, name))).is_err() {
        // What is no JSON at all is told before what else may be wrong behind it.
        return Err(reader.problem.unwrap_or_else(|| malformed(text)));
    }
    let FrameReader { mut decoded, event_count, .. } = reader;
    if event_count > FRAME_EVENTS_MAX {
        return Err(FrameProblem::TooManyEvents { count: event_count });
    }
    decoded.judge_views();
    decoded.frame.header.check_required()?;
    if decoded.frame.events.is_empty() && decoded.rejected_count == 0 && decoded.skipped.kinds == 0
    {
        return Err(FrameProblem::NoEvents);
    }
    Ok(decoded)
}

/// A frame's members as they come.
#[derive(Default)]
struct FrameReader {
    decoded: Decoded,
    seen_events: bool,
    event_count: usize,
    problem: Option<FrameProblem>,
}

impl FrameReader {
    fn member(&mut self, scan: &mut Scan<'_>, name: &str) -> Step {
        if name != "events" {
            let known = self.decoded.frame.header.read_json(name, scan.value()?);
            self.decoded.skipped.keys += u32::from(known == Ok(false));
            return known.map(drop).map_err(|error| self.wrong(error));
        }
        let wrong = |problem| FieldError { field: "events", problem };
        if std::mem::replace(&mut self.seen_events, true) {
            return Err(self.wrong(wrong(FieldProblem::Repeated)));
        }
        if !scan.opens_with(b'[') {
            scan.pass()?;
            return Err(self.wrong(wrong(FieldProblem::WrongType("an array"))));
        }
        scan.items(|scan| self.event(scan))
    }

    fn event(&mut self, scan: &mut Scan<'_>) -> Step {
        let (index, decoded) = (self.event_count, &mut self.decoded);
        self.event_count += 1;
        // Beyond the limit nothing is looked at any more, only counted.
        if index >= FRAME_EVENTS_MAX {
            return scan.pass();
        }
        match event::read(scan, &mut decoded.skipped.keys)? {
            Ok(Some(event)) => decoded.take(index, event),
            Ok(None) => decoded.skipped.kinds += 1,
            Err(error) => decoded.reject(index, error),
        }
        Ok(())
    }

    fn wrong(&mut self, error: FieldError) -> Stop {
        self.problem = Some(FrameProblem::Header(error));
        Stop::Enough
    }
}

/// Checks that arrays and objects are not nested too deep, as the CBOR reader does, unknown
/// ones included.
fn check_depth(input: &[u8]) -> Result<(), FrameProblem> {
    // What opens so few cannot nest deeper, and counting is many times quicker than following.
    if memchr::memchr2_iter(b'[', b'{', input).take(DEPTH_MAX + 1).count() <= DEPTH_MAX {
        return Ok(());
    }
    let (mut depth, mut in_text, mut escaped) = (0usize, false, false);
    for (at, byte) in input.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(FrameProblem::TooDeep { at });
                }
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// What is wrong with a text that cannot be read.
fn malformed(text: &str) -> FrameProblem {
    let Err(error) = serde_json::from_str::<Object>(text) else {
        return FrameProblem::Json { line: 1, column: 1, what: "no object".to_owned() };
    };
    // serde_json's words name types and characters, never the body's content; its own
    // " at line 1 column 2" would repeat ours.
    let words = error.to_string();
    let what = words.split(" at line ").next().unwrap_or_default().to_owned();
    FrameProblem::Json { line: error.line(), column: error.column(), what }
}

/// Any object, of which nothing is kept: a stranger's may have as many names as fit in a body.
struct Object;

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self)
    }
}

impl<'de> Visitor<'de> for Object {
    type Value = Self;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(self)
    }
}

/// A record as an object.
pub(crate) fn record_value<R: Record>(record: &R) -> Map<String, Value> {
    let mut map = Map::new();
    record.to_json(&mut map);
    map
}
