//! Puts events and a header together to the bytes of a frame.

use crate::batch::{Rank, Waiting};
use dna_protocol::Header;
use dna_protocol::cbor::{encode_frame_of, restamp};

/// A frame, ready to be sent, again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Its number in the session.
    pub(crate) sequence: u64,
    /// The CBOR.
    pub(crate) bytes: Vec<u8>,
    /// Where in `bytes` the number of earlier attempts stands.
    pub(crate) attempt_at: usize,
    /// The same frame without what must not be stored, when it differs from `bytes`. Empty:
    /// nothing is left to store.
    pub(crate) reduced: Option<Vec<u8>>,
    /// How many events it has.
    pub(crate) events: u64,
}

impl Frame {
    /// Encodes a frame. `header` has its sequence; the attempt is filled in here.
    pub(crate) fn seal(mut header: Header, events: &[Waiting]) -> Self {
        header.attempt = Some(1);
        let marked = encode_frame_of(&header, [].iter().copied());
        header.attempt = Some(0);
        let plain = encode_frame_of(&header, [].iter().copied());
        let attempt_at = plain.iter().zip(&marked).position(|(a, b)| a != b).unwrap_or_default();
        let all: Vec<&[u8]> = events.iter().map(|event| &event.bytes[..]).collect();
        let public = events.iter().filter(|event| event.rank != Rank::Identity);
        let public: Vec<&[u8]> = public.map(|event| &event.bytes[..]).collect();
        let reduced = match public.len() {
            len if len == all.len() => None,
            0 => Some(Vec::new()),
            _ => Some(encode_frame_of(&header, public.into_iter())),
        };
        Self {
            sequence: header.sequence.unwrap_or_default(),
            attempt_at,
            reduced,
            events: events.len() as u64,
            bytes: encode_frame_of(&header, all.into_iter()),
        }
    }

    /// Puts the time of this attempt, and how many there were before, into the bytes. The stub's
    /// last words are JSON and have neither.
    pub(crate) fn stamp(&mut self, now: u64, attempt: u8) {
        if self.bytes.first() == Some(&b'{') {
            return;
        }
        restamp(&mut self.bytes, now);
        if let Some(place) = self.bytes.get_mut(self.attempt_at) {
            *place = attempt;
        }
    }

    /// What may be stored of it.
    pub(crate) fn storable(&self) -> &[u8] {
        self.reduced.as_deref().unwrap_or(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dna_protocol::cbor::{decode_frame, encode_event};
    use dna_protocol::field::{Id, Text};
    use dna_protocol::model::{Custom, Identity};
    use dna_protocol::{Body, Event};

    fn waiting(body: Body) -> Waiting {
        Waiting { rank: Rank::of(&body), bytes: encode_event(&Event { time: 1.0, body }) }
    }

    fn header() -> Header {
        Header {
            sent_at: Some(1_800_000_000_000),
            app_key: Some(Text::cut("k")),
            session_id: Some(Id([7; 16])),
            sequence: Some(1 << 40),
            // The value that the attempt is found beside must not be mistaken for it.
            dropped_queue_full: Some(1),
            sample_percent: Some(1),
            ..Header::default()
        }
    }

    #[test]
    fn a_stamp_changes_time_and_attempt_only() {
        let custom = Custom { name: Some(Text::cut("n")), ..Custom::default() };
        let mut frame = Frame::seal(header(), &[waiting(Body::Custom(custom))]);
        let before = decode_frame(&frame.bytes).unwrap().frame;
        assert_eq!(before.header.attempt, Some(0));
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

        let frame = Frame::seal(header(), &[waiting(identity.clone()), waiting(custom)]);
        assert_eq!(decode_frame(&frame.bytes).unwrap().frame.events.len(), 2);
        let kept = decode_frame(frame.storable()).unwrap().frame;
        assert_eq!(kept.events.len(), 1);
        assert_eq!(kept.header.sequence, Some(1 << 40));
        assert!(!frame.storable().windows(4).any(|bytes| bytes == b"6222"));
        assert!(Frame::seal(header(), &[waiting(identity)]).storable().is_empty());
    }
}
