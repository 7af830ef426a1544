//! `[store]`: where things are kept, how long, and what they survive.

use super::{ConfigError, Section};
use crate::store::clickhouse::Options as ClickHouse;
use crate::store::sqlite::{Durability, Options, Retention};
use std::path::Path;

/// The embedded store, or ClickHouse.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// ClickHouse, where it is given.
    pub clickhouse: Option<ClickHouse>,
    durability: Durability,
    retention: Retention,
}

impl StoreConfig {
    /// How the embedded store is opened whose folder is in `dir`.
    #[must_use]
    pub fn options(&self, dir: &Path) -> Options {
        let Self { durability, retention, .. } = *self;
        Options { durability, retention, ..Options::new(dir.join("store")) }
    }

    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        const MIB: u64 = 1024 * 1024;
        let mut section = root.section("store")?;
        let default = Retention::default();
        let durability = [("power", Durability::Power), ("process", Durability::Process)];
        let durability = section.choice("durability", &durability, Durability::default())?;
        let raw_days = section.integer("raw_days", default.raw_days, 1..=3650)?;
        let rollup_days = section.integer("rollup_days", default.rollup_days, 1..=3650)?;
        if rollup_days < raw_days {
            let allowed = format!("at least `raw_days`, {raw_days}");
            return Err(section.refuse_value("rollup_days", i64::from(rollup_days), allowed));
        }
        let bytes_max = section.integer("bytes_max", 0, 0..=1024 * 1024 * 1024 * MIB)?;
        if (1..64 * MIB).contains(&bytes_max) {
            let value = i64::try_from(bytes_max).unwrap_or(i64::MAX);
            let allowed = format!("0 for no bound, or at least {}", 64 * MIB);
            return Err(section.refuse_value("bytes_max", value, allowed));
        }
        let clickhouse = read_clickhouse(&mut section, raw_days, rollup_days)?;
        section.finish()?;
        let bytes_max = (bytes_max > 0).then_some(bytes_max);
        Ok(Self {
            clickhouse,
            durability,
            retention: Retention { raw_days, rollup_days, bytes_max },
        })
    }
}

fn read_clickhouse(
    store: &mut Section<'_>,
    raw_days: u16,
    rollup_days: u16,
) -> Result<Option<ClickHouse>, ConfigError> {
    const URL: &str = "http://HOST:PORT or https://HOST:PORT, without user and password";
    let mut section = store.section("clickhouse")?;
    let url = section.text("url", URL)?.filter(|url| !url.is_empty());
    let is_url = |url: &String| {
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
        rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['@', '?', '#']))
    };
    if let Some(wrong) = url.as_ref().filter(|url| !is_url(url)) {
        return Err(section.refuse("url", wrong, URL));
    }
    const DATABASE: &str = "letters, digits and `_`";
    let database: String = section.parsed("database", "dna", DATABASE)?;
    let named = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if database.is_empty() || !database.bytes().all(named) {
        return Err(section.refuse("database", &database, DATABASE));
    }
    let user = section.parsed("user", "default", "a user of ClickHouse")?;
    let password = section.secret("password", "a password", |text| Some(text.to_owned()))?;
    let file = section.text("password_file", "a file that holds the password")?;
    let password = match (password, file) {
        (Some(_), Some(file)) => {
            return Err(section.refuse("password_file", &file, "no `password` beside it"));
        }
        (password, None) => password.unwrap_or_default(),
        (None, Some(file)) => match section.layers().read_file(&file) {
            Ok(text) => text.trim_end_matches(['\r', '\n']).to_owned(),
            Err(error) => {
                let allowed = format!("a file that can be read: {error}");
                return Err(section.refuse("password_file", &file, allowed));
            }
        },
    };
    section.finish()?;
    let clock = crate::startup::now_ms;
    Ok(url.map(|url| ClickHouse { url, database, user, password, raw_days, rollup_days, clock }))
}
