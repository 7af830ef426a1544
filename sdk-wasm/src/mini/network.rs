//! Changes of the network.

use super::record::Record;
use super::words::{self, NETWORKS};
use dna_protocol::model::NetworkChange;
use dna_protocol::{Draft, Kind};

/// A change: the type from now on, and online, offline, weak or strong.
pub(super) fn changed(record: &mut Record<'_>) -> Draft {
    let mut draft = Draft::new(Kind::NetworkChange);
    draft.fields.text(NetworkChange::r#type, words::known(record.text(), NETWORKS));
    draft.fields.text(NetworkChange::state, record.text());
    draft
}
