//! When to try again: exponential backoff with jitter, and what the server asks for.

use crate::limits::{BACKOFF_MAX, BACKOFF_MIN, RETRY_AFTER_MAX};

/// What an HTTP status means for the frame that it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is kept: forget it.
    Acknowledged,
    /// It will never be taken: forget it.
    Refused,
    /// Try again later.
    Again,
}

/// Reads a status. Only the server's trouble and its requests to wait are worth a retry; a
/// 400 stays one.
pub(crate) fn verdict(status: u16) -> Verdict {
    match status {
        200..300 => Verdict::Acknowledged,
        408 | 429 => Verdict::Again,
        400..500 => Verdict::Refused,
        _ => Verdict::Again,
    }
}

/// The pause after failures, one for all frames: they fail for the same reason.
#[derive(Debug, Default)]
pub(crate) struct Retry {
    failures: u32,
    until: u64,
}

impl Retry {
    /// Notes a failure. `asked` is the server's Retry-After in ms; `roll` is random.
    ///
    /// Half of the wait is random, so that the pages of a bank do not all come back in the
    /// second in which its ingest does.
    pub(crate) fn failed(&mut self, now: u64, asked: Option<u64>, roll: u32) {
        // Requests that were under way together failed together: that is one failure.
        if now >= self.until {
            let most = BACKOFF_MAX.min(BACKOFF_MIN << self.failures.min(16));
            self.failures += 1;
            let half = most / 2;
            self.until = now + half + u64::from(roll) % (half + 1);
        }
        self.until = self.until.max(now + asked.unwrap_or(0).min(RETRY_AFTER_MAX));
    }

    /// Notes that the server is well.
    pub(crate) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// The end of the pause; in the past when there is none.
    pub(crate) fn until(&self) -> u64 {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_told_apart() {
        for (status, expected) in [
            (200, Verdict::Acknowledged),
            (202, Verdict::Acknowledged),
            (204, Verdict::Acknowledged),
            (400, Verdict::Refused),
            (401, Verdict::Refused),
            (403, Verdict::Refused),
            (413, Verdict::Refused),
            (408, Verdict::Again),
            (429, Verdict::Again),
            (500, Verdict::Again),
            (503, Verdict::Again),
            (0, Verdict::Again),
        ] {
            assert_eq!(verdict(status), expected, "{status}");
        }
    }

    #[test]
    fn waits_double_up_to_the_bound_and_are_half_random() {
        for roll in [0, 1, 499, 12_345, u32::MAX] {
            let mut retry = Retry::default();
            for failure in 0..40 {
                let now = retry.until();
                retry.failed(now, None, roll);
                retry.failed(now, None, roll);
                let most = BACKOFF_MAX.min(BACKOFF_MIN * 2u64.pow(failure.min(20)));
                let wait = retry.until() - now;
                assert!((most / 2..=most).contains(&wait), "failure {failure}: {wait}");
            }
        }
    }

    #[test]
    fn the_server_may_ask_for_more_within_reason() {
        let mut retry = Retry::default();
        retry.failed(0, Some(30_000), 0);
        assert_eq!(retry.until(), 30_000);
        retry.failed(0, Some(u64::MAX), 0);
        assert_eq!(retry.until(), RETRY_AFTER_MAX);
        retry.succeeded();
        assert_eq!(retry.until(), 0);
        retry.failed(0, Some(0), 0);
        assert_eq!(retry.until(), BACKOFF_MIN / 2, "and never for less than our own wait");
    }
}
