//! The DNA script tag, written as a customer would write it into a page.

use crate::html::escape;
use crate::site::Settings;

/// The tag with the site's own values, escaped. It stands first in `<head>`, so that nothing
/// which goes wrong on the page is too early for it. `wishes` are further attributes.
pub(crate) fn script_tag(settings: &Settings, wishes: &str) -> String {
    format!(
        r#"<script src="/sdk/dna.js" data-key="{}" data-endpoint="{}/v1/beacon" data-release="{}" data-sample-rate="1" data-trace-origins="self"{wishes}></script>"#,
        escape(&settings.app_key),
        escape(&settings.ingest),
        escape(&settings.release),
    )
}
