//! The entry: what ingest keeps in the buffer, and every consumer reads.
//!
//! A map of integer keys like a frame: what the server found out, and under [`FRAME`] the
//! frame with its secrets taken out (no application key, no raw user ID, good events only).

use crate::cbor::{Reader, SELF_DESCRIBED, Writer, decode_frame_map, write_frame};
use crate::field::{Text, Verbatim};
use crate::model::Frame;
use crate::problem::{Decoded, FrameProblem};
use crate::record::{Record, record};

/// Key of the frame in the entry's map, beside the keys of [`Receipt`].
const FRAME: u64 = 15;

/// A frame as it is kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entry {
    /// What the server added.
    pub receipt: Receipt,
    /// What the client sent, cleaned.
    pub frame: Frame,
}

record! {
    /// What only the server knows of a frame. Key 15 is taken: the frame.
    pub struct Receipt {
        /// The server's clock when it received the frame, in ms since the Unix epoch.
        0 => received_at: u64 = "received_at_ms",
        /// The application that the key belongs to.
        1 => app: Text<64> = "service.name",
        /// Server's clock less the client's when the frame was sent, in ms; add it to event times.
        2 => clock_skew: i64 = "clock_skew_ms",
        /// The client's address, truncated to its network (/24, /48).
        3 => client_address: Text<64> = "client.address",
        /// The browser's name.
        4 => browser_name: Text<64> = "browser.name",
        /// The browser's version.
        5 => browser_version: Text<32> = "browser.version",
        /// The operating system's name.
        6 => os_name: Text<64> = "os.name",
        /// The operating system's version.
        7 => os_version: Text<32> = "os.version",
        /// The device's model.
        8 => device_model: Text<64> = "device.model.identifier",
        /// The environment of those who have the key, as the configuration says, e.g. production.
        9 => environment: Text<64> = "deployment.environment.name",
        /// The shares of sessions whose events ingest keeps, where not all: kind=share, separated by a space.
        10 => sampling: Verbatim<768> = "sampling.shares",
    }
}

impl Entry {
    /// Writes the entry.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        // A header and some events; growing copies.
        let mut writer = Writer::with_capacity(384 + 96 * self.frame.events.len());
        writer.tag(SELF_DESCRIBED);
        writer.map(self.receipt.present() + 1);
        self.receipt.write_fields(&mut writer);
        writer.uint(FRAME);
        write_frame(&self.frame, &mut writer);
        writer.into_bytes()
    }

    /// Reads an entry and what was passed over in it.
    ///
    /// # Errors
    /// When the bytes are no entry.
    pub fn decode(input: &[u8]) -> Result<(Receipt, Decoded), FrameProblem> {
        let mut reader = Reader::new(input);
        match reader.tag()? {
            Some(SELF_DESCRIBED) => {}
            found => return Err(FrameProblem::WrongTag { found }),
        }
        let at = reader.position();
        let malformed = |what| FrameProblem::Malformed { at, what };
        reader.clone().skip()?;
        let pairs = reader.map().map_err(|_| malformed("expected the map of an entry"))?;
        let mut receipt = Receipt::default();
        let mut decoded = None;
        let mut unknown = 0;
        for _ in 0..pairs {
            let key = reader.key().map_err(|_| malformed("a key that is no CBOR item"))?;
            if key == Some(FRAME) {
                decoded = Some(decode_frame_map(&mut reader)?);
                continue;
            }
            let value = reader.skip()?;
            let known = match key {
                Some(key) => receipt.read_field(key, &mut Reader::new(value)),
                None => Ok(false),
            };
            unknown += u32::from(!known.map_err(FrameProblem::Header)?);
        }
        let mut decoded = decoded.ok_or_else(|| malformed("an entry without a frame"))?;
        decoded.skipped.keys += unknown;
        Ok((receipt, decoded))
    }

    /// The entry as JSON: the receipt's names and `frame`.
    #[cfg(feature = "json")]
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let mut map = crate::json::record_value(&self.receipt);
        map.insert("frame".to_owned(), crate::json::frame_value(&self.frame));
        map.into()
    }
}
