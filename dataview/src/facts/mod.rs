//! What is read from an entry when it is stored: pure, so that the same entry has the same facts
//! whenever and however often it is read.

mod calls;
mod clock;
mod error;
mod errors;
pub mod fingerprint;
mod limits;
mod measures;
mod outcome;
mod pages;
mod session;
mod values;
mod views;

pub use clock::Clock;
pub use error::FactsError;
pub use outcome::is_ok;

use crate::geo::Place;
use crate::model::{FrameFacts, SessionId, ViewId};
pub use errors::fingerprint_of;

use bytes::Bytes;
use dna_protocol::entry::Entry;
use dna_protocol::{Event, Header};
use measures::Measures;
use pages::Pages;
use values::Client;

/// The facts of an entry, and what of it has none.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The facts.
    pub facts: FrameFacts,
    /// Events that are wrong, or of a kind that is not known here. They stay in the entry.
    pub passed_over: u64,
}

/// What all parts of the reading need.
struct Frame<'a> {
    header: &'a Header,
    events: &'a [Event],
    clock: Clock,
    pages: Pages,
}

impl Frame<'_> {
    fn view(&self, event: &Event) -> Option<ViewId> {
        self.header.view_id_of(event).map(|id| ViewId(id.0))
    }

    fn page(&self, event: &Event) -> Option<&str> {
        self.pages.of(event)
    }
}

/// Reads the facts of `entry`, which is not packed. `locate` says where a client's network is.
///
/// # Errors
/// When it is no entry, or one that cannot be stored.
pub fn read(entry: Bytes, locate: impl FnOnce(&str) -> Place) -> Result<Read, FactsError> {
    let (receipt, decoded) = Entry::decode(&entry).map_err(FactsError::Malformed)?;
    let (header, events) = (&decoded.frame.header, &decoded.frame.events[..]);
    let missing = |name| move || FactsError::Missing(name);
    let received_at_ms = receipt.received_at.ok_or_else(missing("received_at_ms"))?;
    if !limits::RECEIVED_AT_MS.contains(&received_at_ms) {
        return Err(FactsError::ReceivedAt(received_at_ms));
    }
    let app = receipt.app.as_deref().filter(|app| !app.is_empty());
    let app = app.ok_or_else(missing("service.name"))?.to_owned();
    let session = SessionId(header.session_id.ok_or_else(missing("session.id"))?.0);
    let sequence = header.sequence.ok_or_else(missing("sequence"))?;

    let place = receipt.client_address.as_deref().map(locate).unwrap_or_default();
    let client = Client::new(&receipt, header, events, place);
    let clock = Clock::new(&receipt, header, received_at_ms);
    let frame = Frame { header, events, clock, pages: Pages::new(header, events) };
    let mut measures = Measures::new(client.dimensions());
    let views = views::read(&frame, &mut measures);
    let calls = calls::read(&frame, &mut measures);
    let errors = errors::read(&frame, &mut measures);
    let of_session = session::read(&frame, client, received_at_ms, &calls, errors.len());
    session::measure(&frame, session, &of_session.user, &mut measures);
    let passed_over = decoded.rejected_count as u64 + u64::from(decoded.skipped.kinds);
    let measures = measures.done();
    let facts = FrameFacts {
        app,
        session,
        sequence,
        received_at_ms,
        entry,
        of_session,
        views,
        calls,
        errors,
        measures,
    };
    Ok(Read { facts, passed_over })
}
