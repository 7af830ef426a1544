//! What has arrived and what was not taken, since the start.

use super::decode::LeftOut;
use super::refused::{Reason, Refused};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters of OTLP.
#[derive(Debug, Default)]
pub struct Counters {
    /// Spans and lines that were stored or were there already.
    taken: AtomicU64,
    /// Requests that were turned away because too much was under way, or the store took nothing.
    /// Nothing is lost by it: their senders keep them.
    turned_away: AtomicU64,
    /// Requests that could not be read.
    unreadable: AtomicU64,
    refused: [AtomicU64; Reason::ALL.len()],
    private: AtomicU64,
    attributes: AtomicU64,
    events: AtomicU64,
}

impl Counters {
    pub(super) fn taken(&self, count: u64, refused: &Refused, left_out: &LeftOut) {
        self.taken.fetch_add(count, Relaxed);
        for reason in Reason::ALL {
            self.refused[reason as usize].fetch_add(refused.of(reason), Relaxed);
        }
        self.private.fetch_add(left_out.private, Relaxed);
        self.attributes.fetch_add(left_out.attributes, Relaxed);
        self.events.fetch_add(left_out.events, Relaxed);
    }

    pub(super) fn turned_away(&self) {
        self.turned_away.fetch_add(1, Relaxed);
    }

    pub(super) fn unreadable(&self) {
        self.unreadable.fetch_add(1, Relaxed);
    }

    /// Spans and log lines taken.
    #[must_use]
    pub fn items(&self) -> u64 {
        self.taken.load(Relaxed)
    }

    /// Requests turned away for now, by 429 or 503.
    #[must_use]
    pub fn retries_asked(&self) -> u64 {
        self.turned_away.load(Relaxed)
    }

    /// What was dropped, by reason; each reason is there from the start.
    #[must_use]
    pub fn dropped(&self) -> Vec<(String, u64)> {
        let refused = Reason::ALL
            .into_iter()
            .map(|it| (format!("otlp_{}", it.name()), self.refused[it as usize].load(Relaxed)));
        let others = [
            ("otlp_unreadable_request", &self.unreadable),
            ("otlp_private_attribute", &self.private),
            ("otlp_attribute_limit", &self.attributes),
            ("otlp_event_limit", &self.events),
        ];
        let others = others.into_iter().map(|(name, count)| (name.to_owned(), count.load(Relaxed)));
        refused.chain(others).collect()
    }
}
