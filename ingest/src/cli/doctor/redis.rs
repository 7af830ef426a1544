//! Redis: whether it is there, takes entries, keeps what is promised, and has the same time.

use super::{Failure, Finding, State};
use crate::buffer::RedisSettings;
use crate::buffer::redis::{Examined, RedisSink};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Clocks of synchronised machines differ by milliseconds. A second is seen in `received_at_ms`
/// and in the identifiers of messages; with half a minute something is not synchronised.
const APART_WARNING: Duration = Duration::from_secs(1);
const APART_FAILED: Duration = Duration::from_secs(30);

pub(super) async fn examine(settings: &RedisSettings) -> Result<[Finding; 2], Failure> {
    let mut settings = settings.clone();
    // Whoever looks leaves all as it is.
    settings.trim.enabled = false;
    let mut sink = RedisSink::open(&settings, Arc::default())?;
    let examined = sink.examine().await;
    let is_doubtful = examined.is_promise_broken || examined.is_promise_at_risk;
    let Examined { outcome, durability, clock, .. } = examined;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let redis = match outcome {
        Ok(()) => {
            let state = if is_doubtful { State::Warning } else { State::Ok };
            Finding::new("redis", state, format!("takes entries; durability: {durability}"))
        }
        Err(error) => Finding::new("redis", State::Failed, error.to_string()),
    };
    Ok([redis, clock_beside(clock, now)])
}

fn clock_beside(clock: Option<(Duration, Duration)>, now: Duration) -> Finding {
    let Some((theirs, took)) = clock else {
        return Finding::new("clock", State::Skipped, "Redis did not tell its time");
    };
    // It was asked somewhere within the question.
    let apart = now.abs_diff(theirs).saturating_sub(took);
    let state = match apart {
        apart if apart >= APART_FAILED => State::Failed,
        apart if apart >= APART_WARNING => State::Warning,
        _ => State::Ok,
    };
    let millis = apart.as_millis();
    Finding::new("clock", state, format!("{millis} ms from the clock of Redis"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_are_apart_are_told() {
        let now = Duration::from_secs(1_800_000_000);
        let state = |theirs, took| clock_beside(Some((theirs, took)), now).state;
        let brief = Duration::from_millis(2);
        assert_eq!(state(now, brief), State::Ok);
        assert_eq!(state(now - Duration::from_secs(2), brief), State::Warning);
        assert_eq!(state(now + Duration::from_secs(7200), brief), State::Failed);
        assert_eq!(state(now - Duration::from_secs(2), Duration::from_secs(2)), State::Ok);
        assert_eq!(clock_beside(None, now).state, State::Skipped);
    }
}
