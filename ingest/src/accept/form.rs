//! Tells the forms of a frame apart by their first bytes, and reads it.

use dna_protocol::packed::{UnpackProblem, unpack};
use dna_protocol::peek::app_key;
use dna_protocol::{Decoded, FrameProblem, cbor, json};
use std::borrow::Cow;

/// Why no frame can be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FormProblem {
    /// It is packed, and cannot be unpacked.
    #[error(transparent)]
    Packed(#[from] UnpackProblem),
    /// The frame itself.
    #[error(transparent)]
    Frame(#[from] FrameProblem),
}

/// A frame that is unpacked and not read yet.
#[derive(Debug)]
pub struct Opened<'a>(Cow<'a, [u8]>);

/// Unpacks `body` where it is packed, to at most `max` bytes then.
///
/// # Errors
/// When it is packed wrongly, or would be longer.
pub fn open(body: &[u8], max: usize) -> Result<Opened<'_>, FormProblem> {
    let unpacked = unpack(body, max)?;
    Ok(Opened(unpacked.map_or(Cow::Borrowed(body), Cow::Owned)))
}

impl Opened<'_> {
    /// The application's key, if it is found without reading the frame: a hundredth of that.
    #[must_use]
    pub fn app_key(&self) -> Option<&str> {
        app_key(&self.0)
    }

    /// Reads a frame of either form: JSON opens with `{`, after white space if there is some; what
    /// else there is must be CBOR and is refused in its reader's words.
    ///
    /// # Errors
    /// When the frame as a whole cannot be read.
    pub fn decode(self) -> Result<Decoded, FormProblem> {
        let frame = &self.0[..];
        // The four characters that JSON calls white space (RFC 8259, section 2).
        let start = frame.iter().find(|byte| !b" \t\r\n".contains(byte));
        let is_json = start == Some(&b'{');
        let decoded = if is_json { json::decode_frame(frame) } else { cbor::decode_frame(frame) };
        Ok(decoded?)
    }
}
