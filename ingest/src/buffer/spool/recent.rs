//! What the primary took a moment ago and may yet forget.
//!
//! With `everysec` a Redis that ends has its last seconds in its memory only: it writes its file
//! once a second, and waits up to two more while the disk is busy. So those seconds are held here
//! too, and written to the spool when contact with it is lost; consumers tell what they have twice.

use crate::buffer::Item;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The groups of the last seconds, oldest first.
pub(super) struct Recent {
    groups: VecDeque<(Instant, usize, Vec<Item>)>,
    bytes: usize,
    keep_for: Duration,
    bytes_max: usize,
}

impl Recent {
    /// Holds groups for so long; with no time, nothing.
    pub(super) fn new(keep_for: Duration, bytes_max: usize) -> Self {
        Self { groups: VecDeque::new(), bytes: 0, keep_for, bytes_max }
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
        let (keep_for, max) = (self.keep_for, self.bytes_max);
        while let Some((_, bytes, _)) =
            self.groups.pop_front_if(|(at, ..)| at.elapsed() > keep_for || self.bytes > max)
        {
            self.bytes -= bytes;
        }
    }

    /// Everything that is held.
    pub(super) fn take(&mut self) -> Vec<Vec<Item>> {
        self.bytes = 0;
        std::mem::take(&mut self.groups).into_iter().map(|(_, _, group)| group).collect()
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
        assert_eq!(recent.take().len(), 3);
        assert_eq!(recent.take().len(), 0);
        recent.push(group(10));
        assert_eq!(recent.take().len(), 1, "what was taken leaves room");
    }

    #[test]
    fn without_a_time_nothing_is_held() {
        let mut recent = Recent::new(Duration::ZERO, 1000);
        recent.push(group(10));
        assert_eq!(recent.take().len(), 0);
    }
}
