//! Pages and sub-packages that are not there.

use super::record::Record;
use dna_protocol::model::ResourceFailure;
use dna_protocol::privacy::{clean_text, clean_url};
use dna_protocol::{Draft, Kind};

/// What it was (page, subpackage), its path, and the platform's words.
pub(super) fn missed(record: &mut Record<'_>) -> Draft {
    let (element, path, words) = (record.text(), record.text(), record.text());
    let mut draft = Draft::new(Kind::ResourceFailure);
    // The field must be there; a platform that names nothing has words.
    let path = if path.is_empty() { element } else { path };
    draft.fields.text(ResourceFailure::url, &clean_url(path, ""));
    draft.fields.text(ResourceFailure::element, element);
    draft.fields.text(ResourceFailure::message, &clean_text(words));
    draft
}
