//! `[access]`: how long who has logged in stays so.

use super::{ConfigError, Section};
use crate::access::SessionSettings;
use std::time::Duration;

pub(super) fn read(root: &mut Section<'_>) -> Result<SessionSettings, ConfigError> {
    let mut section = root.section("access")?;
    let default = SessionSettings::default();
    let minutes = |time: Duration| time.as_secs() / 60;
    let idle = section.integer("session_idle_minutes", minutes(default.idle), 1..=10_080)?;
    let longest =
        section.integer("session_longest_minutes", minutes(default.longest), 1..=43_200)?;
    if longest < idle {
        let value = i64::try_from(longest).unwrap_or(i64::MAX);
        let allowed = format!("at least `session_idle_minutes`, {idle}");
        return Err(section.refuse_value("session_longest_minutes", value, allowed));
    }
    section.finish()?;
    let time = |minutes: u64| Duration::from_secs(minutes * 60);
    Ok(SessionSettings { idle: time(idle), longest: time(longest) })
}
