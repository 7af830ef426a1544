//! Where the network is gone or slow, what is seen next goes into the frame that was made last, as long as
//! nobody has been sent it: one key of the storage then holds as much as a frame does, not what five
//! seconds saw.

use crate::batch::Parcel;
use crate::client::Client;
use crate::host::Host;

/// The frame that was made last, and what it was made of.
#[derive(Debug)]
pub(crate) struct Last {
    pub(crate) sequence: u64,
    pub(crate) session: [u8; 16],
    pub(crate) parcel: Parcel,
}

impl<H: Host> Client<H> {
    /// What goes into the next frame; and the number of the last one where that is made anew, with more
    /// in it. Nobody knows that number yet, so it never stands for two contents.
    pub(crate) fn next_parcel(&mut self) -> (Parcel, Option<u64>) {
        if H::TERMS.durable
            && let Some(Last { sequence, session, mut parcel }) = self.last.take()
            && self.session.as_ref().is_some_and(|now| *now.id() == session)
            // One with a failure outlives one without: they stay apart.
            && parcel.has_failure() == self.batch.has_failure()
            && self.delivery.is_unsent(sequence)
            && self.batch.fill(&mut parcel)
        {
            self.dropped += self.delivery.take_back(sequence);
            return (parcel, Some(sequence));
        }
        let mut parcel = Parcel::default();
        self.batch.fill(&mut parcel);
        (parcel, None)
    }
}
