//! Notices that a shard's master was replaced: what the one before took last, the new one may
//! never have got.

use super::masters::Masters;
use dna_buffer::redis::Place;

/// Each shard's master when this was last asked.
#[derive(Default)]
pub(super) struct ServedBy {
    places: Vec<Option<Place>>,
    changes: u64,
}

impl ServedBy {
    /// Whether a shard has another master than when this was last asked. Cheap while nothing
    /// changes: asked for every group.
    pub(super) fn is_replaced(&mut self, masters: &Masters) -> bool {
        if self.changes == masters.changes() {
            return false;
        }
        self.changes = masters.changes();
        let serving = masters.map();
        self.places.resize(serving.len(), None);
        let mut is_replaced = false;
        for (before, now) in self.places.iter_mut().zip(serving) {
            // One that nobody serves for a moment is compared with its master before that.
            let Some(now) = now else { continue };
            is_replaced |= before.as_ref().is_some_and(|before| *before != now);
            *before = Some(now);
        }
        is_replaced
    }
}
