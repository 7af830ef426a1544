//! What the primary took a moment ago and may yet forget.
//!
//! With `everysec` a Redis that ends has its last seconds in its memory only: it writes its file
//! once a second, and waits up to two more while the disk is busy. So those seconds are held here
//! too, and written to the spool when that is turned to; consumers tell what they have twice. What
//! the spool has no place for stays here, however old, until the spool or the primary takes it.
//!
//! Entries are copied into one buffer, which is packed when it is full: beacons are much alike, so
//! the same memory holds several times as many seconds, and their own memory is free at once.

use super::chunk::{Chunk, Open};
use crate::buffer::Group;
use crate::buffer::limits::{RECENT_CHUNK_AGE, RECENT_CHUNK_BYTES};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The groups of the last seconds, oldest first: in `unpacked`, then `packed`, then `open`.
pub(super) struct Recent {
    unpacked: VecDeque<Group>,
    /// When the last of them was taken.
    unpacked_at: Instant,
    packed: VecDeque<Chunk>,
    /// Their bytes.
    packed_bytes: usize,
    open: Open,
    keep_for: Duration,
    bytes_max: usize,
    /// Bytes at which `open` is packed.
    chunk_bytes: usize,
    /// All of it has to be written once more, and nothing is too old for that.
    is_owed: bool,
    /// It was told that there is no place for it.
    is_told: bool,
}

impl Recent {
    /// Holds groups for so long; with no time, nothing.
    pub(super) fn new(keep_for: Duration, bytes_max: usize) -> Self {
        Self {
            unpacked: VecDeque::new(),
            unpacked_at: Instant::now(),
            packed: VecDeque::new(),
            packed_bytes: 0,
            open: Open::default(),
            keep_for,
            bytes_max,
            chunk_bytes: RECENT_CHUNK_BYTES.min(bytes_max / 4),
            is_owed: false,
            is_told: false,
        }
    }

    /// Holds a group that the primary took now. The oldest make room for it.
    pub(super) fn push(&mut self, group: &Group) {
        if self.keep_for.is_zero() || group.is_empty() {
            return;
        }
        let now = Instant::now();
        self.open.push(group, now);
        if self.open.bytes() >= self.chunk_bytes || self.open.age(now) >= RECENT_CHUNK_AGE {
            self.pack();
        }
        self.forget();
    }

    fn pack(&mut self) {
        let chunk = self.open.pack();
        self.packed_bytes += chunk.bytes();
        self.packed.push_back(chunk);
    }

    /// Drops what is old enough, when the primary is seen to be well: what is lost with it is from
    /// the seconds before it was last seen, however late that is noticed.
    pub(super) fn forget(&mut self) {
        if self.is_owed {
            return;
        }
        let now = Instant::now();
        let is_old = |at: Instant| now.saturating_duration_since(at) > self.keep_for;
        if is_old(self.unpacked_at) {
            self.unpacked.clear();
        }
        let room = self.bytes_max.saturating_sub(self.chunk_bytes);
        while let Some(chunk) =
            self.packed.pop_front_if(|chunk| is_old(chunk.at()) || self.packed_bytes > room)
        {
            self.packed_bytes -= chunk.bytes();
        }
        if self.open.at().is_some_and(is_old) {
            self.open.clear();
        }
    }

    /// Entries that are held.
    pub(super) fn entries(&self) -> usize {
        let unpacked: usize = self.unpacked.iter().map(|group| group.len()).sum();
        let packed: usize = self.packed.iter().map(Chunk::entries).sum();
        unpacked + packed + self.open.entries()
    }

    /// Everything that is held has to be written once more.
    pub(super) fn owe(&mut self) {
        self.is_owed = self.entries() > 0;
    }

    /// Whether what is held has to be written once more.
    pub(super) fn is_owed(&self) -> bool {
        self.is_owed
    }

    /// The oldest group that has to be written once more.
    pub(super) fn owed(&mut self) -> Option<Group> {
        if !self.is_owed {
            return None;
        }
        if self.unpacked.is_empty() {
            self.unpack();
        }
        self.unpacked.front().cloned()
    }

