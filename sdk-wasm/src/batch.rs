//! The events that wait for a frame, encoded already: a queue bounded in bytes and number.

use crate::limits::{FRAME_EVENT_BYTES_MAX, QUEUE_BYTES_MAX, QUEUE_EVENTS_MAX};
use dna_protocol::Kind;
use dna_protocol::limits::FRAME_EVENTS_MAX;

/// How much an event matters when the queue is full, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// Timings and calls: others of the same kind tell as much.
    Detail,
    /// The page itself and what the application reports.
    Told,
    /// Failures.
    Error,
    /// Who uses the session. Also the one kind that never goes to the storage.
    Identity,
}

impl Rank {
    /// The rank of an event.
    pub(crate) fn of(kind: Kind) -> Self {
        match kind {
            Kind::PageView | Kind::RouteChange | Kind::Custom | Kind::Transaction | Kind::Mark => {
                Self::Told
            }
            Kind::Exception
            | Kind::UnhandledRejection
            | Kind::ResourceFailure
            | Kind::Report
            | Kind::Console => Self::Error,
            Kind::WebVital
            | Kind::ApiCall
            | Kind::Resource
            | Kind::LongFrame
            | Kind::UserAction
            | Kind::Visibility => Self::Detail,
            Kind::Identity => Self::Identity,
        }
    }
}

/// An event in the queue.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) rank: Rank,
    pub(crate) bytes: Vec<u8>,
}

/// The queue.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    events: Vec<Waiting>,
    bytes: usize,
}

impl Batch {
    /// Adds an event. Returns how many were dropped for it, itself perhaps: when the queue is
    /// full, the oldest of the least rank below its own goes.
    pub(crate) fn push(&mut self, rank: Rank, bytes: Vec<u8>) -> u64 {
        let mut dropped = 0;
        while self.events.len() >= QUEUE_EVENTS_MAX || self.bytes + bytes.len() > QUEUE_BYTES_MAX {
            dropped += 1;
            if !self.evict_below(rank) {
                return dropped;
            }
        }
        self.bytes += bytes.len();
        self.events.push(Waiting { rank, bytes });
        dropped
    }

    fn evict_below(&mut self, rank: Rank) -> bool {
        let ranks = self.events.iter().enumerate().map(|(at, event)| (event.rank, at));
        match ranks.min() {
            Some((least, at)) if least < rank => {
                self.bytes -= self.events.remove(at).bytes.len();
                true
            }
            _ => false,
        }
    }

    /// Takes the events of the next frame, oldest first; none when the queue is empty.
    pub(crate) fn take(&mut self) -> Vec<Waiting> {
        let mut bytes = 0;
        let mut count = 0;
        for event in self.events.iter().take(FRAME_EVENTS_MAX) {
            // One event alone always goes: the model bounds it.
            if count > 0 && bytes + event.bytes.len() > FRAME_EVENT_BYTES_MAX {
                break;
            }
            bytes += event.bytes.len();
            count += 1;
        }
        self.bytes -= bytes;
        self.events.drain(..count).collect()
    }

    /// Whether a whole frame waits.
    pub(crate) fn fills_a_frame(&self) -> bool {
        self.bytes >= FRAME_EVENT_BYTES_MAX || self.events.len() >= FRAME_EVENTS_MAX
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_kept_before_timings() {
        let mut batch = Batch::default();
        let size = 1024;
        for _ in 0..QUEUE_BYTES_MAX / size {
            assert_eq!(batch.push(Rank::Detail, vec![0; size]), 0);
        }
        assert_eq!(batch.push(Rank::Detail, vec![1; size]), 1, "the newcomer goes");
        assert_eq!(batch.push(Rank::Error, vec![2; size]), 1, "the oldest timing goes");
        let mut events = Vec::new();
        while !batch.is_empty() {
            events.extend(batch.take());
        }
        assert_eq!(events.len(), QUEUE_BYTES_MAX / size);
        assert_eq!(events.last().map(|event| event.rank), Some(Rank::Error));
    }

    #[test]
    fn a_frame_is_bounded_and_nothing_is_lost_between_frames() {
        let mut batch = Batch::default();
        for index in 0..500u16 {
            assert_eq!(batch.push(Rank::Detail, index.to_be_bytes().repeat(100)), 0);
        }
        let mut seen = Vec::new();
        while !batch.is_empty() {
            let frame = batch.take();
            let bytes: usize = frame.iter().map(|event| event.bytes.len()).sum();
            assert!(bytes <= FRAME_EVENT_BYTES_MAX);
            seen.extend(
                frame.iter().map(|event| u16::from_be_bytes([event.bytes[0], event.bytes[1]])),
            );
        }
        assert_eq!(seen, (0..500).collect::<Vec<_>>());
    }
}
