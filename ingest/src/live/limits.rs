//! The bounds of the live page, with the reason beside each.

use std::time::Duration;

/// Pages that watch at the same time. Each reads the whole buffer for itself.
pub(super) const VIEWERS_MAX: usize = 8;

/// Entries of the past that a page begins with.
pub(super) const BACKLOG: usize = 200;

/// Entries that are sent together.
pub(super) const BATCH: usize = 64;

/// Batches that may wait for a viewer's network.
pub(super) const BATCHES_WAITING_MAX: usize = 4;

/// How long a viewer may take no batch before it is dropped.
pub(super) const SLOW_AFTER: Duration = Duration::from_secs(10);

/// How often a quiet stream says that it lives, so that proxies do not end it.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(5);

/// How soon a page may ask again that was refused: a viewer may have left, the buffer be back.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The pause before a buffer that is away is read again.
pub(super) const RETRY_PAUSE: Duration = Duration::from_secs(1);
