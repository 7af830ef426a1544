//! The applications' keys: which have ended, and which will soon.

use super::{Finding, State};
use crate::config::Config;
use std::time::Duration;

/// Long enough to change pages in a bank.
const SOON: Duration = Duration::from_secs(30 * 24 * 3600);

pub(super) fn examine(config: &Config, now: Duration) -> Finding {
    let ends = config.apps.0.iter().flat_map(|app| {
        app.keys.iter().filter_map(|key| Some((&*app.name, Duration::from_millis(key.not_after?))))
    });
    judge(ends, now)
}

fn judge<'a>(ends: impl Iterator<Item = (&'a str, Duration)>, now: Duration) -> Finding {
    const CHECK: &str = "keys";
    let mut told: Vec<String> = Vec::new();
    for (app, end) in ends.filter(|(_, end)| *end < now + SOON) {
        let days = end.abs_diff(now).as_secs() / (24 * 3600);
        told.push(match end.checked_sub(now) {
            Some(_) => format!("one of {app} ends in {days} days"),
            None => format!("one of {app} ended {days} days ago"),
        });
    }
    if told.is_empty() {
        return Finding::new(CHECK, State::Ok, "none has ended or will within 30 days");
    }
    Finding::new(CHECK, State::Warning, told.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_told_in_time() {
        let day = Duration::from_secs(24 * 3600);
        let now = 20_000 * day;
        let finding = judge([("a", now + 40 * day)].into_iter(), now);
        assert_eq!(finding.state, State::Ok);
        let finding = judge([("a", now + 3 * day), ("b", now - 2 * day)].into_iter(), now);
        assert_eq!(finding.state, State::Warning);
        assert_eq!(finding.detail, "one of a ends in 3 days; one of b ended 2 days ago");
    }
}
