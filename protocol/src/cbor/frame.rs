//! Frames and events in CBOR.

use super::{MAGIC, Reader, SELF_DESCRIBED, Writer};
use crate::field::{Field, in_range};
use crate::limits::{FRAME_EVENTS_MAX, INTEGER_MAX};
use crate::model::{Body, Event, Frame, Header};
use crate::problem::{Decoded, FieldError, FieldProblem, FrameProblem};
use crate::record::Record;

/// Key of the events in the frame's map, beside the keys of [`Header`].
const EVENTS: u64 = 15;

/// Keys of an event's map.
const KIND: u64 = 0;
const TIME: u64 = 1;
const BODY: u64 = 2;
const VIEW: u64 = 3;

/// Writes a frame.
#[must_use]
pub fn encode_frame(frame: &Frame) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.tag(SELF_DESCRIBED);
    write_frame(frame, &mut writer);
    writer.into_bytes()
}

/// Writes a frame of events that [`encode_event`] wrote before.
#[must_use]
pub fn encode_frame_of<'a>(
    header: &Header,
    events: impl ExactSizeIterator<Item = &'a [u8]>,
) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.tag(SELF_DESCRIBED);
    write_header(header, events.len(), &mut writer);
    for event in events {
        writer.raw(event);
    }
    writer.into_bytes()
}

/// Writes one event.
#[must_use]
pub fn encode_event(event: &Event) -> Vec<u8> {
    let mut writer = Writer::new();
    write_event(event, &mut writer);
    writer.into_bytes()
}

/// Puts the time of a new attempt into a frame that [`encode_frame`] wrote. Returns `false`,
/// with nothing changed, when the frame has no `sent_at_ms` of 8 bytes to overwrite.
pub fn restamp(frame: &mut [u8], sent_at: u64) -> bool {
    // d9d9f7, the head of the map, key 0, 1b, eight bytes.
    const HEAD: usize = MAGIC.len() + 1;
    if frame.get(HEAD..HEAD + 2) != Some(&[0, 0x1b]) || sent_at <= u64::from(u32::MAX) {
        return false;
    }
    match frame.get_mut(HEAD + 2..HEAD + 10) {
        Some(place) => place.copy_from_slice(&sent_at.to_be_bytes()),
        None => return false,
    }
    true
}

/// Reads a frame, judging each event on its own.
///
/// # Errors
/// When the frame as a whole cannot be read: it is no well-formed CBOR, its header is wrong,
/// or it has no events or too many. Wrong events are reported in [`Decoded`] instead.
pub fn decode_frame(input: &[u8]) -> Result<Decoded, FrameProblem> {
    let mut reader = Reader::new(input);
    match reader.tag()? {
        Some(SELF_DESCRIBED) => {}
        found => return Err(FrameProblem::WrongTag { found }),
    }
    let decoded = decode_frame_map(&mut reader)?;
    if !reader.is_at_end() {
        return Err(FrameProblem::TrailingBytes { at: reader.position() });
    }
    decoded.frame.header.check_required()?;
    if decoded.frame.events.is_empty() && decoded.rejected_count == 0 && decoded.skipped.kinds == 0
    {
        return Err(FrameProblem::NoEvents);
    }
    Ok(decoded)
}

impl Header {
    /// Checks that what a frame on the wire must have is there.
    pub(crate) fn check_required(&self) -> Result<(), FrameProblem> {
        let field = match self {
            Self { app_key: None, .. } => "app_key",
            Self { session_id: None, .. } => "session.id",
            Self { sequence: None, .. } => "sequence",
            _ => return Ok(()),
        };
        Err(FrameProblem::Header(FieldError { field, problem: FieldProblem::Missing }))
    }
}

/// Writes a frame's map, without the tag.
pub(crate) fn write_frame(frame: &Frame, writer: &mut Writer) {
    write_header(&frame.header, frame.events.len(), writer);
    for event in &frame.events {
        write_event(event, writer);
    }
}

fn write_header(header: &Header, events: usize, writer: &mut Writer) {
    writer.map(header.present() + 1);
    header.write_fields(writer);
    writer.uint(EVENTS);
    writer.array(events);
}

fn write_event(event: &Event, writer: &mut Writer) {
    let view = usize::from(event.view > 0);
    writer.map(3 + view);
    writer.uint(KIND);
    writer.uint(event.body.key());
    writer.uint(TIME);
    writer.number(event.time);
    writer.uint(BODY);
    event.body.write(writer);
    if event.view > 0 {
        writer.uint(VIEW);
        writer.uint(event.view as u64);
    }
}

