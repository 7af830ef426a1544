//! The certificate that is served under TLS: when it ends. That it can be served at all was seen
//! when the configuration was read.

use super::{Finding, State};
use crate::config::Config;
use crate::edge::certificates::Certificates;
use std::time::Duration;

const CHECK: &str = "certificate";

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Long enough to get another one. Those that are renewed by themselves live 90 days or less and
/// are renewed a third of that before their end, so that has failed when so little is left.
const SOON: Duration = DAY.saturating_mul(20);

pub(super) fn examine(config: &Config, now: Duration) -> Finding {
    let Some(tls) = &config.tls else {
        return Finding::new(CHECK, State::Skipped, "no TLS is configured");
    };
    match Certificates::load(tls.files.clone()) {
        Ok(certificates) => judge(certificates.not_after(), now),
        // Changed since the configuration was read.
        Err(error) => Finding::new(CHECK, State::Failed, error.to_string()),
    }
}

fn judge(end: Option<Duration>, now: Duration) -> Finding {
    let Some(end) = end else {
        return Finding::new(CHECK, State::Warning, "its end cannot be read");
    };
    let days = end.abs_diff(now).as_secs() / DAY.as_secs();
    let date =
        i64::try_from(end.as_secs()).ok().and_then(|it| jiff::Timestamp::from_second(it).ok());
    let date = date.map(|date| date.to_string()).unwrap_or_default();
    match end.checked_sub(now) {
        None => Finding::new(CHECK, State::Failed, format!("ended {days} days ago, at {date}")),
        Some(left) => {
            let state = if left < SOON { State::Warning } else { State::Ok };
            Finding::new(CHECK, state, format!("ends in {days} days, at {date}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_told_in_time() {
        let now = 20_000 * DAY;
        let finding = judge(Some(now + 40 * DAY), now);
        assert_eq!(finding.state, State::Ok);
        assert_eq!(finding.detail, "ends in 40 days, at 2024-11-13T00:00:00Z");
        assert_eq!(judge(Some(now + 19 * DAY), now).state, State::Warning);
        let finding = judge(Some(now - 2 * DAY), now);
        assert_eq!(finding.state, State::Failed);
        assert_eq!(finding.detail, "ended 2 days ago, at 2024-10-02T00:00:00Z");
        assert_eq!(judge(None, now).state, State::Warning);
    }
}
