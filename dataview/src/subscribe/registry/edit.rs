//! Changing a subscription that is there.

use super::file::{find, number};
use super::{Registry, RegistryError, random};
use crate::subscribe::definition::{Definition, Delivery, WrongDefinition};
use crate::subscribe::limits::OVERLAP_MAX_MS;
use crate::subscribe::signature::Secret;
use crate::subscribe::subscription::{OldSecret, Subscription};
use rusqlite::params;

/// What is to be changed; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// Another definition.
    pub definition: Option<Definition>,
    /// Whether nobody gets anything for now.
    pub paused: Option<bool>,
    /// Another secret; for so long, in ms, bodies are signed with the one before as well.
    pub rotate_secret_overlap_ms: Option<u64>,
}

impl Edit {
    /// What becomes of `before` at `now_ms`.
    ///
    /// # Errors
    /// When the definition is wrong, or there is no secret to be replaced.
    pub fn of(&self, before: &Subscription, now_ms: u64) -> Result<Subscription, RegistryError> {
        let mut after = before.clone();
        if let Some(definition) = &self.definition {
            definition.check()?;
            after.definition = definition.clone();
        }
        after.paused = self.paused.unwrap_or(before.paused);
        let is_webhook = matches!(after.definition.delivery, Delivery::Webhook { .. });
        if let Some(overlap_ms) = self.rotate_secret_overlap_ms {
            rotate(&mut after, is_webhook, overlap_ms, now_ms)?;
        }
        match (is_webhook, &after.secret) {
            (true, None) => after.secret = Some(random(Secret::new)?),
            (false, _) => (after.secret, after.old_secret, after.attempt) = (None, None, None),
            _ => {}
        }
        if after.definition.delivery != before.definition.delivery {
            // What went wrong went wrong elsewhere.
            (after.progress.failures, after.progress.error) = (0, None);
        }
        Ok(after)
    }
}

fn rotate(
    after: &mut Subscription,
    is_webhook: bool,
    overlap_ms: u64,
    now_ms: u64,
) -> Result<(), RegistryError> {
    if !is_webhook {
        let allowed = "a subscription that is delivered to a webhook: others have no secret";
        return Err(WrongDefinition::new("rotate_secret", "pull", allowed).into());
    }
    if overlap_ms > OVERLAP_MAX_MS {
        let allowed = format!("0 to {OVERLAP_MAX_MS}");
        let found = overlap_ms.to_string();
        return Err(WrongDefinition::new("rotate_secret.overlap_ms", &found, allowed).into());
    }
    let before = after.secret.replace(random(Secret::new)?);
    let until_ms = now_ms.saturating_add(overlap_ms);
    after.old_secret =
        before.filter(|_| overlap_ms > 0).map(|secret| OldSecret { secret, until_ms });
    Ok(())
}

impl Registry {
    /// Puts `after`, what an [`Edit`] has made of `before`, in its place. How far it is stays as it is
    /// by now.
    ///
    /// # Errors
    /// When somebody else has changed it meanwhile, or it is gone.
    pub fn edit(&self, before: &Subscription, after: &Subscription) -> Result<(), RegistryError> {
        let connection = self.connection();
        let now = find(&connection, &before.name)?;
        let known = |one: &Subscription| {
            (one.created_at_ms, one.paused, one.secret.clone(), one.definition.clone())
        };
        if known(&now) != known(before) {
            return Err(RegistryError::ChangedMeanwhile(before.name.clone()));
        }
        let is_elsewhere = before.definition.delivery != after.definition.delivery;
        let (secret, old) = (after.secret.as_ref(), after.old_secret.as_ref());
        connection.execute(
            "UPDATE subscriptions SET definition = ?2, paused = ?3, secret = ?4, old_secret = ?5,
             old_secret_until = ?6, failures = iif(?7, 0, failures), error = iif(?7, NULL, error),
             attempt = iif(?8, attempt, NULL) WHERE name = ?1",
            params![
                before.name.as_str(),
                serde_json::to_string(&after.definition).unwrap_or_default(),
                after.paused,
                secret.map(Secret::bytes),
                old.map(|old| old.secret.bytes()),
                old.map_or(0, |old| number(old.until_ms)),
                is_elsewhere,
                secret.is_some(),
            ],
        )?;
        drop(connection);
        self.changed();
        Ok(())
    }
}
