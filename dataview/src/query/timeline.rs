//! The timeline of a session: its frames' events in the order in which they happened.

use super::title::title;
use crate::facts::{Clock, is_ok};
use crate::store::StoredFrame;
use dna_protocol::entry::Entry;
use dna_protocol::model::{Body, Event, Header};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::HashSet;
use utoipa::ToSchema;

/// Something that happened in a session.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Item {
    /// When, in ms since the Unix epoch, corrected for the client's clock.
    pub at: u64,
    /// What: one of the kinds of docs/protocol.md.
    pub kind: String,
    /// The view that it belongs to: 16 hexadecimal digits.
    pub view: Option<String>,
    /// The page's address then.
    pub page: Option<String>,
    /// What a person reads.
    pub title: String,
    /// Whether it went well.
    pub ok: bool,
    /// How long it took, in ms, where that is known.
    pub duration_ms: Option<f64>,
    /// The trace of the call: 32 hexadecimal digits.
    pub trace: Option<String>,
    /// Why a call has no trace.
    pub not_joined: Option<NotJoined>,
    /// The event's fields by their names in docs/protocol.md.
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
    /// The number of the frame that told it.
    pub sequence: u64,
}

/// Why a call has no trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotJoined {
    /// It had no `traceparent`: its origin is not among those that the page may send it to.
    NoTraceparent,
}

/// A view that a session showed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct View {
    /// Which: 16 hexadecimal digits.
    pub id: String,
    /// When it was first seen, in ms since the Unix epoch.
    pub at: u64,
    /// Its address.
    pub page: Option<String>,
}

/// What frames come to.
#[derive(Debug, Default, PartialEq)]
pub struct Timeline {
    /// What happened, in its order.
    pub items: Vec<Item>,
    /// The views, in their order.
    pub views: Vec<View>,
    /// Events that are left out.
    pub left_out: u64,
    /// Frames that cannot be read.
    pub unreadable: u64,
}

/// The timeline of `frames`, of which at most `items_max` events are told: the first.
#[must_use]
pub fn timeline(frames: &[StoredFrame], items_max: usize) -> Timeline {
    let mut timeline = Timeline::default();
    for frame in frames {
        match Entry::decode(&frame.entry) {
            Ok((receipt, decoded)) => {
                let header = &decoded.frame.header;
                let clock = Clock::new(&receipt, header, frame.received_at_ms);
                let item = |event| item(clock, header, event, frame.sequence);
                timeline.items.extend(decoded.frame.events.iter().map(item));
            }
            Err(_) => timeline.unreadable += 1,
        }
    }
    // Frames overlap: what took long is told when it ends. The sort keeps the order of equals.
    timeline.items.sort_by_key(|item| item.at);
    timeline.views = views(&timeline.items);
    timeline.left_out = timeline.items.len().saturating_sub(items_max) as u64;
    timeline.items.truncate(items_max);
    timeline
}

fn views(items: &[Item]) -> Vec<View> {
    let mut seen = HashSet::new();
    let first = |item: &&Item| item.view.as_ref().is_some_and(|id| seen.insert(id.clone()));
    let view =
        |item: &Item| Some(View { id: item.view.clone()?, at: item.at, page: item.page.clone() });
    items.iter().filter(first).filter_map(view).collect()
}

fn item(clock: Clock, header: &Header, event: &Event, sequence: u64) -> Item {
    let json = dna_protocol::json::event_value(event);
    let fields = match json.get("body") {
        Some(Value::Object(fields)) => fields.clone(),
        _ => Map::new(),
    };
    let (trace, not_joined) = match &event.body {
        Body::ApiCall(call) => match call.trace_id {
            Some(id) => (Some(id.to_hex()), None),
            None => (None, Some(NotJoined::NoTraceparent)),
        },
        _ => (None, None),
    };
    Item {
        at: clock.at(event),
        kind: event.body.name().to_owned(),
        view: header.view_id_of(event).map(|id| id.to_hex()),
        page: header.url_of(event).map(str::to_owned),
        title: title(&event.body, header.url_of(event)),
        ok: is_ok(&event.body),
        duration_ms: duration(&fields),
        trace,
        not_joined,
        fields,
        sequence,
    }
}

fn duration(fields: &Map<String, Value>) -> Option<f64> {
    let field = |name| fields.get(name).and_then(Value::as_f64);
    field("duration_ms").or_else(|| field("load_event_end"))
}
