//! The JSON twin: the same model for curl, hand-written clients and debugging.
//!
//! A frame is an object of the header's names and `events`, an array of
//! `{"kind": …, "time": …, "body": {…}}`. Identifiers are lower-case hex. Texts are read
//! straight from the body's bytes, with their length judged first, so a hostile body costs no
//! more memory than itself.

mod tree;
mod values;

use crate::field::Field;
use crate::limits::{DEPTH_MAX, FRAME_EVENTS_MAX};
use crate::model::{Body, Event, Frame};
use crate::problem::{Decoded, FieldError, FieldProblem, FrameProblem};
use crate::record::Record;
use serde::de::{IgnoredAny, MapAccess};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tree::{Items, Members, Object, array, members, object};
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
    if let Err(error) = members(text, &mut reader) {
        // What is no JSON at all is told before what else may be wrong with it.
        let problem = reader.problem.filter(|_| error.is_data());
        return Err(problem.unwrap_or_else(|| malformed(&error)));
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
    fn wrong_events(&mut self, problem: FieldProblem) {
        self.problem = Some(FrameProblem::Header(FieldError { field: "events", problem }));
    }

    fn event(&mut self, item: &RawValue) {
        let (index, decoded) = (self.event_count, &mut self.decoded);
        self.event_count += 1;
        if index >= FRAME_EVENTS_MAX {
            return;
        }
        match read_event(item, &mut decoded.skipped.keys) {
            Ok(Some(event)) => decoded.take(index, event),
            Ok(None) => decoded.skipped.kinds += 1,
            Err(error) => decoded.reject(index, error),
        }
    }
}

impl<'a> Members<'a> for FrameReader {
    fn member<A: MapAccess<'a>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        if name != "events" {
            let known = self.decoded.frame.header.read_json(name, map.next_value()?);
            self.decoded.skipped.keys += u32::from(known == Ok(false));
            self.problem = known.err().map(FrameProblem::Header);
            return Ok(self.problem.is_none());
        }
        if self.seen_events {
            self.wrong_events(FieldProblem::Repeated);
            return Ok(false);
        }
        self.seen_events = true;
        let mut is_array = false;
        let items = Items { is_array: &mut is_array, each: |item: &RawValue| self.event(item) };
        let read = map.next_value_seed(items);
        if read.is_err() && !is_array {
            self.wrong_events(FieldProblem::WrongType("an array"));
        }
        read.map(|()| true)
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

fn malformed(error: &serde_json::Error) -> FrameProblem {
    // serde_json's words name types and characters, never the body's content; its own
    // " at line 1 column 2" would repeat ours.
    let words = error.to_string();
    let what = words.split(" at line ").next().unwrap_or_default().to_owned();
    FrameProblem::Json { line: error.line(), column: error.column(), what }
}

/// An event's members as they come.
struct EventReader<'a, 'k> {
    kind: Option<String>,
    time: Option<f64>,
    view: Option<usize>,
    body: Content<'a>,
    skipped_keys: &'k mut u32,
    problem: Option<FieldError>,
}

/// An event's body.
enum Content<'a> {
    Missing,
    /// It came before the kind.
    Raw(&'a RawValue),
    Read(Body),
    /// Of a kind that is not known.
    Passed,
}

fn wrong(field: &'static str, problem: FieldProblem) -> FieldError {
    FieldError { field, problem }
}

impl<'a> Members<'a> for EventReader<'a, '_> {
    fn member<A: MapAccess<'a>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        let result = match name {
            "kind" if self.kind.is_none() => text(map.next_value::<&RawValue>()?.get(), 64)
                .map(|name| self.kind = Some(name))
                .map_err(|problem| wrong("kind", problem)),
            "time" if self.time.is_none() => number(map.next_value::<&RawValue>()?.get())
                .and_then(crate::cbor::event_time)
                .map(|value| self.time = Some(value))
                .map_err(|problem| wrong("time", problem)),
            "view" if self.view.is_none() => u64::from_json(map.next_value()?)
                .map(|value| self.view = Some(usize::try_from(value).unwrap_or(usize::MAX)))
                .map_err(|problem| wrong("view", problem)),
            "body" if matches!(self.body, Content::Missing) => return self.body(map),
            "kind" => Err(wrong("kind", FieldProblem::Repeated)),
            "time" => Err(wrong("time", FieldProblem::Repeated)),
            "view" => Err(wrong("view", FieldProblem::Repeated)),
            "body" => Err(wrong("body", FieldProblem::Repeated)),
            _ => {
                map.next_value::<IgnoredAny>()?;
                *self.skipped_keys += 1;
                Ok(())
            }
        };
        self.problem = result.err();
        Ok(self.problem.is_none())
    }
}

