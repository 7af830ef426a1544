//! Numbers of frames: (session, sequence) tells a retry from news.
//!
//! Tabs share a session without talking to each other, so each page load draws 32 random bits
//! and counts below them: `random << 16 | counter`, 48 bits, which JavaScript holds exactly.

use crate::host::{Host, random_u32};

/// The numbers of one page load.
#[derive(Debug, Default)]
pub(crate) struct Sequence {
    random: u32,
    next: u16,
}

impl Sequence {
    /// The next number. Draws new random bits at first and whenever the counter is used up.
    pub(crate) fn next(&mut self, host: &mut impl Host) -> u64 {
        if self.next == 0 {
            self.random = random_u32(host);
            // 0 means "none drawn".
            self.next = 1;
        }
        let sequence = u64::from(self.random) << 16 | u64::from(self.next);
        self.next = self.next.wrapping_add(1);
        sequence
    }
}
