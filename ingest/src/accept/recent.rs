//! Remembers the frames that were kept recently, so that one sent again is acknowledged without
//! being written again, and two copies at the same moment become one.
//!
//! A help, not a promise: what is forgotten, or was written by another ingest, is told apart by
//! consumers, by the same (session, sequence).

use crate::buffer::KeepError;
use crate::limits::{RECENT_FRAMES_MAX, RECENT_PARTS};
use foldhash::quality::RandomState;
use hashbrown::HashTable;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// What names a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameName {
    /// Place of the application.
    pub app: usize,
    /// The session.
    pub session: [u8; 16],
    /// Its number there.
    pub sequence: u64,
}

/// What became of a frame: how many events were kept, or why none was.
pub type Outcome = Result<usize, KeepError>;

/// The memory.
#[derive(Debug)]
pub struct Recent {
    parts: Vec<Mutex<Part>>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Part {
    /// Those whose outcome is not known, with those who wait for it, if somebody does.
    under_way: HashMap<FrameName, Waiting, RandomState>,
    kept: Kept,
}

type Waiting = Option<watch::Sender<Option<Outcome>>>;

/// The frames that were kept: in a ring, each new one in the place of the oldest, and found by
/// its hash. Half of what a map and a queue of their names would take.
#[derive(Debug, Default)]
struct Kept {
    ring: Vec<KeptFrame>,
    /// The oldest, once the ring is full.
    oldest: usize,
    /// Places in the ring.
    places: HashTable<u16>,
}

/// 32 bytes.
#[derive(Debug, Clone, Copy)]
struct KeptFrame {
    session: [u8; 16],
    sequence: u64,
    app: u32,
    accepted: u32,
}

impl KeptFrame {
    fn new(name: &FrameName, accepted: usize) -> Self {
        // There are fewer applications and events in a frame.
        let number = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
        let (session, sequence) = (name.session, name.sequence);
        Self { session, sequence, app: number(name.app), accepted: number(accepted) }
    }

    fn name(&self) -> FrameName {
        FrameName { app: self.app as usize, session: self.session, sequence: self.sequence }
    }
}

impl Kept {
    /// How many events of a frame were kept, if it is known.
    fn find(&self, hash: u64, name: &FrameName) -> Option<usize> {
        let place = self.places.find(hash, |at| self.ring[usize::from(*at)].name() == *name)?;
        Some(self.ring[usize::from(*place)].accepted as usize)
    }

    fn remember(&mut self, hasher: &RandomState, name: &FrameName, accepted: usize) {
        let frame = KeptFrame::new(name, accepted);
        let most = RECENT_FRAMES_MAX / RECENT_PARTS;
        let at = if self.ring.len() < most {
            self.ring.reserve_exact(most - self.ring.len());
            self.ring.push(frame);
            self.ring.len() - 1
        } else {
            let at = self.oldest;
            self.oldest = (at + 1) % self.ring.len();
            let before = std::mem::replace(&mut self.ring[at], frame);
            let forgotten = hasher.hash_one(before.name());
            if let Ok(entry) = self.places.find_entry(forgotten, |place| usize::from(*place) == at)
            {
                entry.remove();
            }
            at
        };
        let ring = &self.ring;
        let hash = |place: &u16| hasher.hash_one(ring[usize::from(*place)].name());
        // `RECENT_FRAMES_MAX` is far below what a place counts to.
        let place = u16::try_from(at).unwrap_or(u16::MAX);
        self.places.insert_unique(hasher.hash_one(name), place, hash);
    }
}

/// How the memory answers to a frame.
#[derive(Debug)]
pub enum Claim {
    /// It is new: keep it, then settle.
    First(Ticket),
    /// It was kept before, with so many events.
    Kept(usize),
    /// Another request is about to keep the same one.
    UnderWay(Waiter),
}

/// Waits for what becomes of a frame that another request is about to keep.
#[derive(Debug)]
pub struct Waiter(watch::Receiver<Option<Outcome>>);

impl Waiter {
    /// What became of it; `None` when the other request was dropped before it asked the buffer, and
    /// the frame may be claimed.
    pub async fn outcome(mut self) -> Option<Outcome> {
        self.0.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone())
    }
}

/// The duty to say what became of a frame. It may outlive the request. Dropped unsettled, when that
/// ended before the buffer was asked, the frame is new again and who waits for it is next to try.
#[derive(Debug)]
#[must_use]
pub struct Ticket {
    recent: Arc<Recent>,
    name: FrameName,
    settled: bool,
}

impl Default for Recent {
    fn default() -> Self {
        let parts = (0..RECENT_PARTS).map(|_| Mutex::default()).collect();
        Self { parts, hasher: RandomState::default() }
    }
}