impl<'a> EventReader<'a, '_> {
    fn body<A: MapAccess<'a>>(&mut self, map: &mut A) -> Result<bool, A::Error> {
        let Some(kind) = &self.kind else {
            self.body = Content::Raw(map.next_value()?);
            return Ok(true);
        };
        let Some(body) = Body::empty(kind) else {
            map.next_value::<IgnoredAny>()?;
            self.body = Content::Passed;
            return Ok(true);
        };
        let mut reader = BodyReader { body, skipped_keys: self.skipped_keys, problem: None };
        let read = map.next_value_seed(Object(&mut reader));
        let BodyReader { body, problem, .. } = reader;
        self.body = Content::Read(body);
        if read.is_err() {
            self.problem = Some(problem.unwrap_or_else(no_object));
        }
        read.map(|()| true)
    }
}

/// A body's members as they come.
struct BodyReader<'k> {
    body: Body,
    skipped_keys: &'k mut u32,
    /// The first that is wrong.
    problem: Option<FieldError>,
}

impl<'a> Members<'a> for BodyReader<'_> {
    fn member<A: MapAccess<'a>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        let known = self.body.read_json(name, map.next_value()?);
        *self.skipped_keys += u32::from(known == Ok(false));
        self.problem = known.err();
        Ok(self.problem.is_none())
    }
}

fn no_object() -> FieldError {
    wrong("body", FieldProblem::WrongType("an object"))
}

/// Reads an event; `None` when its kind is unknown.
fn read_event(raw: &RawValue, skipped_keys: &mut u32) -> Result<Option<Event>, FieldError> {
    let mut reader = EventReader {
        kind: None,
        time: None,
        view: None,
        body: Content::Missing,
        skipped_keys,
        problem: None,
    };
    let read = members(raw.get(), &mut reader);
    let EventReader { kind, time, view, body, skipped_keys, problem } = reader;
    if read.is_err() {
        return Err(problem.unwrap_or_else(|| wrong("event", FieldProblem::WrongType("an object"))));
    }
    let missing = |field| wrong(field, FieldProblem::Missing);
    let kind = kind.ok_or_else(|| missing("kind"))?;
    let body = match body {
        Content::Missing => return Err(missing("body")),
        Content::Passed => return Ok(None),
        Content::Read(body) => body,
        Content::Raw(raw) => {
            let Some(body) = Body::empty(&kind) else { return Ok(None) };
            let mut reader = BodyReader { body, skipped_keys, problem: None };
            if members(raw.get(), &mut reader).is_err() {
                return Err(reader.problem.unwrap_or_else(no_object));
            }
            reader.body
        }
    };
    body.check_required()?;
    let time = time.ok_or_else(|| missing("time"))?;
    Ok(Some(Event { time, view: view.unwrap_or(0), body }))
}

/// Reads a list of records; unknown names in them are passed over.
pub(crate) fn records<R: Record>(
    raw: &RawValue,
    mut each: impl FnMut(R) -> Result<(), FieldProblem>,
) -> Result<(), FieldProblem> {
    let mut result = Ok(());
    array(raw.get(), |item| {
        if result.is_ok() {
            result = record(item).and_then(&mut each);
        }
    })
    .map_err(|_| FieldProblem::WrongType("an array"))?;
    result
}

fn record<R: Record>(raw: &RawValue) -> Result<R, FieldProblem> {
    let mut record = R::default();
    let mut problem = None;
    object(raw.get(), |name, raw| {
        record.read_json(name, raw).map_err(|error| problem = Some(error.problem)).is_ok()
    })
    .map_err(|_| problem.take().unwrap_or(FieldProblem::WrongType("an object")))?;
    Ok(record)
}

/// A record as an object.
pub(crate) fn record_value<R: Record>(record: &R) -> Map<String, Value> {
    let mut map = Map::new();
    record.to_json(&mut map);
    map
}
