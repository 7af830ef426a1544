//! Who waits for the file, because it cannot be read or written: a full disk, a lock that somebody
//! holds. It is told once in the log, and as long as it lasts by the chain's health.

use super::{Registry, RegistryError};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Whose deliveries wait for the file, and why: as many as there are subscriptions, and whoever looks
/// after them.
#[derive(Debug, Default)]
pub(super) struct Waits(Mutex<BTreeMap<String, String>>);

impl Waits {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What waits for the file of the subscriptions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaitingForFile {
    /// How many.
    pub count: u64,
    /// Why one of them does.
    pub why: Option<String>,
}

impl Registry {
    /// What waits for the file now.
    #[must_use]
    pub fn waiting(&self) -> WaitingForFile {
        let all = self.waits.all();
        WaitingForFile { count: all.len() as u64, why: all.values().next().cloned() }
    }
}

/// One who needs the file. It waits for nothing any more when it is dropped.
pub(in crate::subscribe) struct Waiter {
    registry: Arc<Registry>,
    who: String,
}

impl Waiter {
    pub(in crate::subscribe) fn new(registry: &Arc<Registry>, who: impl Into<String>) -> Self {
        Self { registry: Arc::clone(registry), who: who.into() }
    }

    /// The file did not do, because of `error`.
    pub(in crate::subscribe) fn waits(&self, error: &RegistryError) {
        let before = self.registry.waits.all().insert(self.who.clone(), error.to_string());
        if before.is_none() {
            tracing::error!(subscription = self.who, %error, "deliveries wait for the file");
        }
    }

    /// The file did.
    pub(in crate::subscribe) fn goes_on(&self) {
        if self.registry.waits.all().remove(&self.who).is_some() {
            tracing::info!(subscription = self.who, "deliveries go on");
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.registry.waits.all().remove(&self.who);
    }
}
