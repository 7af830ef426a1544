//! Tells the forms of a frame apart by their first bytes, and reads it.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use base64::{DecodeError, alphabet};
use dna_protocol::packed::{UnpackProblem, unpack};
use dna_protocol::peek::app_key;
use dna_protocol::{Decoded, FrameProblem, cbor, json};
use std::borrow::Cow;

/// What the base64 (RFC 4648, section 4) of the tag that opens CBOR begins with.
const TEXT: &[u8] = b"2dn3";

/// Padding may be there or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    NO_PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why no frame can be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FormProblem {
    /// It is written as text, and is no base64.
    #[error("the body begins as base64 and is none: {0}")]
    Text(#[from] DecodeError),
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

/// Reads `body` where it is base64, and unpacks it where it is packed, to at most `max` bytes then.
///
/// # Errors
/// When either is wrong, or it would be longer.
pub fn open(body: &[u8], max: usize) -> Result<Opened<'_>, FormProblem> {
    if !body.starts_with(TEXT) {
        return unpacked(Cow::Borrowed(body), max);
    }
    unpacked(Cow::Owned(BASE64.decode(body)?), max)
}

fn unpacked(body: Cow<'_, [u8]>, max: usize) -> Result<Opened<'_>, FormProblem> {
    let unpacked = unpack(&body, max)?;
    Ok(Opened(unpacked.map_or(body, Cow::Owned)))
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
