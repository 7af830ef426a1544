//! Why something of a chain is missing, or was changed: a code, which interfaces have texts for in
//! their languages, with what stands in the text; and for others the same in English words.

use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What stands in a text, by the name of its place: `{service}`.
pub(super) type Values = BTreeMap<&'static str, String>;

/// Two links that could not be joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TraceGap)]
pub struct Gap {
    /// Which, after the kind of the row that it is behind.
    pub between: Between,
    /// Why.
    pub code: GapCode,
    /// What stands in the text of the code, by the name of its place.
    #[schema(value_type = BTreeMap<String, String>)]
    pub values: Values,
    /// What was dropped since the start, by reason, and may have been this, too.
    pub dropped: BTreeMap<String, u64>,
    /// All of it in English words.
    pub why: String,
}

/// Which links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TraceGapBetween)]
pub enum Between {
    /// The call of a client is missing.
    #[serde(rename = "call")]
    Call,
    /// The visitor's action, and the call.
    #[serde(rename = "action and call")]
    ActionAndCall,
    /// The call, and a proxy's part.
    #[serde(rename = "call and hop")]
    CallAndHop,
    /// The call, and a service's part.
    #[serde(rename = "call and span")]
    CallAndSpan,
    /// The CDN's part, and that of a proxy behind it.
    #[serde(rename = "hop and hop")]
    HopAndHop,
    /// A proxy's part, and a service's.
    #[serde(rename = "hop and span")]
    HopAndSpan,
    /// Two services' parts.
    #[serde(rename = "span and span")]
    SpanAndSpan,
}

/// Why two links could not be joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TraceGapCode)]
pub enum GapCode {
    /// No client told of the call.
    NoCall,
    /// No click is within `seconds` before it.
    NoAction,
    /// The client counts clicks, and the call began with none.
    CalledByItself,
    /// It began with action `number` of its page, which is not there.
    ActionMissing,
    /// Proxies tell, but none told of this.
    NoHop,
    /// No proxy ever told anything.
    NoProxyConnected,
    /// `who` told no span, though services tell; without `who`: the service, whichever it was.
    NoSpan,
    /// `who`, or the service, told no span, and no service ever told anything.
    NoServiceConnected,
    /// `who`, a proxy, answered without a service.
    AnsweredItself,
    /// Services were asked to record nothing.
    NotSampled,
    /// The parents that spans of `who` name form a loop.
    ParentsLoop,
    /// `count` spans of `services` name a parent that is not there.
    ParentsMissing,
    /// `count` spans are more than `max` rows have room for.
    TooManyRows,
}

impl GapCode {
    fn words(self) -> &'static str {
        match self {
            Self::NoCall => {
                "no client told of this call: it is not one of a page's, its session is not \
                 collected (consent, sampling), or its beacon is not here yet"
            }
            Self::NoAction => {
                "no click within {seconds} s before it in its view: the page called by itself, or \
                 the click is not here"
            }
            Self::CalledByItself => {
                "the page called by itself: the client counts clicks, and this call began with \
                 none"
            }
            Self::ActionMissing => {
                "it began with action {number} of its page, which is not here: it is told when it \
                 was judged, seconds later, or was dropped"
            }
            Self::NoHop => {
                "no proxy told of this call: it went by none that is connected, or the line is \
                 not here yet"
            }
            Self::NoProxyConnected => {
                "no proxy is connected to DataView (docs/operations.md, Network)"
            }
            Self::NoSpan => {
                "{who} told no span of it: it has no agent, or its agent does not take over \
                 traceparent, or did not record it"
            }
            Self::NoServiceConnected => {
                "{who} told no span, and no service ever did: none is connected to DataView"
            }
            Self::AnsweredItself => "{who} answered by itself, without a service",
            Self::NotSampled => {
                "not sampled: the flags of its traceparent are 00, so services record nothing"
            }
            Self::ParentsLoop => "{who}: the parents that spans name form a loop",
            Self::ParentsMissing => {
                "{count} spans name a parent that is not here: {services}; who called them has \
                 no agent, did not record it, or is not here yet"
            }
            Self::TooManyRows => "{count} more spans are left out: a chain has at most {max} rows",
        }
    }
}

impl Gap {
    pub(super) fn new(
        between: Between,
        code: GapCode,
        values: Values,
        dropped: BTreeMap<String, u64>,
    ) -> Self {
        let mut why = filled(code.words(), &values).replace("{who}", "the service");
        if !dropped.is_empty() {
            let list: Vec<_> =
                dropped.iter().map(|(name, count)| format!("{name}: {count}")).collect();
            why += "; dropped since the start, perhaps this too: ";
            why += &list.join(", ");
        }
        Self { between, code, values, dropped, why }
    }
}

/// What was changed of a row, or noticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TraceNote)]
pub struct Note {
    /// What.
    pub code: NoteCode,
    /// What stands in the text of the code, by the name of its place.
    #[schema(value_type = BTreeMap<String, String>)]
    pub values: Values,
    /// All of it in English words.
    pub words: String,
}

/// What was changed of a row, or noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TraceNoteCode)]
pub enum NoteCode {
    /// Its times are those of `clock` and `ms` more.
    ClockCorrected,
    /// The call's action is the one before it by time and view: its own frame is not there.
    ActionNearCallNotTold,
    /// The call's action is the one before it by time and view: the client counts none.
    ActionNearNotCounted,
    /// How long it took is not said; it is shown as long as the rest of the call.
    DurationNotSaid,
    /// It names itself as its parent.
    OwnParent,
    /// Its parents lead back to itself.
    ParentsLoop,
}

impl Note {
    pub(super) fn new(code: NoteCode, values: Values) -> Self {
        let words = match code {
            NoteCode::ClockCorrected => "clock corrected by {ms} ms ({clock})",
            NoteCode::ActionNearCallNotTold => {
                "joined to the click before it by time and view: the frame that tells of this \
                 call is not here"
            }
            NoteCode::ActionNearNotCounted => {
                "joined to the click before it by time and view: the client counts no actions"
            }
            NoteCode::DurationNotSaid => "how long it took is not said: the rest of the call",
            NoteCode::OwnParent => "it names itself as its parent",
            NoteCode::ParentsLoop => "its parents lead back to itself",
        };
        Self { code, words: filled(words, &values), values }
    }
}

fn filled(words: &str, values: &Values) -> String {
    let fill =
        |text: String, (name, value): (&&str, &String)| text.replace(&format!("{{{name}}}"), value);
    values.iter().fold(words.to_owned(), fill)
}
