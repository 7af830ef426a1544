//! Every bound of the wire, with the reason beside it.
//!
//! A reader checks a length before it allocates for it, so a hostile frame costs no more
//! memory than its own bytes. Bounds of texts stand in [`crate::model`] as `Text<MAX>`.

/// Bytes of a frame that a browser client sends at most. `sendBeacon` and keepalive fetches
/// share 64 KiB a page (Fetch standard, "inflight keepalive bytes"); the rest is headroom.
pub const CLIENT_FRAME_BYTES_MAX: usize = 60 * 1024;

/// Bytes of a body that a server reads at most, both as sent and after decompression. Far
/// more than any client of ours sends; hand-written ones batch more.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Events in a frame. A frame of the smallest events (8 bytes) within a client's limit holds
/// some 7,000; a page makes tens. The bound keeps the answer to a hostile frame small.
pub const FRAME_EVENTS_MAX: usize = 1000;

/// Views that the events of one frame belong to. A page that works shows a few within the seconds
/// that a frame gathers; more than one byte of CBOR counts need not be told apart.
pub const FRAME_VIEWS_MAX: usize = 24;

/// Attributes of one event or identity.
pub const ATTRIBUTES_MAX: usize = 32;

/// Bytes of an attribute's name.
pub const ATTRIBUTE_NAME_MAX: usize = 64;

/// Bytes of an attribute that is a text.
pub const ATTRIBUTE_TEXT_MAX: usize = 512;

/// Depth of nested CBOR items that a reader follows. The model itself is 5 deep.
pub const DEPTH_MAX: usize = 16;

/// The largest duration or offset, in milliseconds: one day. Nobody waits longer; what is more was
/// a machine asleep, or a point in time in the place of a duration. Our client brings its own down
/// to it.
pub const MILLIS_MAX: f64 = 24.0 * 3600.0 * 1000.0;

/// The largest integer that every reader, JavaScript's included, holds exactly (2^53 - 1).
pub const INTEGER_MAX: u64 = (1 << 53) - 1;

/// Rejections that a decoder reports one by one; the rest are only counted.
pub const REJECTIONS_LISTED_MAX: usize = 20;
