//! The page's own filter (`beforeSend`), which may take events out or change their texts.

use crate::batch::Waiting;
use crate::client::Client;
use crate::host::Host;

/// Whether there is a filter. What reads events for it is loaded on demand, and until it is there
/// everything waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    None,
    Coming,
    Ready,
}

impl<H: Host> Client<H> {
    /// There is a filter: it is `ready`, or will be.
    pub fn filter(&mut self, now: u64, ready: bool) {
        if !ready {
            self.filter = Filter::Coming;
            return;
        }
        self.filter = Filter::Ready;
        for event in self.batch.take_all() {
            if let Some(bytes) = self.filtered(event.bytes) {
                self.dropped.queue_full += self.batch.push(Waiting { bytes, ..event });
            }
        }
        self.trim();
        self.advance(now);
    }

    /// What the filter leaves of an event; `None` when it takes it out.
    pub(crate) fn filtered(&mut self, event: Vec<u8>) -> Option<Vec<u8>> {
        if self.filter != Filter::Ready {
            return Some(event);
        }
        let left = self.host.filter(&event);
        self.dropped.filtered += u64::from(left.is_none());
        left
    }
}
