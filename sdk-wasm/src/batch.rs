//! The events that wait for a frame, encoded already: a queue bounded in bytes and number.

use crate::limits::{
    FRAME_EVENT_BYTES_MAX, HELD_BYTES_MAX, HELD_EVENTS_MAX, QUEUE_BYTES_MAX, QUEUE_EVENTS_MAX,
};
use crate::route::View;
use dna_protocol::Kind;
use dna_protocol::limits::{FRAME_EVENTS_MAX, FRAME_VIEWS_MAX};
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
            Kind::PageView
            | Kind::RouteChange
            | Kind::Custom
            | Kind::Transaction
            | Kind::Mark
            | Kind::AppLaunch
            | Kind::PageLoad => Self::Told,
            Kind::Exception
            | Kind::UnhandledRejection
            | Kind::ResourceFailure
            | Kind::Report
            | Kind::MemoryWarning
            | Kind::Console => Self::Error,
            Kind::WebVital
            | Kind::ApiCall
            | Kind::Resource
            | Kind::LongFrame
            | Kind::UserAction
            | Kind::Visibility
            | Kind::CodeLoad
            | Kind::DataUpdate
            | Kind::NetworkChange => Self::Detail,
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

/// The events of one frame.
#[derive(Debug, Default)]
pub(crate) struct Parcel {
    pub(crate) events: Vec<Waiting>,
    /// The views that they belong to, each once, all of one time base.
    pub(crate) views: Vec<Rc<View>>,
}

impl Parcel {
    /// Whether one of the events is a failure.
    pub(crate) fn has_failure(&self) -> bool {
        self.events.iter().any(|event| event.rank == Rank::Error)
    }

    /// Bytes of events and of the views' addresses.
    fn size(&self) -> usize {
        let events: usize = self.events.iter().map(|event| event.bytes.len()).sum();
        let views: usize = self.views.iter().map(|view| view.place.url.len()).sum();
        events + views
    }

    /// Which of the views an event belongs to; `None` for one that is not among them.
    pub(crate) fn view_of(&self, event: &Waiting) -> Option<usize> {
        self.views.iter().position(|view| view.id == event.view.id)
    }
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

    /// Whether a failure waits.
    pub(crate) fn has_failure(&self) -> bool {
        self.events.iter().any(|event| event.rank == Rank::Error)
    }

    /// Moves events to those of a frame, the oldest first, as many as fit. Whether there were any.
    pub(crate) fn fill(&mut self, parcel: &mut Parcel) -> bool {
        let before = parcel.events.len();
        let mut size = parcel.size();
        let (mut count, mut bytes) = (0, 0);
        for event in self.events.iter().take(FRAME_EVENTS_MAX - before.min(FRAME_EVENTS_MAX)) {
            let known = parcel.view_of(event).is_some();
            // A view that is new to the frame is told in it.
            size += event.bytes.len() + if known { 0 } else { event.view.place.url.len() };
            let fits = size <= FRAME_EVENT_BYTES_MAX
                && (known || parcel.views.len() < FRAME_VIEWS_MAX)
                && parcel.views.iter().all(|view| view.time_base == event.view.time_base);
            // One event alone always goes: the model bounds it.
            if before + count > 0 && !fits {
                break;
            }
            if !known {
                parcel.views.push(event.view.clone());
            }
            bytes += event.bytes.len();
            count += 1;
        }
        self.bytes -= bytes;
        parcel.events.extend(self.events.drain(..count));
        count > 0
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

    fn take(batch: &mut Batch) -> Parcel {
        let mut parcel = Parcel::default();
        batch.fill(&mut parcel);
        parcel
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
            events.extend(take(&mut batch).events);
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
            let frame = take(&mut batch).events;
            let bytes: usize = frame.iter().map(|event| event.bytes.len()).sum();
            assert!(bytes <= FRAME_EVENT_BYTES_MAX);
            seen.extend(
                frame.iter().map(|event| u16::from_be_bytes([event.bytes[0], event.bytes[1]])),
            );
        }
        assert_eq!(seen, (0..500).collect::<Vec<_>>());
    }

    #[test]
    fn a_frame_has_the_events_of_several_views_of_one_clock() {
        let of =
            |id: u8, time_base| Rc::new(View { id: [id; 8], place: Place::of("", ""), time_base });
        let mut batch = Batch::default();
        for view in [of(1, 0), of(2, 0), of(1, 0), of(1, 9)] {
            batch.push(Waiting { rank: Rank::Told, bytes: vec![0], view });
        }
        let first = take(&mut batch);
        let views: Vec<_> = first.events.iter().map(|event| first.view_of(event)).collect();
        assert_eq!((views, first.views.len()), (vec![Some(0), Some(1), Some(0)], 2));
        let second = take(&mut batch);
        assert_eq!((second.events.len(), second.views.len()), (1, 1), "its times count from 9");
        assert!(batch.is_empty());
    }

    #[test]
    fn the_views_of_a_frame_are_bounded_in_number_and_bytes() {
        for (path, most) in [("/a".to_owned(), FRAME_VIEWS_MAX), ("/a".repeat(1000), 9)] {
            let mut batch = Batch::default();
            for id in 0..100 {
                let place = Place::of(&("https://b".to_owned() + &path), "");
                let view = Rc::new(View { id: [id; 8], place, time_base: 0 });
                batch.push(Waiting { rank: Rank::Told, bytes: vec![0; 3], view });
            }
            let mut told = 0;
            while !batch.is_empty() {
                let parcel = take(&mut batch);
                assert!((1..=most).contains(&parcel.views.len()));
                told += parcel.events.len();
            }
            assert_eq!(told, 100);
        }
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
