//! Times of events, by ingest's clock.

use super::limits::AGE_MS_MAX;
use dna_protocol::entry::Receipt;
use dna_protocol::{Event, Header};

/// Corrects times of one frame.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// What is added to an event's time.
    offset: f64,
    /// The earliest and the latest that is believed: an event has happened before it was received.
    bounds: (u64, u64),
}

impl Clock {
    /// Of the frame of `header`.
    #[must_use]
    pub fn new(receipt: &Receipt, header: &Header, received_at_ms: u64) -> Self {
        let base = header.time_base.unwrap_or_default() as f64;
        let offset = base + receipt.clock_skew.unwrap_or_default() as f64;
        Self { offset, bounds: (received_at_ms.saturating_sub(AGE_MS_MAX), received_at_ms) }
    }

    /// When `event` happened, in ms since the Unix epoch.
    #[must_use]
    pub fn at(&self, event: &Event) -> u64 {
        let (earliest, latest) = self.bounds;
        // A cast of a float saturates.
        ((self.offset + event.time).round() as u64).clamp(earliest, latest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dna_protocol::{Body, model::Mark};

    fn at(base: u64, skew: i64, time: f64) -> u64 {
        let receipt = Receipt { clock_skew: Some(skew), ..Receipt::default() };
        let header = Header { time_base: Some(base), ..Header::default() };
        let clock = Clock::new(&receipt, &header, 1_800_000_000_000);
        clock.at(&Event { time, view: 0, body: Body::Mark(Mark::default()) })
    }

    #[test]
    fn a_clients_clock_is_corrected_and_bounded() {
        assert_eq!(at(1_799_999_000_000, 0, 400.4), 1_799_999_000_400);
        assert_eq!(at(1_700_000_000_000, 99_999_000_000, 400.0), 1_799_999_000_400, "2 years slow");
        assert_eq!(at(1_900_000_000_000, 0, 0.0), 1_800_000_000_000, "not after its receipt");
        assert_eq!(at(0, 0, 5.0), 1_800_000_000_000 - AGE_MS_MAX, "not in 1970");
        assert_eq!(at(0, i64::MIN, f64::MAX), 1_800_000_000_000);
    }
}
