//! What the primary took a moment ago and may yet forget.
//!
//! With `everysec` a Redis that ends has its last seconds in its memory only: it writes its file
//! once a second, and waits up to two more while the disk is busy. So those seconds are held here
//! too, and written to the spool when that is turned to; consumers tell what they have twice. What
//! the spool has no place for stays here, however old, until the spool or the primary takes it.

use crate::buffer::Item;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The groups of the last seconds, oldest first.
pub(super) struct Recent {
    groups: VecDeque<(Instant, usize, Vec<Item>)>,
    bytes: usize,
    keep_for: Duration,
    bytes_max: usize,
    /// All of it has to be written once more, and nothing is too old for that.
    is_owed: bool,
    /// It was told that there is no place for it.
    is_told: bool,
}

impl Recent {
    /// Holds groups for so long; with no time, nothing.
    pub(super) fn new(keep_for: Duration, bytes_max: usize) -> Self {
        let groups = VecDeque::new();
        Self { groups, bytes: 0, keep_for, bytes_max, is_owed: false, is_told: false }
    }

    /// Holds a group that the primary took now. The oldest make room for it.
    pub(super) fn push(&mut self, group: Vec<Item>) {
        if self.keep_for.is_zero() || group.is_empty() {
            return;
        }
        let bytes = group.iter().map(|item| size_of::<Item>() + item.bytes.len()).sum();
        self.bytes += bytes;
        self.groups.push_back((Instant::now(), bytes, group));
        self.forget();
    }

    /// Drops what is old enough, when the primary is seen to be well: what is lost with it is from
    /// the seconds before it was last seen, however late that is noticed.
    pub(super) fn forget(&mut self) {
        if self.is_owed {
            return;
        }
        let (keep_for, max) = (self.keep_for, self.bytes_max);
        while let Some((_, bytes, _)) =
            self.groups.pop_front_if(|(at, ..)| at.elapsed() > keep_for || self.bytes > max)
        {
            self.bytes -= bytes;
        }
    }

    /// Everything that is held has to be written once more.
    pub(super) fn owe(&mut self) {
        self.is_owed = !self.groups.is_empty();
    }

    /// Whether what is held has to be written once more.
    pub(super) fn is_owed(&self) -> bool {
        self.is_owed
    }

    /// The oldest group that has to be written once more.
    pub(super) fn owed(&self) -> Option<Vec<Item>> {
        let oldest = self.groups.front().filter(|_| self.is_owed);
        oldest.map(|(_, _, group)| group.clone())
    }

    /// The oldest group is in the spool.
    pub(super) fn saved(&mut self) {
        if let Some((_, bytes, _)) = self.groups.pop_front() {
            self.bytes -= bytes;
        }
        if self.groups.is_empty() {
            (self.is_owed, self.is_told) = (false, false);
        }
    }

    /// The primary took all groups again, now.
    pub(super) fn repaid(&mut self) {
        let now = Instant::now();
        self.groups.iter_mut().for_each(|(at, ..)| *at = now);
        (self.is_owed, self.is_told) = (false, false);
    }

    /// Whether this is the first time that there is no place for what is owed.
    pub(super) fn is_first_trouble(&mut self) -> bool {
        !std::mem::replace(&mut self.is_told, true)
    }

    /// Everything that is held, oldest first.
    pub(super) fn groups(&self) -> Vec<Vec<Item>> {
        self.groups.iter().map(|(_, _, group)| group.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(bytes: usize) -> Vec<Item> {
        vec![Item { shard: 0, bytes: vec![1; bytes].into() }]
    }

    #[test]
    fn the_newest_that_fit_are_held() {
        let mut recent = Recent::new(Duration::from_secs(60), 3 * (size_of::<Item>() + 10));
        for _ in 0..5 {
            recent.push(group(10));
        }
        assert_eq!(recent.groups().len(), 3);
        recent.owe();
        while recent.owed().is_some() {
            recent.saved();
        }
        assert!(recent.groups().is_empty() && !recent.is_owed());
        recent.push(group(10));
        assert_eq!(recent.groups().len(), 1, "what was saved leaves room");
    }

    #[test]
    fn without_a_time_nothing_is_held() {
        let mut recent = Recent::new(Duration::ZERO, 1000);
        recent.push(group(10));
        assert_eq!(recent.groups().len(), 0);
    }
}
