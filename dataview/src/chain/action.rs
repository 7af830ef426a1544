//! What the visitor did before a call.

use super::limits::{ACTION_AFTER_MS_MAX, ACTION_BEFORE_MS_MAX, ACTION_SETTLED_MS_MAX};
use super::visit::{Action, CallTold, Visit};
use super::why::{GapCode, Note, NoteCode, Values};
use crate::model::CallFact;

/// The action that led to a call, or why none is told.
#[derive(Debug, PartialEq)]
pub(super) enum Cause<'a> {
    /// The client says so.
    Told(&'a Action),
    /// The client does not count actions, or its frame is not here: the last one before the call.
    Near(&'a Action),
    /// The client counts actions, and this call began with none.
    ByItself,
    /// The client says which, and that one is not here.
    Missing(u64),
    /// Nothing is known.
    Unknown,
}

impl Cause<'_> {
    /// What is to be known of an action that was guessed.
    pub(super) fn note(&self) -> Option<Note> {
        let Self::Near(action) = self else { return None };
        let code = match action.id {
            Some(_) => NoteCode::ActionNearCallNotTold,
            None => NoteCode::ActionNearNotCounted,
        };
        Some(Note::new(code, Values::new()))
    }

    /// Why a call has no action.
    pub(super) fn why_alone(&self) -> Option<(GapCode, Values)> {
        match self {
            Self::Told(_) | Self::Near(_) => None,
            Self::ByItself => Some((GapCode::CalledByItself, Values::new())),
            Self::Missing(number) => {
                Some((GapCode::ActionMissing, [("number", number.to_string())].into()))
            }
            Self::Unknown => {
                let seconds = ACTION_BEFORE_MS_MAX / 1000;
                Some((GapCode::NoAction, [("seconds", seconds.to_string())].into()))
            }
        }
    }
}

/// What led to `call`, which is one of the `visit`'s.
pub(super) fn cause<'a>(visit: &'a Visit, call: &CallFact) -> Cause<'a> {
    let told = call.trace.and_then(|(_, span)| visit.calls.get(&span));
    match told {
        Some(&CallTold { action: Some(number), .. }) => {
            numbered(visit, call, number).map_or(Cause::Missing(number), Cause::Told)
        }
        Some(_) => match near(visit, call) {
            // Whoever counts would have said so.
            Some(action) if action.id.is_some() => Cause::ByItself,
            found => found.map_or(Cause::Unknown, Cause::Near),
        },
        None => near(visit, call).map_or(Cause::Unknown, Cause::Near),
    }
}

/// The action of that number: pages of a session count each for themselves, so it is that of the
/// call's own view, or the last one before the call. The click may have shown another view.
fn numbered<'a>(visit: &'a Visit, call: &CallFact, number: u64) -> Option<&'a Action> {
    let is_own = |action: &Action| call.view.is_some() && action.view == call.view;
    let is_before = |action: &Action| is_within(action, call, ACTION_SETTLED_MS_MAX);
    let found = visit.actions.iter().filter(|action| action.id == Some(number));
    let found = found.filter(|action| is_own(action) || is_before(action));
    found.max_by_key(|action| (is_own(action), action.at_ms))
}

/// The last action before the call, in its view and not long ago.
fn near<'a>(visit: &'a Visit, call: &CallFact) -> Option<&'a Action> {
    let is_near = |action: &&Action| is_within(action, call, ACTION_BEFORE_MS_MAX);
    let same_view = |action: &&Action| call.view.is_none() || action.view == call.view;
    visit.actions.iter().filter(is_near).filter(same_view).max_by_key(|action| action.at_ms)
}

/// Whether the action is at most so long before the call.
fn is_within(action: &Action, call: &CallFact, before_ms_max: u64) -> bool {
    action.at_ms <= call.at_ms + ACTION_AFTER_MS_MAX && action.at_ms + before_ms_max >= call.at_ms
}
