//! `apps.keys`: the keys by which an application's clients name it. Several at once allow for
//! rotation: the new one is added, pages are changed, the old one is given an end.

use super::{ConfigError, Section};
use dna_protocol::field::Text;
use std::collections::BTreeMap;
use toml::Value;

/// Keys of one application: a few for each environment, old and new.
const KEYS_MAX: usize = 64;

const KEY: &str = "a key of 1 to 64 printable ASCII characters without spaces";

/// A key. Not secret: it stands in pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyConfig {
    /// The key.
    pub key: String,
    /// When it ends, in ms since the Unix epoch; absent: never.
    pub not_after: Option<u64>,
    /// The environment of those who have it, such as `production`; kept with each frame.
    pub environment: Option<Text<64>>,
}

impl KeyConfig {
    /// Reads the keys of the application in `section`; `owners` are those of the others.
    pub(super) fn read(
        section: &mut Section<'_>,
        app: &str,
        owners: &mut BTreeMap<String, String>,
    ) -> Result<Vec<Self>, ConfigError> {
        let allowed = format!("at least one and at most {KEYS_MAX}: {KEY}");
        let keys = section.entries("keys", &allowed)?;
        let keys = section.required("keys", keys, &allowed)?;
        if keys.is_empty() || keys.len() > KEYS_MAX {
            return Err(section.refuse_value("keys", keys, allowed));
        }
        let keys = keys.into_iter().enumerate();
        keys.map(|(place, value)| {
            let key = match value {
                Value::Table(table) => Self::of_table(section.entry("keys", place, table))?,
                Value::String(key) => Self { key, not_after: None, environment: None },
                other => return Err(section.refuse("keys", &other.to_string(), KEY)),
            };
            if !is_key(&key.key) {
                return Err(section.refuse("keys", &key.key, KEY));
            }
            if let Some(owner) = owners.insert(key.key.clone(), app.to_owned()) {
                let allowed = format!("a key that is not given twice; {owner:?} has it");
                return Err(section.refuse("keys", &key.key, allowed));
            }
            Ok(key)
        })
        .collect()
    }

    fn of_table(mut section: Section<'_>) -> Result<Self, ConfigError> {
        const ENVIRONMENT: &str = "a name of 1 to 64 letters, digits, `-`, `_` or `.`";
        const END: &str = "a date and time with offset, e.g. 2027-03-01T00:00:00+08:00";
        let key = section.text("key", KEY)?;
        let key = section.required("key", key, KEY)?;
        let end = section.date_time("not_after", END)?;
        let not_after = match end {
            None => None,
            Some(text) => match text.parse::<jiff::Timestamp>() {
                Ok(end) => Some(u64::try_from(end.as_millisecond()).unwrap_or(0)),
                Err(_) => return Err(section.refuse("not_after", &text, END)),
            },
        };
        let environment = section.text("environment", ENVIRONMENT)?;
        if let Some(wrong) = environment.as_deref().filter(|name| !super::apps::is_name(name)) {
            return Err(section.refuse("environment", wrong, ENVIRONMENT));
        }
        section.finish()?;
        Ok(Self { key, not_after, environment: environment.map(Text::cut) })
    }
}

fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}
