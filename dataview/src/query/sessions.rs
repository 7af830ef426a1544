//! Sessions, and one of them in full.

use super::timeline::{Item, View};
use crate::model::{SessionFacts, UserChange};
use crate::store::{AppKey, Listed, SessionRow};
use serde::Serialize;
use utoipa::ToSchema;

/// A session as it is told.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Session {
    /// The application.
    pub app: AppKey,
    /// Which: 32 hexadecimal digits.
    pub id: String,
    /// The first event's time, in ms since the Unix epoch, corrected for the client's clock.
    pub first_at: u64,
    /// The last event's time.
    pub last_at: u64,
    /// The user's pseudonym; null: nobody signed in.
    pub user: Option<String>,
    /// The user's tier, e.g. vip.
    pub tier: Option<String>,
    /// The address of the first page.
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
    /// Page views and changes of route.
    pub views: u32,
    /// Errors.
    pub errors: u32,
    /// API calls.
    pub calls: u32,
    /// Those that failed.
    pub calls_failed: u32,
}

/// A part of a list of sessions, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sessions {
    /// This part.
    pub sessions: Vec<Session>,
    /// The `cursor` of the next part; null at the end.
    pub next: Option<String>,
    /// Days of the range, e.g. 2026-11-26 (UTC), of which something cannot be read and is not in here;
    /// the newest, at most 100.
    pub damaged_days: Vec<String>,
}

/// One session with all that happened in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionAnswer {
    /// The session.
    pub session: Session,
    /// What happened, in its order.
    pub timeline: Vec<Item>,
    /// The views that it showed.
    pub views: Vec<View>,
    /// Events that are not in the timeline because there are too many.
    pub events_left_out: u64,
    /// Frames whose entry cannot be read.
    pub frames_unreadable: u64,
}

impl From<SessionRow> for Session {
    fn from(SessionRow { app, id, facts }: SessionRow) -> Self {
        let SessionFacts { user, .. } = facts;
        let (user, tier) = match user {
            UserChange::Unsaid => (None, None),
            UserChange::Known { hash, tier } => (Some(hash), tier),
        };
        Self {
            app,
            id: id.to_string(),
            first_at: facts.first_at_ms,
            last_at: facts.last_at_ms,
            user,
            tier,
            first_page: facts.first_page,
            region: facts.region,
            operator: facts.operator,
            device: facts.device,
            os: facts.os,
            browser: facts.browser,
            release: facts.release,
            environment: facts.environment,
            events: facts.events,
            views: facts.views,
            errors: facts.errors,
            calls: facts.calls,
            calls_failed: facts.calls_failed,
        }
    }
}

impl Sessions {
    /// What the store listed without `damaged_days`, with its cursor as the asker gets it.
    pub fn of(
        listed: Listed<SessionRow>,
        damaged_days: Vec<String>,
        wrap: impl FnOnce(&str) -> String,
    ) -> Self {
        Self {
            sessions: listed.items.into_iter().map(Session::from).collect(),
            next: listed.next.as_deref().map(wrap),
            damaged_days,
        }
    }
}
