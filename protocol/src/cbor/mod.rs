//! The binary form: CBOR (RFC 8949) with integer keys, opened by tag 55799 (section 3.4.6).
//!
//! Writers use the shortest form of every item (section 4.1, preferred serialization). Readers
//! take any definite length; indefinite lengths are refused, since no client needs them and a
//! reader that cannot know a length cannot bound it.

mod frame;
mod reader;
mod writer;

#[cfg(feature = "json")]
pub(crate) use frame::event_time;
pub use frame::{decode_frame, encode_event, encode_frame, encode_frame_of, restamp};
pub(crate) use frame::{decode_frame_map, write_frame};
pub use reader::Reader;
pub use writer::Writer;

/// The tag "self-described CBOR", written `d9 d9 f7`.
pub const SELF_DESCRIBED: u64 = 55799;

/// The bytes of that tag, by which a reader tells CBOR from JSON.
pub const MAGIC: [u8; 3] = [0xd9, 0xd9, 0xf7];
