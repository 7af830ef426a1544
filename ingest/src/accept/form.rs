//! Tells the two forms of a frame apart by their first bytes, and reads it.

use dna_protocol::{Decoded, FrameProblem, cbor, json};

/// Reads a frame of either form: JSON opens with `{`, after white space if there is some; what
/// else there is must be CBOR and is refused in its reader's words.
///
/// # Errors
/// When the frame as a whole cannot be read.
pub fn decode(body: &[u8]) -> Result<Decoded, FrameProblem> {
    // The four characters that JSON calls white space (RFC 8259, section 2).
    let start = body.iter().find(|byte| !b" \t\r\n".contains(byte));
    if start == Some(&b'{') { json::decode_frame(body) } else { cbor::decode_frame(body) }
}
