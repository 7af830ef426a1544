//! What waits to be written: a lane for each application, taken from in turn.
//!
//! Groups are made round-robin by bytes, so that what an application sends decides how long its
//! own entries wait, not those of others. When the queue is full, the newest entry of whoever has
//! most waiting makes room for one who has less; so one application cannot fill the queue for the
//! others, and alone it may use all of it. A session belongs to one application, and a lane is in
//! its order, so a session is.

use super::commit::Bounds;
use super::{Item, KeepError, limits};
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Where the outcome of an entry is told.
pub(super) type Answer = oneshot::Sender<Result<(), KeepError>>;

/// All lanes.
#[derive(Default)]
pub(super) struct Queue {
    /// By application.
    lanes: Vec<Lane>,
    /// The lanes in which something waits; the first is taken from next.
    turns: VecDeque<usize>,
    items: usize,
    bytes: usize,
}

#[derive(Default)]
struct Lane {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// Bytes that may still be taken in this turn.
    credit: usize,
}

struct Waiting {
    item: Item,
    answer: Answer,
    since: Instant,
}

impl Lane {
    fn pop(&mut self) -> Option<Waiting> {
        let waiting = self.waiting.pop_front()?;
        self.bytes -= waiting.item.bytes.len();
        Some(waiting)
    }
}

impl Queue {
    /// Entries that wait, and their bytes.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.items, self.bytes)
    }

    /// What waits of application `app`, and its fair part of the bounds: entries, then bytes. Who
    /// has less than that finds room, for in a full queue somebody else has more.
    pub(super) fn load_of(&self, app: u16, bounds: &Bounds) -> [(u64, usize); 2] {
        let lane = self.lanes.get(usize::from(app));
        let (items, bytes) = lane.map_or((0, 0), |lane| (lane.waiting.len(), lane.bytes));
        let parts = (self.turns.len() + usize::from(items == 0)).max(1);
        [(items as u64, bounds.items_max / parts), (bytes as u64, bounds.bytes_max / parts)]
    }

    /// Puts an entry of application `app` at the end of its lane, and answers those that have to
    /// make room for it; how many those are.
    ///
    /// # Errors
    /// [`KeepError::QueueFull`] when nobody else has more waiting.
    pub(super) fn push(
        &mut self,
        app: u16,
        (item, answer): (Item, Answer),
        bounds: &Bounds,
        now: Instant,
    ) -> Result<usize, KeepError> {
        let app = usize::from(app);
        if app >= self.lanes.len() {
            self.lanes.resize_with(app + 1, Lane::default);
        }
        let bytes = item.bytes.len();
        let mut pushed_out = 0;
        // An entry always fits into an empty queue, however small its bound.
        while self.is_full_for(bytes, bounds) {
            self.push_out(app, bytes, self.items >= bounds.items_max)?;
            pushed_out += 1;
        }
        let lane = &mut self.lanes[app];
        if lane.waiting.is_empty() {
            lane.credit = limits::TURN_BYTES;
            self.turns.push_back(app);
        }
        lane.bytes += bytes;
        lane.waiting.push_back(Waiting { item, answer, since: now });
        self.items += 1;
        self.bytes += bytes;
        Ok(pushed_out)
    }

    fn is_full_for(&self, bytes: usize, bounds: &Bounds) -> bool {
        let full = self.items >= bounds.items_max || self.bytes + bytes > bounds.bytes_max;
        full && self.items > 0
    }

    /// Takes the newest entry of the longest lane away, if that is longer than `app`'s would be.
    fn push_out(&mut self, app: usize, bytes: usize, by_items: bool) -> Result<(), KeepError> {
        let measure = |lane: &Lane| if by_items { lane.waiting.len() } else { lane.bytes };
        let own = measure(&self.lanes[app]) + if by_items { 1 } else { bytes };
        let longest = self.turns.iter().copied().max_by_key(|lane| measure(&self.lanes[*lane]));
        let longest = longest.filter(|lane| *lane != app && measure(&self.lanes[*lane]) > own);
        let at = longest.ok_or(KeepError::QueueFull)?;
        let lane = &mut self.lanes[at];
        let Some(newest) = lane.waiting.pop_back() else { return Err(KeepError::QueueFull) };
        lane.bytes -= newest.item.bytes.len();
        self.items -= 1;
        self.bytes -= newest.item.bytes.len();
        if lane.waiting.is_empty() {
            self.turns.retain(|turn| *turn != at);
        }
        let _ = newest.answer.send(Err(KeepError::QueueFull));
        Ok(())
    }

    /// Takes a group; `None` when nothing waits.
    pub(super) fn take_group(&mut self) -> Option<(Vec<Item>, Vec<Answer>)> {
        let capacity = self.items.min(limits::GROUP_ITEMS_MAX);
        let (mut items, mut answers) = (Vec::with_capacity(capacity), Vec::with_capacity(capacity));
        let mut bytes = 0;
        while let Some(&at) = self.turns.front() {
            let is_alone = self.turns.len() == 1;
            let lane = &mut self.lanes[at];
            while let Some(next) = lane.waiting.front() {
                let size = next.item.bytes.len();
                let too_much = !items.is_empty() && bytes + size > limits::GROUP_BYTES_MAX;
                if items.len() == limits::GROUP_ITEMS_MAX || too_much {
                    // Its turn goes on in the next group.
                    return Some((items, answers));
                }
                if !is_alone && size > lane.credit {
                    break;
                }
                let Some(waiting) = lane.pop() else { break };
                lane.credit = lane.credit.saturating_sub(size);
                bytes += size;
                self.items -= 1;
                self.bytes -= size;
                items.push(waiting.item);
                answers.push(waiting.answer);
            }
            self.turns.pop_front();
            if !lane.waiting.is_empty() {
                lane.credit += limits::TURN_BYTES;
                self.turns.push_back(at);
            }
        }
        (!items.is_empty()).then_some((items, answers))
    }

    /// Answers those that wait longer than `longest`; how many those are.
    pub(super) fn expire(&mut self, now: Instant, longest: Duration) -> usize {
        let before = self.items;
        for at in &self.turns {
            let lane = &mut self.lanes[*at];
            let late = |next: &Waiting| now.saturating_duration_since(next.since) > longest;
            while lane.waiting.front().is_some_and(late) {
                let Some(waiting) = lane.pop() else { break };
                self.items -= 1;
                self.bytes -= waiting.item.bytes.len();
                let _ = waiting.answer.send(Err(KeepError::Overdue));
            }
        }
        let lanes = &self.lanes;
        self.turns.retain(|at| !lanes[*at].waiting.is_empty());
        before - self.items
    }
}
