//! What is known of a subscription.

use super::definition::{Definition, Name};
use super::signature::{Secret, sign};
use crate::store::FeedCursor;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A subscription and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its name.
    pub name: Name,
    /// What it asks for.
    pub definition: Definition,
    /// Whether nobody gets anything of it for now.
    pub paused: bool,
    /// What its webhook's bodies are signed with.
    pub secret: Option<Secret>,
    /// The secret before, while bodies are signed with it as well.
    pub old_secret: Option<OldSecret>,
    /// Behind what its subscriber is known to have.
    pub cursor: FeedCursor,
    /// Behind what the webhook was sent last and has not taken yet: sent again it is the same.
    pub attempt: Option<FeedCursor>,
    /// Which reading this is. Made anew, or told to read on from another time, it is another one, and
    /// what somebody knows of the one before says nothing.
    pub epoch: u64,
    /// When it was made, in ms since the Unix epoch.
    pub created_at_ms: u64,
    /// How it goes.
    pub progress: Progress,
}

/// A secret that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldSecret {
    /// It.
    pub secret: Secret,
    /// When it ends, in ms since the Unix epoch.
    pub until_ms: u64,
}

/// How a subscription goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Lines that were delivered, or pulled and acknowledged.
    pub lines: u64,
    /// When the last of them were, in ms since the Unix epoch.
    pub at_ms: Option<u64>,
    /// Deliveries that have failed since.
    pub failures: u64,
    /// Why the last one did.
    pub error: Option<DeliveryError>,
}

/// Why a delivery has failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryError {
    /// The reason.
    pub code: DeliveryErrorCode,
    /// What the webhook answered, where it did.
    pub status: Option<u16>,
    /// In words. They say neither the webhook's address nor what was sent.
    pub detail: String,
}

/// The reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryErrorCode {
    /// The webhook answered, but not with 2xx.
    WebhookStatus,
    /// It did not answer in time.
    WebhookTimeout,
    /// It cannot be reached.
    WebhookUnreachable,
    /// What is to be delivered cannot be read now.
    StoreUnavailable,
    /// How far it is cannot be written now.
    ProgressNotKept,
}

impl Subscription {
    /// The value of `webhook-signature` for a body posted as `id` at `now_ms`: a signature with each
    /// secret that is good then, as Standard Webhooks 1.0 lets receivers change from one to the other.
    #[must_use]
    pub fn signatures(&self, id: &str, now_ms: u64, body: &[u8]) -> Option<String> {
        let old = self.old_secret.as_ref().filter(|old| now_ms < old.until_ms);
        let secrets = self.secret.iter().chain(old.map(|old| &old.secret));
        let signed: Vec<_> = secrets.map(|secret| sign(secret, id, now_ms / 1000, body)).collect();
        (!signed.is_empty()).then(|| signed.join(" "))
    }
}
