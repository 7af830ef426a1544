//! What is read from a frame when it is stored.

use super::{Measure, SessionId, SpanId, TraceId, ViewId};
use bytes::Bytes;

/// A frame and by what it is found. (application, session, sequence) tells a frame that comes twice.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameFacts {
    /// The application.
    pub app: String,
    /// The session.
    pub session: SessionId,
    /// The frame's number in it.
    pub sequence: u64,
    /// Ingest's clock when it was received, in ms since the Unix epoch: the day it is stored under.
    pub received_at_ms: u64,
    /// The encoded entry, not packed.
    pub entry: Bytes,
    /// What it says of its session.
    pub of_session: SessionFacts,
    /// Views that it has shown.
    pub views: Vec<ViewFact>,
    /// Calls of APIs.
    pub calls: Vec<CallFact>,
    /// Exceptions, rejections and failed resources.
    pub errors: Vec<ErrorFact>,
    /// What goes into the roll-ups.
    pub measures: Vec<Measure>,
}

/// What a frame adds to its session. Times are corrected for the client's clock, in ms since the
/// Unix epoch; what is `None` was not said, and leaves what the session has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SessionFacts {
    /// The first event's time.
    pub first_at_ms: u64,
    /// The last event's time.
    pub last_at_ms: u64,
    /// Who it is, when the frame says so.
    pub user: UserChange,
    /// The address of the first page that it tells of.
    pub first_page: Option<String>,
    /// The region of the client's network.
    pub region: Option<String>,
    /// The operator of the client's network.
    pub operator: Option<String>,
    /// The device's model or kind.
    pub device: Option<String>,
    /// The operating system, with its version.
    pub os: Option<String>,
    /// The browser with its version, or the platform of a mini program.
    pub browser: Option<String>,
    /// The application's release.
    pub release: Option<String>,
    /// `deployment.environment.name`.
    pub environment: Option<String>,
    /// Events.
    pub events: u32,
    /// Page views and changes of route; a view that is told again counts once.
    pub views: u32,
    /// Errors.
    pub errors: u32,
    /// API calls.
    pub calls: u32,
    /// Those that failed.
    pub calls_failed: u32,
}

impl SessionFacts {
    /// Adds what another frame says of the same session, in whichever order they come: of two that
    /// say something the later one is right, and of the first page the earlier one.
    pub fn merge(&mut self, more: &Self) {
        let is_later = more.last_at_ms >= self.last_at_ms;
        let is_earlier = more.first_at_ms < self.first_at_ms;
        let pick = |own: &mut Option<String>, said: &Option<String>, wins: bool| {
            if said.is_some() && (wins || own.is_none()) {
                own.clone_from(said);
            }
        };
        pick(&mut self.first_page, &more.first_page, is_earlier);
        pick(&mut self.region, &more.region, is_later);
        pick(&mut self.operator, &more.operator, is_later);
        pick(&mut self.device, &more.device, is_later);
        pick(&mut self.os, &more.os, is_later);
        pick(&mut self.browser, &more.browser, is_later);
        pick(&mut self.release, &more.release, is_later);
        pick(&mut self.environment, &more.environment, is_later);
        if more.user != UserChange::Unsaid && (is_later || self.user == UserChange::Unsaid) {
            self.user.clone_from(&more.user);
        }
        self.first_at_ms = self.first_at_ms.min(more.first_at_ms);
        self.last_at_ms = self.last_at_ms.max(more.last_at_ms);
        self.events = self.events.saturating_add(more.events);
        self.views = self.views.saturating_add(more.views);
        self.errors = self.errors.saturating_add(more.errors);
        self.calls = self.calls.saturating_add(more.calls);
        self.calls_failed = self.calls_failed.saturating_add(more.calls_failed);
    }
}

/// What a frame says of who the session's user is.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum UserChange {
    /// Nothing.
    #[default]
    Unsaid,
    /// The pseudonym, and the tier where one is told. A session keeps the last one that it had
    /// after the user has signed out, so that the support desk still finds it.
    Known {
        /// `user.hash`.
        hash: String,
        /// `user.tier`, e.g. vip.
        tier: Option<String>,
    },
}

/// A page view.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewFact {
    /// Which.
    pub id: Option<ViewId>,
    /// When it began, in ms since the Unix epoch.
    pub at_ms: u64,
    /// The page with identifiers taken out.
    pub page: String,
}

/// A call of an API.
#[derive(Debug, Clone, PartialEq)]
pub struct CallFact {
    /// The view that made it.
    pub view: Option<ViewId>,
    /// When it began, in ms since the Unix epoch.
    pub at_ms: u64,
    /// How long it took, in ms.
    pub duration_ms: f64,
    /// Method and address with identifiers taken out.
    pub api: String,
    /// The status of the answer; 0 when there was none.
    pub status: u16,
    /// Whether it worked.
    pub ok: bool,
    /// The trace and span that its `traceparent` named, when it had one.
    pub trace: Option<(TraceId, SpanId)>,
}

/// Something that went wrong in the client.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorFact {
    /// The view that it happened in.
    pub view: Option<ViewId>,
    /// When, in ms since the Unix epoch.
    pub at_ms: u64,
    /// What errors are grouped by: the same over releases and minified names.
    pub fingerprint: u64,
    /// `exception`, `unhandled_rejection` or `resource_failure`.
    pub kind: &'static str,
    /// The exception's type, or the resource's kind.
    pub r#type: String,
    /// The message, or the resource's address.
    pub message: String,
    /// The page with identifiers taken out.
    pub page: String,
}
