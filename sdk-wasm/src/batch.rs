//! The events that wait for a frame, encoded already: a queue bounded in bytes and number.

use crate::limits::{
    FRAME_EVENT_BYTES_MAX, HELD_BYTES_MAX, HELD_EVENTS_MAX, QUEUE_BYTES_MAX, QUEUE_EVENTS_MAX,
};
use crate::route::View;
use dna_protocol::Kind;
use dna_protocol::limits::FRAME_EVENTS_MAX;
use std::rc::Rc;

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
    pub(crate) view: Rc<View>,
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
    pub(crate) fn push(&mut self, event: Waiting) -> u64 {
        let mut dropped = 0;
        while self.events.len() >= QUEUE_EVENTS_MAX
            || self.bytes + event.bytes.len() > QUEUE_BYTES_MAX
        {
            dropped += 1;
            let least = self.least();
            if least.is_none_or(|(rank, _)| rank >= event.rank) {
                return dropped;
            }
            self.evict(least);
        }
        self.bytes += event.bytes.len();
        self.events.push(event);
        dropped
    }

    /// Drops what a session that is left out has no room for: the oldest of the least rank.
    pub(crate) fn trim(&mut self) {
        while self.events.len() > HELD_EVENTS_MAX || self.bytes > HELD_BYTES_MAX {
            self.evict(self.least());
        }
    }

    /// Takes all events out.
    pub(crate) fn take_all(&mut self) -> Vec<Waiting> {
        std::mem::take(self).events
    }

    fn least(&self) -> Option<(Rank, usize)> {
        self.events.iter().enumerate().map(|(at, event)| (event.rank, at)).min()
    }

    fn evict(&mut self, found: Option<(Rank, usize)>) {
        if let Some((_, at)) = found {
            self.bytes -= self.events.remove(at).bytes.len();
        }
    }

    /// Takes the events of the next frame, oldest first and all of one view; none when the queue
    /// is empty.
    pub(crate) fn take(&mut self) -> Vec<Waiting> {
        let mut bytes = 0;
        let mut count = 0;
        for event in self.events.iter().take(FRAME_EVENTS_MAX) {
            let other =
                self.events.first().is_none_or(|first| !Rc::ptr_eq(&first.view, &event.view));
            // One event alone always goes: the model bounds it.
            if other || (count > 0 && bytes + event.bytes.len() > FRAME_EVENT_BYTES_MAX) {
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
    use crate::route::Place;

    fn view() -> Rc<View> {
        Rc::new(View { id: [0; 8], place: Place::of("", ""), time_base: 0 })
    }

    fn waiting(rank: Rank, bytes: Vec<u8>) -> Waiting {
        Waiting { rank, bytes, view: view() }
    }

    #[test]
    fn errors_are_kept_before_timings() {
        let mut batch = Batch::default();
        let size = 1024;
        for _ in 0..QUEUE_BYTES_MAX / size {
            assert_eq!(batch.push(waiting(Rank::Detail, vec![0; size])), 0);
        }
        assert_eq!(batch.push(waiting(Rank::Detail, vec![1; size])), 1, "the newcomer goes");
        assert_eq!(batch.push(waiting(Rank::Error, vec![2; size])), 1, "the oldest timing goes");
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
        let view = view();
        for index in 0..500u16 {
            let bytes = index.to_be_bytes().repeat(100);
            assert_eq!(batch.push(Waiting { rank: Rank::Detail, bytes, view: view.clone() }), 0);
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

    #[test]
    fn a_frame_is_of_one_view() {
        let mut batch = Batch::default();
        for view in [view(), view()] {
            for _ in 0..2 {
                batch.push(Waiting { rank: Rank::Told, bytes: vec![0], view: view.clone() });
            }
        }
        assert_eq!((batch.take().len(), batch.take().len(), batch.take().len()), (2, 2, 0));
    }

    #[test]
    fn of_a_session_that_is_left_out_the_last_and_weightiest_are_held() {
        let mut batch = Batch::default();
        let of = |rank, number: u16| waiting(rank, number.to_be_bytes().to_vec());
        batch.push(of(Rank::Told, 9_999));
        for number in 0..1_000 {
            batch.push(of(Rank::Detail, number));
            batch.trim();
        }
        assert_eq!(batch.events.len(), HELD_EVENTS_MAX);
        assert_eq!(batch.events[0].rank, Rank::Told);
        assert_eq!(batch.events[HELD_EVENTS_MAX - 1].bytes, 999u16.to_be_bytes());
        for _ in 0..10 {
            batch.push(waiting(Rank::Detail, vec![0; 20_000]));
            batch.trim();
        }
        assert!(batch.bytes <= HELD_BYTES_MAX);
    }
}
