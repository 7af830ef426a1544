//! What the visitor did before a call.

use super::limits::{ACTION_AFTER_MS_MAX, ACTION_BEFORE_MS_MAX};
use crate::facts::Clock;
use crate::model::{CallFact, ViewId};
use crate::store::StoredFrame;
use dna_protocol::Body;
use dna_protocol::entry::Entry;

/// A click, or a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
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

/// The actions that `frames` of a session tell of.
#[must_use]
pub fn actions(frames: &[StoredFrame]) -> Vec<Action> {
    let mut found = Vec::new();
    for frame in frames {
        // One that cannot be read is told by the session's timeline.
        let Ok((receipt, decoded)) = Entry::decode(&frame.entry) else { continue };
        let header = &decoded.frame.header;
        let clock = Clock::new(&receipt, header, frame.received_at_ms);
        for event in &decoded.frame.events {
            let Body::UserAction(action) = &event.body else { continue };
            let text = |text: Option<&str>| text.map(str::to_owned);
            let element = text(action.element.as_deref());
            let name = text(action.name.as_deref()).or_else(|| element.clone());
            found.push(Action {
                at_ms: clock.at(event),
                view: header.view_id_of(event).map(|id| ViewId(id.0)),
                name: name.unwrap_or_else(|| "click".to_owned()),
                element,
                duration_ms: action.duration.map_or(0.0, dna_protocol::field::Millis::get),
                frustration: text(action.frustration.as_deref()),
            });
        }
    }
    found
}

/// The action that led to `call`: the last one before it, in its view and not long ago. The client
/// sends no identifier that would tell it; time and view do.
pub(super) fn before<'a>(actions: &'a [Action], call: &CallFact) -> Option<&'a Action> {
    let is_near = |action: &&Action| {
        action.at_ms <= call.at_ms + ACTION_AFTER_MS_MAX
            && action.at_ms + ACTION_BEFORE_MS_MAX >= call.at_ms
    };
    let same_view = |action: &&Action| call.view.is_none() || action.view == call.view;
    actions.iter().filter(is_near).filter(same_view).max_by_key(|action| action.at_ms)
}
