//! The buffer as both its sides see it: where it is, how entries lie in it, and how they are read.
//!
//! Ingest writes it; `ingest tail`, the live page, DataView and a department's own consumer read.

pub mod error;
pub mod journal;
pub mod limits;
pub mod read;
pub mod redis;

pub use error::{AddressError, ReadError};

/// The shard of a session: CRC-32C (Castagnoli) of its 16 bytes, modulo `shards`.
///
/// Part of the buffer's contract: all of a session's entries are in one stream, in their order,
/// and a consumer in any language can tell which. Changing `shards` moves sessions.
#[must_use]
pub fn shard_of(session_id: &[u8; 16], shards: u16) -> u16 {
    let shard = crc32c::crc32c(session_id) % u32::from(shards.max(1));
    u16::try_from(shard).expect("the remainder is below a u16")
}
