//! `[watch]`: rules, incidents and who is told.

use super::{ConfigError, Section};
use std::path::PathBuf;

/// Rules, incidents and who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchConfig {
    /// Whether rules are judged and channels told by this process.
    pub enabled: bool,
    /// The file of rules and channels.
    pub rules_file: Option<PathBuf>,
    /// Where people reach DataView's pages, for links.
    pub pages_url: Option<String>,
}

impl WatchConfig {
    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        const FILE: &str = "the path of a file of rules, or empty";
        const URL: &str = "http://… or https://…, or empty";
        let mut section = root.section("watch")?;
        let enabled = section.boolean("enabled", true)?;
        let rules_file = section.text("rules_file", FILE)?.filter(|path| !path.is_empty());
        let pages_url = section.text("pages_url", URL)?.filter(|url| !url.is_empty());
        let is_url = |url: &String| url.starts_with("http://") || url.starts_with("https://");
        if let Some(wrong) = pages_url.as_ref().filter(|url| !is_url(url)) {
            return Err(section.refuse("pages_url", wrong, URL));
        }
        section.finish()?;
        Ok(Self { enabled, rules_file: rules_file.map(PathBuf::from), pages_url })
    }
}
