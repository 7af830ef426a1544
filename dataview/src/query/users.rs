//! Users by their real IDs: the same keyed pseudonym that ingest makes.

use super::sessions::Session;
use dna_settings::Pseudonyms;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Makes the pseudonyms of users. What was typed is nowhere but in the question.
#[derive(Debug, Clone, Default)]
pub struct UserPseudonyms {
    /// With the key of the installation.
    pub all: Option<Pseudonyms>,
    /// With the keys of applications that have their own.
    pub apps: BTreeMap<String, Pseudonyms>,
}

impl UserPseudonyms {
    /// The pseudonym of `id` in `app`; `None` where there is no key.
    #[must_use]
    pub fn of(&self, app: &str, id: &str) -> Option<String> {
        let pseudonyms = self.apps.get(app).or(self.all.as_ref())?;
        Some(pseudonyms.of(app, id).to_string())
    }
}

/// A user's history.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserAnswer {
    /// The user's pseudonym (`user.hash`).
    pub user: String,
    /// The first moment that was looked at, in ms since the Unix epoch.
    pub from: u64,
    /// The first moment that was no longer looked at.
    pub to: u64,
    /// The newest sessions.
    pub sessions: Vec<Session>,
    /// Where the list goes on: the `cursor` of /api/v1/sessions with the same `app`, `user`, `from`
    /// and `to`; null at the end.
    pub next: Option<String>,
    /// Days of the range, e.g. 2026-11-26 (UTC), of which something cannot be read and is not in here;
    /// the newest, at most 100.
    pub damaged_days: Vec<String>,
}