    /// Unpacks the oldest.
    fn unpack(&mut self) {
        if self.packed.is_empty() && self.open.entries() > 0 {
            self.pack();
        }
        let Some(chunk) = self.packed.pop_front() else { return };
        self.packed_bytes -= chunk.bytes();
        self.unpacked_at = chunk.at();
        self.unpacked.extend(chunk.groups());
    }

    /// The oldest group is in the spool.
    pub(super) fn saved(&mut self) {
        self.unpacked.pop_front();
        if self.entries() == 0 {
            (self.is_owed, self.is_told) = (false, false);
        }
    }

    /// All that is held, in parts that are unpacked one at a time.
    pub(super) fn parts(&mut self) -> usize {
        if self.open.entries() > 0 {
            self.pack();
        }
        1 + self.packed.len()
    }

    /// The groups of a part, oldest first.
    pub(super) fn part(&self, at: usize) -> Vec<Group> {
        match at.checked_sub(1) {
            None => self.unpacked.iter().cloned().collect(),
            Some(at) => self.packed.get(at).map(Chunk::groups).unwrap_or_default(),
        }
    }

    /// The primary took all groups again, now.
    pub(super) fn repaid(&mut self) {
        let now = Instant::now();
        self.unpacked_at = now;
        self.packed.iter_mut().for_each(|chunk| chunk.taken_again(now));
        (self.is_owed, self.is_told) = (false, false);
    }

    /// Whether this is the first time that there is no place for what is owed.
    pub(super) fn is_first_trouble(&mut self) -> bool {
        !std::mem::replace(&mut self.is_told, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buffer::Item;

    const MINUTE: Duration = Duration::from_secs(60);

    /// A group of two entries that tell its number.
    fn group(number: u32) -> Group {
        let item = |shard| Item { shard, bytes: number.to_be_bytes().repeat(20).into() };
        Group::new(vec![item(0), item(7)])
    }

    fn held(recent: &mut Recent) -> Vec<Group> {
        (0..recent.parts()).flat_map(|at| recent.part(at)).collect()
    }

    fn groups(range: std::ops::Range<u32>) -> Vec<Group> {
        range.map(group).collect()
    }

    #[test]
    fn what_is_held_comes_back_as_it_was() {
        let mut recent = Recent::new(MINUTE, 1 << 20);
        let all = groups(0..3000);
        all.iter().for_each(|group| recent.push(group));
        assert!(recent.packed.len() > 2, "several chunks");
        assert_eq!(recent.entries(), 6000);
        assert_eq!(held(&mut recent), all);
        recent.owe();
        // Some find a place, and the primary takes the others.
        for group in &all[..500] {
            assert_eq!(recent.owed().as_ref(), Some(group));
            recent.saved();
        }
        assert_eq!(held(&mut recent), all[500..]);
        recent.repaid();
        assert!(!recent.is_owed() && recent.owed().is_none());
        recent.owe();
        for group in &all[500..] {
            assert_eq!(recent.owed().as_ref(), Some(group));
            recent.saved();
        }
        assert!(!recent.is_owed() && recent.entries() == 0);
    }

    #[test]
    fn the_newest_that_fit_are_held() {
        let mut recent = Recent::new(MINUTE, 16 * 1024);
        let all = groups(0..5000);
        all.iter().for_each(|group| recent.push(group));
        let held = held(&mut recent);
        assert!((100..4000).contains(&held.len()), "{}", held.len());
        assert_eq!(held, all[all.len() - held.len()..]);
        assert!(recent.packed_bytes <= 16 * 1024, "{}", recent.packed_bytes);
    }

    #[test]
    fn what_is_owed_is_not_dropped() {
        let keep_for = Duration::from_millis(300);
        let mut recent = Recent::new(keep_for, 1 << 20);
        recent.push(&group(1));
        recent.owe();
        std::thread::sleep(keep_for * 2);
        recent.forget();
        assert_eq!(recent.owed(), Some(group(1)));
        recent.saved();
        recent.push(&group(2));
        std::thread::sleep(keep_for * 2);
        recent.forget();
        assert_eq!(recent.entries(), 0, "it is too old");
    }

    #[test]
    fn without_a_time_nothing_is_held() {
        let mut recent = Recent::new(Duration::ZERO, 1000);
        recent.push(&group(10));
        assert_eq!(recent.entries(), 0);
    }
}
