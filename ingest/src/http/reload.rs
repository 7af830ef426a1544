//! Another configuration for a door that is open, and what became of the last one.

use super::Door;
use super::rules::Rules;
use crate::accept::apps::TooManyApps;
use crate::config::Reread;
use serde::Serialize;
use std::sync::{Arc, PoisonError};

/// Which configuration is in force, for `/health/ready`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigStatus {
    /// 1 for that of the start, one more for each that was taken over since.
    pub generation: u64,
    /// When it was taken over, in ms since the Unix epoch.
    pub since_ms: u64,
    /// Keys whose new value waits for a restart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs_restart: Vec<String>,
    /// Why a later one was refused. Names keys and files, never a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

impl ConfigStatus {
    pub(super) fn first(now: u64) -> Self {
        Self { generation: 1, since_ms: now, needs_restart: Vec::new(), refused: None }
    }
}

impl Door {
    /// Judges the requests from now on by another configuration. Those that are under way end by
    /// the one that they began with.
    ///
    /// # Errors
    /// When it cannot be taken over; nothing has changed then.
    pub fn reload(&self, reread: Reread) -> Result<u64, TooManyApps> {
        let mut status = self.config.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        // What pages were told is not told again as older: the clock may have been set back.
        let now = (self.now)().max(status.since_ms + 1);
        let rules = Rules::new(&reread.config, &mut ids, now)?;
        // Its counters first: a request may come by its index at once.
        self.metrics.know(ids.names());
        self.rules.store(Arc::new(rules));
        status.generation += 1;
        status.since_ms = now;
        status.needs_restart = reread.needs_restart;
        status.refused = None;
        self.metrics.reloaded(status.generation, status.needs_restart.len());
        Ok(status.generation)
    }

    /// Notes that a configuration was refused; the one in force stays.
    pub fn refused_config(&self, why: String) {
        self.metrics.reload_refused();
        self.config.lock().unwrap_or_else(PoisonError::into_inner).refused = Some(why);
    }

    /// Which configuration is in force.
    #[must_use]
    pub fn config_status(&self) -> ConfigStatus {
        self.config.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
