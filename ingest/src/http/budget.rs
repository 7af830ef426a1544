//! One bound for all bodies that are being read: each alone is bounded, but thousands of clients
//! that stop in the middle would hold a body each.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that bodies may hold at the same moment, in all workers together.
#[derive(Debug)]
pub(super) struct Budget {
    max: usize,
    used: AtomicUsize,
}

/// A request's share, given back when it ends.
#[derive(Debug)]
pub(super) struct Share<'a> {
    budget: &'a Budget,
    bytes: usize,
}

impl Budget {
    pub(super) fn new(max: usize) -> Self {
        Self { max, used: AtomicUsize::new(0) }
    }

    /// A share without bytes.
    pub(super) fn share(&self) -> Share<'_> {
        Share { budget: self, bytes: 0 }
    }
}

impl Share<'_> {
    /// Takes `bytes` more; `false`, with nothing taken, when there are not so many.
    #[must_use]
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        // Only a count: nothing is read by way of it, so no order is needed.
        let before = self.budget.used.fetch_add(bytes, Ordering::Relaxed);
        // Never overflows: what is refused is given back at once.
        if before + bytes > self.budget.max {
            self.budget.used.fetch_sub(bytes, Ordering::Relaxed);
            return false;
        }
        self.bytes += bytes;
        true
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_given_back() {
        let budget = Budget::new(10);
        let mut first = budget.share();
        assert!(first.take(6));
        let mut second = budget.share();
        assert!(second.take(4) && !second.take(1));
        drop(first);
        assert!(second.take(6) && !second.take(1));
        drop(second);
        assert_eq!(budget.used.load(Ordering::Relaxed), 0);
    }
}
