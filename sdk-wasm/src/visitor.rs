//! The visitor: one browser over all its sessions. Only with consent, and only where the page
//! asks for it.

use crate::host::{Host, VISITOR};

/// The identifier in the storage, or a new one.
pub(crate) fn find(host: &mut impl Host) -> [u8; 16] {
    let mut id = [0; 16];
    let stored = host.load(VISITOR).unwrap_or_default();
    if stored.len() == id.len() {
        id.copy_from_slice(&stored);
    } else {
        host.random(&mut id);
        host.store(VISITOR, &id);
    }
    id
}
