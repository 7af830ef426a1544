//! Whether an event's time can be true.
//!
//! Times are judged by the client's own clock, `sent_at_ms`, so a client whose clock is wrong is
//! corrected by its skew and keeps its events; only an event that is far from its own frame is
//! refused.

use crate::limits::{AGE_MAX, FUTURE_MAX};
use dna_protocol::Header;

/// The clock that a frame's events are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    time_base: f64,
    /// When the frame was sent, or, unsaid, received.
    sent: f64,
    reference: &'static str,
    skew: Option<i64>,
}

/// Why an event's time cannot be true. Times in ms since the Unix epoch.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TimeError {
    /// It lies after the frame was sent.
    #[error("`time` is {time} ms, {ahead} ms after {reference}; at most {} ms after it", FUTURE_MAX.as_millis())]
    InFuture {
        /// The event's time.
        time: f64,
        /// By how much.
        ahead: f64,
        /// What it is compared with.
        reference: &'static str,
    },
    /// It lies long before the frame was sent.
    #[error("`time` is {time} ms, {behind} ms before {reference}; at most {} ms before it", AGE_MAX.as_millis())]
    TooOld {
        /// The event's time.
        time: f64,
        /// By how much.
        behind: f64,
        /// What it is compared with.
        reference: &'static str,
    },
}

impl TimeError {
    /// The codes, for counters that start at 0.
    pub const CODES: [&'static str; 2] = ["time_in_future", "time_too_old"];

    /// The reason's stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InFuture { .. } => Self::CODES[0],
            Self::TooOld { .. } => Self::CODES[1],
        }
    }
}

impl Clock {
    /// The clock of a frame received at `now` (ms since the Unix epoch).
    #[must_use]
    pub fn new(header: &Header, now: u64) -> Self {
        let (sent, reference) = match header.sent_at {
            Some(sent) => (sent, "`sent_at_ms`"),
            None => (now, "the time of its receipt"),
        };
        // Both are below 2^53 on the wire; the server's clock is, too, for a while.
        let difference = |sent: u64| now.cast_signed() - sent.cast_signed();
        Self {
            time_base: header.time_base.unwrap_or(0) as f64,
            sent: sent as f64,
            reference,
            skew: header.sent_at.map(difference),
        }
    }

    /// Server's clock less the client's in ms, if the client said its own.
    #[must_use]
    pub fn skew(&self) -> Option<i64> {
        self.skew
    }

    /// Judges an event's `time`, as it stands in the frame.
    ///
    /// # Errors
    /// When it lies too far from the frame's own time.
    pub fn judge(&self, time: f64) -> Result<(), TimeError> {
        let time = self.time_base + time;
        let ahead = time - self.sent;
        let reference = self.reference;
        if ahead > FUTURE_MAX.as_millis() as f64 {
            Err(TimeError::InFuture { time, ahead, reference })
        } else if -ahead > AGE_MAX.as_millis() as f64 {
            Err(TimeError::TooOld { time, behind: -ahead, reference })
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000_000;
    const FIVE_MINUTES: u64 = 300_000;
    const WEEK: u64 = 7 * 24 * 3_600_000;

    fn header(sent_at: Option<u64>, time_base: Option<u64>) -> Header {
        Header { sent_at, time_base, ..Header::default() }
    }

    #[track_caller]
    fn check(header: &Header, time: u64, expected: Result<(), &'static str>) {
        let judged = Clock::new(header, NOW).judge(time as f64);
        assert_eq!(judged.map_err(|error| error.code()), expected);
    }

    #[test]
    fn the_bounds_are_sharp() {
        let absolute = header(Some(NOW), None);
        check(&absolute, NOW, Ok(()));
        check(&absolute, NOW + FIVE_MINUTES, Ok(()));
        check(&absolute, NOW + FIVE_MINUTES + 1, Err("time_in_future"));
        check(&absolute, NOW - WEEK, Ok(()));
        check(&absolute, NOW - WEEK - 1, Err("time_too_old"));
        check(&absolute, 0, Err("time_too_old"));
    }

    #[test]
    fn times_count_from_the_base() {
        check(&header(Some(NOW), Some(NOW - 1000)), 1000, Ok(()));
        check(&header(Some(NOW), Some(NOW)), FIVE_MINUTES + 1, Err("time_in_future"));
    }

    #[test]
    fn without_the_clients_clock_the_receipt_counts() {
        check(&header(None, None), NOW, Ok(()));
        check(&header(None, None), 4_070_908_800_000, Err("time_in_future"));
        assert_eq!(Clock::new(&header(None, None), NOW).skew(), None);
    }

    #[test]
    fn a_client_in_another_century_is_corrected() {
        for sent in [1000, 4_070_908_800_000] {
            let header = header(Some(sent), None);
            check(&header, sent, Ok(()));
            let skew = NOW.cast_signed() - sent.cast_signed();
            assert_eq!(Clock::new(&header, NOW).skew(), Some(skew));
        }
    }

    #[test]
    fn a_refusal_names_field_value_and_bound() {
        let clock = Clock::new(&header(Some(NOW), None), NOW);
        let words = clock.judge(4_070_908_800_000.0).expect_err("in 2099").to_string();
        assert_eq!(
            words,
            "`time` is 4070908800000 ms, 2270908800000 ms after `sent_at_ms`; \
             at most 300000 ms after it"
        );
    }
}
