//! The JSON twin: the same model for curl, hand-written clients and debugging.
//!
//! A frame is an object of the header's names and `events`, an array of
//! `{"kind": …, "time": …, "body": {…}}`. Identifiers are lower-case hex. Texts are read
//! straight from the body's bytes, with their length judged first, so a hostile body costs no
//! more memory than itself.

mod tree;
mod values;

use crate::limits::{DEPTH_MAX, FRAME_EVENTS_MAX};
use crate::model::{Body, Event, Frame};
use crate::problem::{Decoded, FieldError, FieldProblem, FrameProblem};
use crate::record::Record;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tree::{array, object};
pub(crate) use values::{attributes, number, number_value, text};

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
    json!({
        "kind": event.body.name(),
        "time": number_value(event.time),
        "body": event.body.to_json(),
    })
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
    let mut decoded = Decoded::default();
    let mut problem = None;
    let mut seen_events = false;
    object(text, |name, raw| {
        let result = if name == "events" && !seen_events {
            seen_events = true;
            read_events(raw, &mut decoded)
        } else if name == "events" {
            let repeated = FieldError { field: "events", problem: FieldProblem::Repeated };
            Err(FrameProblem::Header(repeated))
        } else {
            let known = decoded.frame.header.read_json(name, raw);
            decoded.skipped.keys += u32::from(known == Ok(false));
            known.map(drop).map_err(FrameProblem::Header)
        };
        result.map_err(|found| problem = Some(found)).is_ok()
    })
    .map_err(|error| problem.take().unwrap_or_else(|| malformed(&error)))?;
    decoded.frame.header.check_required()?;
    if decoded.frame.events.is_empty() && decoded.rejected_count == 0 && decoded.skipped.kinds == 0
    {
        return Err(FrameProblem::NoEvents);
    }
    Ok(decoded)
}

/// Checks that arrays and objects are not nested too deep, as the CBOR reader does, unknown
/// ones included.
fn check_depth(input: &[u8]) -> Result<(), FrameProblem> {
    // What opens so few cannot nest deeper, and counting is many times quicker than following.
    if input.iter().filter(|byte| matches!(byte, b'[' | b'{')).count() <= DEPTH_MAX {
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

fn malformed(error: &serde_json::Error) -> FrameProblem {
    // serde_json's words name types and characters, never the body's content; its own
    // " at line 1 column 2" would repeat ours.
    let words = error.to_string();
    let what = words.split(" at line ").next().unwrap_or_default().to_owned();
    FrameProblem::Json { line: error.line(), column: error.column(), what }
}

fn read_events(raw: &RawValue, decoded: &mut Decoded) -> Result<(), FrameProblem> {
    let mut index = 0;
    let read = array(raw.get(), |item| {
        if index < FRAME_EVENTS_MAX {
            let mut skipped_keys = 0;
            match read_event(item, &mut skipped_keys) {
                Ok(Some(event)) => decoded.take(index, event),
                Ok(None) => decoded.skipped.kinds += 1,
                Err(error) => decoded.reject(index, error),
            }
            decoded.skipped.keys += skipped_keys;
        }
        index += 1;
    });
    let wrong_type = FieldProblem::WrongType("an array");
    read.map_err(|_| FrameProblem::Header(FieldError { field: "events", problem: wrong_type }))?;
    if index > FRAME_EVENTS_MAX {
        return Err(FrameProblem::TooManyEvents { count: index });
    }
    Ok(())
}

/// Reads an event; `None` when its kind is unknown.
fn read_event(raw: &RawValue, skipped_keys: &mut u32) -> Result<Option<Event>, FieldError> {
    let wrong = |field, problem| FieldError { field, problem };
    let (mut kind, mut time, mut body) = (None, None, None);
    let mut problem = None;
    object(raw.get(), |name, raw| {
        let result = match name {
            "kind" if kind.is_none() => {
                text(raw.get(), 64).map(|name| kind = Some(name)).map_err(|p| wrong("kind", p))
            }
            "time" if time.is_none() => number(raw.get())
                .and_then(crate::cbor::event_time)
                .map(|value| time = Some(value))
                .map_err(|p| wrong("time", p)),
            "body" if body.is_none() => {
                body = Some(raw);
                Ok(())
            }
            "kind" => Err(wrong("kind", FieldProblem::Repeated)),
            "time" => Err(wrong("time", FieldProblem::Repeated)),
            "body" => Err(wrong("body", FieldProblem::Repeated)),
            _ => {
                *skipped_keys += 1;
                Ok(())
            }
        };
        result.map_err(|error| problem = Some(error)).is_ok()
    })
    .map_err(|_| {
        problem.take().unwrap_or_else(|| wrong("event", FieldProblem::WrongType("an object")))
    })?;
    let missing = |field| wrong(field, FieldProblem::Missing);
    let kind = kind.ok_or_else(|| missing("kind"))?;
    let raw_body = body.ok_or_else(|| missing("body"))?;
    let Some(mut body) = Body::empty(&kind) else {
        return Ok(None);
    };
    read_body(&mut body, raw_body, skipped_keys)?;
    body.check_required()?;
    Ok(Some(Event { time: time.ok_or_else(|| missing("time"))?, body }))
}

fn read_body(body: &mut Body, raw: &RawValue, skipped_keys: &mut u32) -> Result<(), FieldError> {
    let mut problem = None;
    object(raw.get(), |name, raw| {
        let known = body.read_json(name, raw);
        *skipped_keys += u32::from(known == Ok(false));
        known.map_err(|error| problem = Some(error)).is_ok()
    })
    .map_err(|_| {
        let wrong_type = FieldProblem::WrongType("an object");
        problem.take().unwrap_or(FieldError { field: "body", problem: wrong_type })
    })
}

/// Reads a record from an object; unknown names are passed over.
pub(crate) fn record_value<R: Record>(record: &R) -> Map<String, Value> {
    let mut map = Map::new();
    record.to_json(&mut map);
    map
}
