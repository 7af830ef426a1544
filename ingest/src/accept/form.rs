//! Tells the forms of a frame apart by their first bytes, and reads it.

use dna_protocol::packed::{UnpackProblem, unpack};
use dna_protocol::{Decoded, FrameProblem, cbor, json};

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

/// Reads a frame of either form: JSON opens with `{`, after white space if there is some; what
/// else there is must be CBOR and is refused in its reader's words. Either may be packed, to be
/// of at most `max` bytes then.
///
/// # Errors
/// When the frame as a whole cannot be read.
pub fn decode(body: &[u8], max: usize) -> Result<Decoded, FormProblem> {
    let unpacked = unpack(body, max)?;
    let frame = unpacked.as_deref().unwrap_or(body);
    // The four characters that JSON calls white space (RFC 8259, section 2).
    let start = frame.iter().find(|byte| !b" \t\r\n".contains(byte));
    let is_json = start == Some(&b'{');
    let decoded = if is_json { json::decode_frame(frame) } else { cbor::decode_frame(frame) };
    Ok(decoded?)
}
