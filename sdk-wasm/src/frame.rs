//! Puts events and a header together to the bytes of a frame.

use crate::batch::{Parcel, Rank};
use crate::dropped::Dropped;
use dna_protocol::cbor::{MAGIC, Writer, restamp};
use dna_protocol::draft::Fields;
use dna_protocol::model::Header;

/// Key of the events, beside those of [`Header`].
const EVENTS: u64 = 15;

/// Key of an event's view, behind those that [`Draft::event`](dna_protocol::Draft::event) writes.
const VIEW: u64 = 3;
const EVENT_PAIRS: usize = 3;

/// Where the number of earlier attempts stands: behind the tag, the head of the map, the time
/// (key, head, 8 bytes) and its own key.
const ATTEMPT_AT: usize = MAGIC.len() + 1 + 10 + 1;

/// What the stub's last words begin with, and where the 13 digits of the time end: those of all
/// times until the year 2286.
const JSON_START: &[u8] = b"{\"sent_at_ms\":";
const JSON_DIGITS_END: usize = JSON_START.len() + 13;

/// A frame, ready to be sent, again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Its number in the session.
    pub(crate) sequence: u64,
    /// The CBOR, or the JSON that the stub has left.
    pub(crate) bytes: Vec<u8>,
    /// The same frame without what must not be stored, when it differs from `bytes`. Empty:
    /// nothing is left to store.
    pub(crate) reduced: Option<Vec<u8>>,
    /// How many events it has.
    pub(crate) events: u64,
    /// What its header tells of those that were dropped before it.
    pub(crate) dropped: Dropped,
    /// Whether one of them is a failure, where that is asked for.
    pub(crate) failure: bool,
}

/// The beginning of a header: what each attempt overwrites stands first, at known places.
pub(crate) fn header(now: u64) -> Fields {
    let mut fields = Fields::default();
    fields.uint(Header::sent_at, now);
    fields.uint(Header::attempt, 0);
    fields
}

impl Frame {
    /// Encodes a frame. `header` began as [`header`].
    pub(crate) fn seal(sequence: u64, header: &Fields, parcel: &Parcel) -> Self {
        let events = &parcel.events;
        let public = events.iter().filter(|event| event.rank != Rank::Identity).count();
        let reduced = match public {
            0 => Some(Vec::new()),
            count if count < events.len() => Some(join(header, parcel, count, false)),
            _ => None,
        };
        let bytes = join(header, parcel, events.len(), true);
        let (events, dropped) = (events.len() as u64, Dropped::default());
        Self { sequence, bytes, reduced, events, dropped, failure: false }
    }

    /// Puts the time of this attempt, and how many there were before, into the bytes. The stub's
    /// last words are JSON and have the time alone.
    pub(crate) fn stamp(&mut self, now: u64, attempt: u8) {
        if restamp(&mut self.bytes, now) {
            if let Some(place) = self.bytes.get_mut(ATTEMPT_AT) {
                *place = attempt;
            }
        } else if self.bytes.starts_with(JSON_START)
            && let Some(rest) = self.bytes.get_mut(JSON_START.len()..JSON_DIGITS_END)
            && rest.iter().all(u8::is_ascii_digit)
        {
            let mut now = now;
            for digit in rest.iter_mut().rev() {
                *digit = b'0' + (now % 10) as u8;
                now /= 10;
            }
        }
    }

    /// What may be stored of it.
    pub(crate) fn storable(&self) -> &[u8] {
        self.reduced.as_deref().unwrap_or(&self.bytes)
    }
}

/// The frame of `count` events: of all, or of those that may be stored.
fn join(header: &Fields, parcel: &Parcel, count: usize, all: bool) -> Vec<u8> {
    let mut out = Writer::new();
    out.raw(&MAGIC);
    out.map(header.pairs() + 1);
    out.raw(header.as_bytes());
    out.uint(EVENTS);
    out.array(count);
    for event in &parcel.events {
        if !all && event.rank == Rank::Identity {
            continue;
        }
        match (parcel.view_of(event), event.bytes.split_first()) {
            (Some(view @ 1..), Some((_, pairs))) => {
                out.map(EVENT_PAIRS + 1);
                out.raw(pairs);
                out.uint(VIEW);
                out.uint(view as u64);
            }
            _ => out.raw(&event.bytes),
        }
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Waiting;
    use crate::route::{Place, View};
    use dna_protocol::cbor::decode_frame;
    use dna_protocol::draft::Draft;
    use dna_protocol::field::{Id, Text};
    use dna_protocol::model::{Custom, Identity};
    use dna_protocol::{Body, Header};

    fn waiting(body: Body) -> Waiting {
        let draft = Draft::from(body);
        let view = std::rc::Rc::new(View { id: [0; 8], place: Place::of("", ""), time_base: 0 });
        Waiting { rank: Rank::of(draft.kind), bytes: draft.event(1.0), view }
    }

    fn sealed(events: Vec<Waiting>) -> Frame {
        let mut fields = header(1_800_000_000_000);
        fields.text(Header::app_key, "k");
        fields.bytes(Header::session_id, &[7; 16]);
        fields.uint(Header::sequence, 1 << 40);
        Frame::seal(1 << 40, &fields, &Parcel { events, views: Vec::new() })
    }

    #[test]
    fn a_stamp_changes_time_and_attempt_only() {
        let custom = Custom { name: Some(Text::cut("n")), ..Custom::default() };
        let mut frame = sealed(vec![waiting(Body::Custom(custom))]);
        let before = decode_frame(&frame.bytes).unwrap().frame;
        assert_eq!((before.header.attempt, before.header.session_id), (Some(0), Some(Id([7; 16]))));
        frame.stamp(1_800_000_060_000, 23);
        let after = decode_frame(&frame.bytes).unwrap().frame;
        assert_eq!(after.events, before.events);
        let expected =
            Header { sent_at: Some(1_800_000_060_000), attempt: Some(23), ..before.header };
        assert_eq!(after.header, expected);
    }

    #[test]
    fn what_is_stored_has_no_identity() {
        let identity = Identity { id: Some(Text::cut("6222")), ..Identity::default() };
        let custom = Custom { name: Some(Text::cut("n")), ..Custom::default() };
        let (identity, custom) = (Body::Identity(identity), Body::Custom(custom));

        let frame = sealed(vec![waiting(identity.clone()), waiting(custom)]);
        assert_eq!(decode_frame(&frame.bytes).unwrap().frame.events.len(), 2);
        let kept = decode_frame(frame.storable()).unwrap().frame;
        assert_eq!(kept.events.len(), 1);
        assert_eq!(kept.header.sequence, Some(1 << 40));
        assert!(!frame.storable().windows(4).any(|bytes| bytes == b"6222"));
        assert!(sealed(vec![waiting(identity)]).storable().is_empty());
    }
}
