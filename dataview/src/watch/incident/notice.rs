//! What a channel is told of an incident.

use super::Incident;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that one channel is told, once: it is kept until it is delivered or given up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// Its name: the same however often it is sent.
    pub id: String,
    /// The channel.
    pub channel: String,
    /// What is told.
    pub kind: Kind,
    /// When it happened, in ms since the Unix epoch.
    pub at: u64,
    /// The incident as it was then.
    pub incident: Incident,
}

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It is open.
    Opened,
    /// It began again.
    Reopened,
    /// It got worse.
    Worsened,
    /// Nobody has acknowledged it.
    Escalated,
    /// It is still open; only to those that forget.
    Refreshed,
    /// It is over.
    Resolved,
}

impl Kind {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Reopened => "reopened",
            Self::Worsened => "worsened",
            Self::Escalated => "escalated",
            Self::Refreshed => "refreshed",
            Self::Resolved => "resolved",
        }
    }
}
