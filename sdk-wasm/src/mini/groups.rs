//! What is told together with others of its kind: resources and updates of data.

use super::core::{Core, MiniHost};
use super::updates;
use crate::limits::FLUSH_DELAY;
use crate::resources::Resources;

/// What was seen since it was told last.
#[derive(Debug, Default)]
pub(super) struct Groups {
    pub(super) resources: Resources,
    pub(super) updates: updates::Updates,
    /// When the first of it was seen.
    since: Option<u64>,
}

/// Something was added: it is told before long, because a mini program may be killed at any time.
pub(super) fn added<H: MiniHost>(core: &mut Core<H>, now: u64) {
    if core.groups.since.is_none() {
        core.groups.since = Some(now);
        core.client.expect(now);
    }
}

/// Tells what is due; all, when the page is covered or another is shown: `anew`.
pub(super) fn tell<H: MiniHost>(core: &mut Core<H>, now: u64, anew: bool) {
    if !anew && core.groups.since.is_none_or(|since| now < since + FLUSH_DELAY) {
        return;
    }
    core.groups.since = None;
    let mut told = Vec::new();
    core.groups.resources.take(anew, &mut told);
    for (time, draft) in told {
        core.client.record(now, time, draft);
    }
    updates::tell(core, now);
}

impl Groups {
    /// Whether something waits to be told.
    pub(super) fn wait(&self) -> bool {
        self.since.is_some()
    }
}
