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
        core.client.expect(now, now + FLUSH_DELAY);
    }
}

/// Tells what there is, because what waits is sent; `anew` when the page is covered or another is shown.
pub(super) fn tell<H: MiniHost>(core: &mut Core<H>, now: u64, anew: bool) {
    core.groups.since = None;
    let mut told = Vec::new();
    core.groups.resources.take(anew, &mut told);
    for (time, draft) in told {
        core.client.record(now, time, draft);
    }
    updates::tell(core, now);
}

impl Groups {
    /// When what there is has to be told.
    pub(super) fn due(&self) -> Option<u64> {
        self.since.map(|since| since + FLUSH_DELAY)
    }
}
