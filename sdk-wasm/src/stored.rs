//! Reads what was stored by an earlier page load, which may be another release's or damaged.

/// Numbers and bytes in their stored order.
pub(crate) struct Stored<'a>(pub(crate) &'a [u8]);

impl<'a> Stored<'a> {
    /// The next `N` bytes; `None` when there are not so many.
    pub(crate) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    /// The next number.
    pub(crate) fn number(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    /// What is left.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }
}