impl Recent {
    /// Claims a frame.
    pub fn claim(self: &Arc<Self>, name: FrameName) -> Claim {
        let hash = self.hasher.hash_one(name);
        let mut part = self.part(hash);
        if let Some(accepted) = part.kept.find(hash, &name) {
            return Claim::Kept(accepted);
        }
        match part.under_way.entry(name) {
            Entry::Vacant(vacant) => {
                vacant.insert(None);
                Claim::First(Ticket { recent: Arc::clone(self), name, settled: false })
            }
            // Most frames come once, so the channel is made only for a second one.
            Entry::Occupied(waiting) => {
                let waiting = waiting.into_mut();
                let told = waiting.get_or_insert_with(|| watch::channel(None).0);
                Claim::UnderWay(Waiter(told.subscribe()))
            }
        }
    }

    /// How many kept frames are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| lock(part).kept.ring.len()).sum()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The part of the frame with this hash; by bits that its table does not look at first.
    fn part(&self, hash: u64) -> MutexGuard<'_, Part> {
        lock(&self.parts[(hash >> 32) as usize % self.parts.len()])
    }

    fn part_of(&self, name: &FrameName) -> MutexGuard<'_, Part> {
        self.part(self.hasher.hash_one(name))
    }
}

/// A panic elsewhere cannot leave a part half changed, so a poisoned lock is taken.
fn lock(part: &Mutex<Part>) -> MutexGuard<'_, Part> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ticket {
    /// Tells what became of the frame. A kept one is remembered, one that failed is new again.
    pub fn settle(mut self, outcome: &Outcome) {
        self.settled = true;
        let mut part = self.recent.part_of(&self.name);
        if let Ok(accepted) = outcome {
            part.kept.remember(&self.recent.hasher, &self.name, *accepted);
        }
        let waiting = part.under_way.remove(&self.name);
        drop(part);
        if let Some(Some(waiting)) = waiting {
            waiting.send_replace(Some(outcome.clone()));
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.settled {
            // With it goes the sender, and those who wait look again.
            self.recent.part_of(&self.name).under_way.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::pin::pin;

    fn name(sequence: u64) -> FrameName {
        FrameName { app: 0, session: [7; 16], sequence }
    }

    fn first(recent: &Arc<Recent>, sequence: u64) -> Ticket {
        match recent.claim(name(sequence)) {
            Claim::First(ticket) => ticket,
            other => panic!("{other:?}"),
        }
    }

    fn waiter(recent: &Arc<Recent>, sequence: u64) -> Waiter {
        match recent.claim(name(sequence)) {
            Claim::UnderWay(waiter) => waiter,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_kept_frame_is_known_again_and_others_are_not() {
        let recent = Arc::new(Recent::default());
        first(&recent, 1).settle(&Ok(3));
        assert!(matches!(recent.claim(name(1)), Claim::Kept(3)));
        first(&recent, 2).settle(&Ok(1));
        let elsewhere = FrameName { app: 1, ..name(1) };
        assert!(matches!(recent.claim(elsewhere), Claim::First(_)));
    }

    #[test]
    fn a_copy_under_way_waits_for_the_first_and_shares_its_outcome() {
        for outcome in [Ok(2), Err(KeepError::QueueFull)] {
            let recent = Arc::new(Recent::default());
            let ticket = first(&recent, 1);
            let mut copy = pin!(waiter(&recent, 1).outcome());
            assert_eq!(copy.as_mut().now_or_never(), None);
            ticket.settle(&outcome);
            assert_eq!(copy.now_or_never(), Some(Some(outcome)));
        }
    }

    #[test]
    fn what_was_not_kept_is_new_again() {
        let recent = Arc::new(Recent::default());
        first(&recent, 1).settle(&Err(KeepError::QueueFull));
        drop(first(&recent, 1));
        let ticket = first(&recent, 1);
        let mut copy = pin!(waiter(&recent, 1).outcome());
        assert_eq!(copy.as_mut().now_or_never(), None);
        drop(ticket);
        assert_eq!(copy.now_or_never(), Some(None));
        drop(first(&recent, 1));
    }

    #[test]
    fn the_memory_is_bounded_and_forgets_the_oldest() {
        let recent = Arc::new(Recent::default());
        let many = 3 * RECENT_FRAMES_MAX as u64;
        for sequence in 0..many {
            first(&recent, sequence).settle(&Ok(1));
        }
        assert!(recent.len() <= RECENT_FRAMES_MAX, "{}", recent.len());
        drop(first(&recent, 0));
        assert!(matches!(recent.claim(name(many - 1)), Claim::Kept(1)));
    }
}