/// Reads a frame's map. `reader` stands behind it afterwards.
pub(crate) fn decode_frame_map(reader: &mut Reader<'_>) -> Result<Decoded, FrameProblem> {
    let mut decoded = Decoded::default();
    let at = reader.position();
    let malformed = |what| FrameProblem::Malformed { at, what };
    // A truncated head is told apart from a wrong type by skipping over it first. So all that is
    // read below is well-formed, and need not be passed over again before it is read.
    reader.clone().skip()?;
    let pairs = reader.map().map_err(|_| malformed("expected the map of a frame"))?;
    let mut has_events = false;
    for _ in 0..pairs {
        let key = reader.key().map_err(|_| malformed("a key that is no CBOR item"))?;
        if key == Some(EVENTS) {
            if has_events {
                let repeated = FieldError { field: "events", problem: FieldProblem::Repeated };
                return Err(FrameProblem::Header(repeated));
            }
            has_events = true;
            read_events(reader, &mut decoded)?;
            continue;
        }
        let header = &mut decoded.frame.header;
        let known = match key {
            Some(key) => header.read_field(key, reader),
            None => Ok(false),
        };
        if !known.map_err(FrameProblem::Header)? {
            reader.skip()?;
            decoded.skipped.keys += 1;
        }
    }
    decoded.judge_views();
    Ok(decoded)
}

fn read_events(reader: &mut Reader<'_>, decoded: &mut Decoded) -> Result<(), FrameProblem> {
    let wrong = |problem| FrameProblem::Header(FieldError { field: "events", problem });
    let skipped_before = reader.skipped_keys();
    let count = reader.array().map_err(wrong)?;
    if count > FRAME_EVENTS_MAX {
        return Err(FrameProblem::TooManyEvents { count });
    }
    for index in 0..count {
        let mut item = reader.clone();
        match read_event(&mut item) {
            Ok(Some(event)) => decoded.take(index, event),
            Ok(None) => decoded.skipped.kinds += 1,
            Err(error) => {
                decoded.reject(index, error);
                // Somewhere in it reading has stopped.
                reader.skip()?;
                reader.add_skipped_keys(item.skipped_keys() - reader.skipped_keys());
                continue;
            }
        }
        *reader = item;
    }
    decoded.skipped.keys += reader.skipped_keys() - skipped_before;
    Ok(())
}

/// Reads an event; `None` when its kind is unknown.
fn read_event(reader: &mut Reader<'_>) -> Result<Option<Event>, FieldError> {
    let wrong = |field, problem| FieldError { field, problem };
    let (mut kind, mut time, mut body, mut view) = (None, None, None, None);
    let pairs = reader.map().map_err(|problem| wrong("event", problem))?;
    for _ in 0..pairs {
        match reader.key().map_err(|problem| wrong("event", problem))? {
            Some(KIND) if kind.is_none() => {
                kind = Some(reader.uint().map_err(|problem| wrong("kind", problem))?);
            }
            Some(TIME) if time.is_none() => {
                let value = reader.number().and_then(event_time);
                time = Some(value.map_err(|problem| wrong("time", problem))?);
            }
            Some(BODY) if body.is_none() => body = Some(read_body(kind, reader)?),
            Some(VIEW) if view.is_none() => {
                let value = u64::read(reader).map_err(|problem| wrong("view", problem))?;
                view = Some(usize::try_from(value).unwrap_or(usize::MAX));
            }
            Some(VIEW) => return Err(wrong("view", FieldProblem::Repeated)),
            Some(KIND) => return Err(wrong("kind", FieldProblem::Repeated)),
            Some(TIME) => return Err(wrong("time", FieldProblem::Repeated)),
            Some(BODY) => return Err(wrong("body", FieldProblem::Repeated)),
            _ => reader.skip_unknown().map_err(|problem| wrong("event", problem))?,
        }
    }
    let missing = |field| wrong(field, FieldProblem::Missing);
    let kind = kind.ok_or_else(|| missing("kind"))?;
    let body = match body.ok_or_else(|| missing("body"))? {
        Content::Read(body) => body,
        Content::Passed(body) => {
            let mut body_reader = Reader::new(body);
            let Some(body) = Body::read(kind, &mut body_reader)? else { return Ok(None) };
            reader.add_skipped_keys(body_reader.skipped_keys());
            body
        }
    };
    body.check_required()?;
    let time = time.ok_or_else(|| missing("time"))?;
    Ok(Some(Event { time, view: view.unwrap_or(0), body }))
}

/// An event's body.
enum Content<'a> {
    Read(Body),
    /// It came before its kind, or that is not known.
    Passed(&'a [u8]),
}

/// Reads the body that comes next, if its `kind` has come, or passes over it.
fn read_body<'a>(kind: Option<u64>, reader: &mut Reader<'a>) -> Result<Content<'a>, FieldError> {
    if let Some(kind) = kind
        && let Some(body) = Body::read(kind, reader)?
    {
        return Ok(Content::Read(body));
    }
    let problem = FieldProblem::WrongType("well-formed CBOR");
    reader.skip().map(Content::Passed).map_err(|_| FieldError { field: "body", problem })
}

/// The bounds of an event's time.
pub(crate) fn event_time(value: f64) -> Result<f64, FieldProblem> {
    in_range(value, 0.0, INTEGER_MAX as f64)
}
