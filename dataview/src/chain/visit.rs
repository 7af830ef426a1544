//! What the frames of a session tell beside the calls that the store has: the visitor's actions,
//! and of each call with a span what it began with and what its answer said of the way.

use super::cdn::{self, Cdn};
use crate::facts::Clock;
use crate::model::{SpanId, ViewId};
use crate::store::StoredFrame;
use dna_protocol::Body;
use dna_protocol::entry::Entry;
use dna_protocol::field::Millis;
use dna_protocol::model::{ApiCall, UserAction};
use std::collections::HashMap;

/// What the frames of a session tell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Visit {
    /// What the visitor did.
    pub actions: Vec<Action>,
    /// What is told of calls, by their spans.
    pub calls: HashMap<SpanId, CallTold>,
}

/// A click, or a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Its number on the page; clients before 0.2 and others may count none.
    pub id: Option<u64>,
    /// When, in ms since the Unix epoch.
    pub at_ms: u64,
    /// In which view.
    pub view: Option<ViewId>,
    /// On what, in the page's words.
    pub name: String,
    /// The selector of the element.
    pub element: Option<String>,
    /// Until the next paint, in ms.
    pub duration_ms: f64,
    /// How it went wrong: `rage_click`, …
    pub frustration: Option<String>,
}

/// What is told of a call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallTold {
    /// The number of the action that it began with.
    pub action: Option<u64>,
    /// `Server-Timing` of its answer, as the header writes it.
    pub server_timing: Option<String>,
    /// What a CDN says of it there.
    pub cdn: Option<Cdn>,
    /// From the call until the request was sent, in ms.
    pub sent_after_ms: f64,
}

impl Visit {
    /// Reads the `frames` of a session.
    #[must_use]
    pub fn read(frames: &[StoredFrame]) -> Self {
        let mut visit = Self::default();
        for frame in frames {
            // One that cannot be read is told by the session's timeline.
            let Ok((receipt, decoded)) = Entry::decode(&frame.entry) else { continue };
            let header = &decoded.frame.header;
            let clock = Clock::new(&receipt, header, frame.received_at_ms);
            for event in &decoded.frame.events {
                match &event.body {
                    Body::UserAction(action) => {
                        let view = header.view_id_of(event).map(|id| ViewId(id.0));
                        visit.actions.push(self::action(action, clock.at(event), view));
                    }
                    Body::ApiCall(call) => {
                        if let Some(span) = call.span_id {
                            visit.calls.insert(SpanId(span.0), told(call));
                        }
                    }
                    _ => {}
                }
            }
        }
        visit
    }
}

fn action(action: &UserAction, at_ms: u64, view: Option<ViewId>) -> Action {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let element = text(action.element.as_deref());
    let name = text(action.name.as_deref()).or_else(|| element.clone());
    Action {
        id: action.id,
        at_ms,
        view,
        name: name.unwrap_or_else(|| "click".to_owned()),
        element,
        duration_ms: action.duration.map_or(0.0, Millis::get),
        frustration: text(action.frustration.as_deref()),
    }
}

fn told(call: &ApiCall) -> CallTold {
    let server_timing = call.server_timing.as_deref().filter(|text| !text.is_empty());
    let before = [call.blocked, call.dns, call.connect];
    CallTold {
        action: call.action,
        cdn: server_timing.and_then(cdn::read),
        server_timing: server_timing.map(str::to_owned),
        sent_after_ms: before.into_iter().flatten().map(Millis::get).sum(),
    }
}
