//! The bodies that are sent, made of what the SDK sent on a recorded visit (tests/bench/record.js).
//!
//! Each is a template: `load.lua` puts another session and sequence into every copy.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, ensure};
use dna_protocol::field::Id;
use dna_protocol::{Body, Event, Frame, Header, cbor, json};

use crate::workspace::Workspace;

/// What stands for the session and the sequence, in CBOR and in JSON; `load.lua` has the same.
const SESSION: [u8; 16] = *b"<session-mark-1>";
const SEQUENCE: u64 = u64::from_be_bytes(*b"\0\x1f<mark>");
const SESSION_HEX: Id<16> = Id([
    0x5e, 0x55, 0x10, 0x5e, 0x55, 0x10, 0x5e, 0x55, 0x10, 0x5e, 0x55, 0x10, 0x5e, 0x55, 0x10, 0x55,
]);
const SEQUENCE_DECIMAL: u64 = 1_717_171_717_171_717;

/// Where the recorded frames are.
const RECORDED: &str = "tests/bench/ingest/frames";
/// The key that they name.
pub(super) const APP_KEY: &str = "bench-bank";

/// What a beacon carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A page view with its timings as JSON, about 1 KB: what a hand-written client sends.
    Json,
    /// One event as our SDK writes it.
    Single,
    /// Twenty events as our SDK writes them.
    Twenty,
}

impl Form {
    /// How tables call it.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Json => "JSON, 1 event",
            Self::Single => "CBOR, 1 event",
            Self::Twenty => "CBOR, 20 events",
        }
    }

    /// Its short name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Single => "single",
            Self::Twenty => "twenty",
        }
    }

    /// How many events it carries.
    pub(super) fn events(self) -> u64 {
        match self {
            Self::Json | Self::Single => 1,
            Self::Twenty => 20,
        }
    }
}

/// The recorded visit.
pub(super) struct Visit {
    frames: Vec<Frame>,
}

impl Visit {
    /// Reads it and dates it today.
    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        let folder = workspace.path(RECORDED);
        let list = fs::read_dir(&folder).with_context(|| format!("no {}", folder.display()))?;
        let mut paths = list.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "cbor"));
        paths.sort();
        let frames: Vec<Frame> = paths.iter().map(|path| read(path)).collect::<Result<_>>()?;
        ensure!(!frames.is_empty(), "no frames in {}: run tests/bench/record.js", folder.display());
        Ok(Self { frames: dated(frames) })
    }

    /// The frames as they were sent, each of a session of its own choice.
    pub(super) fn bodies(&self, session: [u8; 16]) -> Vec<Vec<u8>> {
        let body = |frame: &Frame| {
            let mut frame = frame.clone();
            frame.header.session_id = Some(Id(session));
            cbor::encode_frame(&frame)
        };
        self.frames.iter().map(body).collect()
    }

    /// Writes the template of `form` into `folder`; gives back its path.
    pub(super) fn write_template(&self, form: Form, folder: &Path) -> Result<PathBuf> {
        let path = folder.join(form.name());
        fs::write(&path, self.template(form)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    fn template(&self, form: Form) -> Result<Vec<u8>> {
        let events = self.events(form)?;
        let mut header = self.frames[0].header.clone();
        header.session_id = Some(Id(SESSION));
        header.sequence = Some(SEQUENCE);
        if form == Form::Json {
            header.session_id = Some(SESSION_HEX);
            header.sequence = Some(SEQUENCE_DECIMAL);
            return Ok(json_of(header, &events).into_bytes());
        }
        Ok(cbor::encode_frame(&Frame { header, events }))
    }

    /// The events of one beacon of `form`.
    fn events(&self, form: Form) -> Result<Vec<Event>> {
        let all = self.frames.iter().flat_map(|frame| &frame.events);
        let first = |is: fn(&Body) -> bool| {
            let found = all.clone().find(|event| is(&event.body));
            found.cloned().map(|event| vec![event]).context("the visit has no such event")
        };
        match form {
            Form::Json => first(|body| matches!(body, Body::PageView(_))),
            Form::Single => first(|body| matches!(body, Body::ApiCall(_))),
            // Of the visit from its beginning, as if it had gone out in one frame.
            Form::Twenty => Ok(all.clone().cycle().take(20).cloned().collect()),
        }
    }
}

/// A frame with its members in the order of docs/protocol.md's example.
fn json_of(header: Header, events: &[Event]) -> String {
    let mut header = json::frame_value(&Frame { header, events: Vec::new() });
    if let Some(members) = header.as_object_mut() {
        members.remove("events");
    }
    let header = header.to_string();
    let event = |event: &Event| {
        let value = json::event_value(event);
        format!(
            "{{\"kind\":{},\"time\":{},\"body\":{}}}",
            value["kind"], value["time"], value["body"]
        )
    };
    let events: Vec<String> = events.iter().map(event).collect();
    let header = header.trim_end_matches('}');
    format!("{header},\"events\":[{}]}}", events.join(","))
}

fn read(path: &Path) -> Result<Frame> {
    let bytes = fs::read(path)?;
    let decoded = cbor::decode_frame(&bytes)
        .map_err(|problem| anyhow!("{} is no frame of today: {problem}", path.display()))?;
    Ok(decoded.frame)
}

/// Frames that were sent a moment ago, the distances between them as they were.
fn dated(mut frames: Vec<Frame>) -> Vec<Frame> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = u64::try_from(now.as_millis()).unwrap_or_default();
    let last = frames.iter().filter_map(|frame| frame.header.sent_at).max().unwrap_or(now);
    for frame in &mut frames {
        let header = &mut frame.header;
        for time in [&mut header.sent_at, &mut header.time_base].into_iter().flatten() {
            *time = (*time + now).saturating_sub(last);
        }
    }
    frames
}
